//! The masking of BERT (Devlin et al. 2019, section 3.1, task 1): of the tokens chosen, 80 % become
//! `[MASK]`, 10 % a random token, and 10 % stay.

use crate::rng::Stream;
use crate::vocab::SpecialIds;
use crate::{Error, Result};

const MASKED: f64 = 0.8;
const MASKED_OR_KEPT: f64 = 0.9;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MaskingOptions {
    /// The share of an example's tokens that are predicted, special tokens counted.
    pub masked_lm_prob: f64,
    /// At most so many are predicted in an example.
    pub max_predictions_per_seq: Option<usize>,
}

impl MaskingOptions {
    pub fn check(&self) -> Result<()> {
        if !(self.masked_lm_prob > 0.0 && self.masked_lm_prob <= 1.0) {
            return Err(Error::Option(format!(
                "masked_lm_prob must be more than 0 and at most 1, not {}",
                self.masked_lm_prob
            )));
        }
        if self.max_predictions_per_seq == Some(0) {
            return Err(Error::Option(
                "max_predictions_per_seq must be 1 or more, not 0".to_owned(),
            ));
        }
        Ok(())
    }

    /// How many tokens of an example are predicted. `candidates` are those that are not special, and
    /// `tokens` are all.
    pub fn predictions(&self, tokens: usize, candidates: usize) -> usize {
        let share = (tokens as f64 * self.masked_lm_prob).round_ties_even() as usize;
        let limit = self.max_predictions_per_seq.unwrap_or(usize::MAX);
        share.max(1).min(limit).min(candidates)
    }
}

/// Which of `candidates` tokens are predicted: `chosen` of them, every set as likely as another, in
/// ascending order (Floyd's algorithm, Bentley 1987).
pub fn choose(candidates: usize, chosen: usize, rng: &mut Stream, mut each: impl FnMut(usize)) {
    let mut taken = vec![0_u64; candidates.div_ceil(64)];
    for last in candidates - chosen..candidates {
        let pick = rng.below(last as u64 + 1) as usize;
        let is_taken = taken[pick / 64] >> (pick % 64) & 1 == 1;
        let pick = if is_taken { last } else { pick };
        taken[pick / 64] |= 1 << (pick % 64);
    }
    for (word, mut bits) in taken.into_iter().enumerate() {
        while bits != 0 {
            each(word * 64 + bits.trailing_zeros() as usize);
            bits &= bits - 1;
        }
    }
}

/// What the model sees in the place of a token that it is to predict. `replacements` are the ids that a
/// random token is drawn from.
pub fn disguise(id: i64, special: SpecialIds, replacements: &[u32], rng: &mut Stream) -> i64 {
    let fate = rng.unit();
    if fate < MASKED {
        i64::from(special.mask)
    } else if fate < MASKED_OR_KEPT {
        id
    } else {
        i64::from(replacements[rng.below(replacements.len() as u64) as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    fn options(masked_lm_prob: f64, max_predictions_per_seq: Option<usize>) -> MaskingOptions {
        MaskingOptions {
            masked_lm_prob,
            max_predictions_per_seq,
        }
    }

    #[test]
    fn the_number_of_predictions_is_that_of_the_original() {
        for (tokens, expected) in [(5, 1), (10, 2), (30, 4), (128, 19), (512, 77)] {
            assert_eq!(
                options(0.15, None).predictions(tokens, tokens - 3),
                expected
            );
        }
        // Python rounds a half to the even neighbour: 0.25 × 10 is 2, 0.25 × 14 is 4.
        assert_eq!(options(0.25, None).predictions(10, 7), 2);
        assert_eq!(options(0.25, None).predictions(14, 11), 4);
        assert_eq!(options(0.15, Some(20)).predictions(512, 509), 20);
        assert_eq!(options(1.0, None).predictions(10, 7), 7);
        assert_eq!(options(0.01, None).predictions(5, 2), 1);
    }

    #[test]
    fn every_token_is_chosen_as_often_as_another() {
        let mut counts = [0_u32; 70];
        for index in 0..7000 {
            let mut rng = Stream::new(1, Purpose::Masking, 0, index);
            let mut chosen = Vec::new();
            choose(70, 10, &mut rng, |at| chosen.push(at));
            assert!(chosen.len() == 10 && chosen.is_sorted_by(|a, b| a < b));
            for at in chosen {
                counts[at] += 1;
            }
        }
        // 1,000 are expected of each; the standard deviation is 29.
        assert!(
            counts.iter().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn all_or_none_can_be_chosen() {
        let mut rng = Stream::new(1, Purpose::Masking, 0, 0);
        let mut chosen = Vec::new();
        choose(65, 65, &mut rng, |at| chosen.push(at));
        assert_eq!(chosen, (0..65).collect::<Vec<_>>());
        choose(5, 0, &mut rng, |_| unreachable!());
    }

    #[test]
    fn options_out_of_range_are_refused() {
        for (masked_lm_prob, limit) in [(0.0, None), (1.1, None), (f64::NAN, None), (0.1, Some(0))]
        {
            assert!(options(masked_lm_prob, limit).check().is_err());
        }
        assert!(options(0.15, Some(20)).check().is_ok());
    }
}
