//! The options of masking: how many tokens are predicted, in which units, and what replaces them.

use crate::Result;
use crate::error::OptionError;

/// The unit that is selected as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MaskUnit {
    Token,
    /// A word with its `##` tokens.
    WholeWord,
    /// Consecutive words, their number geometric with p = 0.2 and at most 10; all tokens of a span share
    /// one replacement draw (`SpanBERT`, Joshi et al. 2020, section 3.1).
    Span,
    /// One to three consecutive words; n words have a probability proportional to 1/n (ALBERT, Lan et
    /// al. 2020, section 4.1).
    Ngram,
}

impl MaskUnit {
    pub fn from_name(name: &str) -> Result<Self> {
        Ok(match name {
            "token" => Self::Token,
            "whole_word" => Self::WholeWord,
            "span" => Self::Span,
            "ngram" => Self::Ngram,
            _ => {
                return Err(OptionError::UnknownName {
                    option: "mask_unit",
                    value: name.to_owned(),
                    allowed: "token, whole_word, span or ngram",
                }
                .into());
            }
        })
    }

    /// Whether the tokens of a word are selected together.
    pub(super) fn keeps_words(self) -> bool {
        match self {
            Self::Token => false,
            Self::WholeWord | Self::Span | Self::Ngram => true,
        }
    }

    /// Whether all tokens of a unit share one replacement draw.
    pub(super) fn shares_replacement(self) -> bool {
        match self {
            Self::Span => true,
            Self::Token | Self::WholeWord | Self::Ngram => false,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MaskingOptions {
    pub unit: MaskUnit,
    /// The share of an example's tokens that are predicted. Special tokens count as tokens of the
    /// example.
    pub masked_lm_prob: f64,
    /// The share after `masked_lm_prob_epochs` epochs; it changes linearly.
    pub final_masked_lm_prob: f64,
    pub masked_lm_prob_epochs: f64,
    /// The maximum number of predictions in an example.
    pub max_predictions_per_seq: Option<usize>,
    /// The share of predicted tokens that become `[MASK]`.
    pub mask_replace_prob: f64,
    /// The share of predicted tokens that become a random token; the rest are unchanged.
    pub random_replace_prob: f64,
}

impl MaskingOptions {
    pub fn check(&self) -> Result<()> {
        for (name, value) in [
            ("masked_lm_prob", self.masked_lm_prob),
            ("final_masked_lm_prob", self.final_masked_lm_prob),
        ] {
            if !(value > 0.0 && value <= 1.0) {
                return Err(OptionError::OutOfRange {
                    option: name,
                    range: "more than 0 and at most 1",
                    value,
                }
                .into());
            }
        }
        if !(self.masked_lm_prob_epochs > 0.0 && self.masked_lm_prob_epochs.is_finite()) {
            return Err(OptionError::OutOfRange {
                option: "masked_lm_prob_epochs",
                range: "a finite number above 0",
                value: self.masked_lm_prob_epochs,
            }
            .into());
        }
        if self.max_predictions_per_seq == Some(0) {
            return Err(OptionError::OutOfRange {
                option: "max_predictions_per_seq",
                range: "1 or more",
                value: 0.0,
            }
            .into());
        }
        self.check_replacement()
    }

    fn check_replacement(&self) -> Result<()> {
        let (mask, random) = (self.mask_replace_prob, self.random_replace_prob);
        OptionError::check_probability("mask_replace_prob", mask)?;
        OptionError::check_probability("random_replace_prob", random)?;
        // Two decimal fractions may add up to a little more than 1.
        if mask + random > 1.0 + 1e-9 {
            return Err(OptionError::ReplacementAboveOne {
                mask_replace_prob: mask,
                random_replace_prob: random,
            }
            .into());
        }
        Ok(())
    }

    /// The share of tokens that are predicted after this many epochs, which need not be a whole number.
    pub fn rate(&self, epochs: f64) -> f64 {
        let over = (epochs / self.masked_lm_prob_epochs).min(1.0);
        self.masked_lm_prob + (self.final_masked_lm_prob - self.masked_lm_prob) * over
    }

    /// The number of predictions in an example of `tokens` tokens, of which `candidates` are not
    /// special.
    pub fn predictions(&self, rate: f64, tokens: usize, candidates: usize) -> usize {
        let share = (tokens as f64 * rate).round_ties_even() as usize;
        let limit = self.max_predictions_per_seq.unwrap_or(usize::MAX);
        share.max(1).min(limit).min(candidates)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(masked_lm_prob: f64, max_predictions_per_seq: Option<usize>) -> MaskingOptions {
        MaskingOptions {
            unit: MaskUnit::Token,
            masked_lm_prob,
            final_masked_lm_prob: masked_lm_prob,
            masked_lm_prob_epochs: 1.0,
            max_predictions_per_seq,
            mask_replace_prob: 0.8,
            random_replace_prob: 0.1,
        }
    }

    fn predictions(rate: f64, limit: Option<usize>, tokens: usize, candidates: usize) -> usize {
        options(rate, limit).predictions(rate, tokens, candidates)
    }

    #[test]
    fn the_number_of_predictions_is_that_of_the_original() {
        for (tokens, expected) in [(5, 1), (10, 2), (30, 4), (128, 19), (512, 77)] {
            assert_eq!(predictions(0.15, None, tokens, tokens - 3), expected);
        }
        // Python rounds a half to the even neighbor: 0.25 × 10 is 2, 0.25 × 14 is 4.
        assert_eq!(predictions(0.25, None, 10, 7), 2);
        assert_eq!(predictions(0.25, None, 14, 11), 4);
        assert_eq!(predictions(0.15, Some(20), 512, 509), 20);
        assert_eq!(predictions(1.0, None, 10, 7), 7);
        assert_eq!(predictions(0.01, None, 5, 2), 1);
        assert_eq!(predictions(0.15, None, 128, 0), 0);
    }

    #[test]
    fn the_rate_goes_in_a_straight_line_and_then_stays() {
        let options = MaskingOptions {
            final_masked_lm_prob: 0.15,
            masked_lm_prob_epochs: 4.0,
            ..options(0.30, None)
        };
        for (epochs, rate) in [
            (0.0, 0.30),
            (1.0, 0.2625),
            (2.0, 0.225),
            (4.0, 0.15),
            (9.0, 0.15),
        ] {
            assert!((options.rate(epochs) - rate).abs() < 1e-12);
        }
    }

    #[test]
    fn options_out_of_range_are_refused() {
        for (masked_lm_prob, limit) in [(0.0, None), (1.1, None), (f64::NAN, None), (0.1, Some(0))]
        {
            assert!(options(masked_lm_prob, limit).check().is_err());
        }
        let fine = options(0.15, Some(20));
        assert!(fine.check().is_ok());
        let cases: [fn(&mut MaskingOptions); 6] = [
            |options| options.final_masked_lm_prob = 0.0,
            |options| options.masked_lm_prob_epochs = 0.0,
            |options| options.masked_lm_prob_epochs = f64::INFINITY,
            |options| options.mask_replace_prob = -0.1,
            |options| options.random_replace_prob = f64::NAN,
            |options| options.random_replace_prob = 0.3,
        ];
        for spoil in cases {
            let mut options = fine;
            spoil(&mut options);
            assert!(options.check().is_err(), "{options:?}");
        }
    }
}
