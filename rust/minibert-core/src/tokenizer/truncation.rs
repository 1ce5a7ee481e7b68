//! Cutting long texts into parts, as Hugging Face `tokenizers` does it.
//!
//! This file works on numbers of tokens only: a part is a range of a text's tokens.

use std::ops::Range;
use std::str::FromStr;

use crate::error::{OptionError, TextError};
use crate::options::Direction;
use crate::{Error, Result};

/// Which text of a pair is cut. For a single text the first two are the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TruncationStrategy {
    /// The longer one, down to the length of the shorter one, then both equally.
    LongestFirst,
    OnlyFirst,
    OnlySecond,
}

impl FromStr for TruncationStrategy {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "longest_first" => Ok(Self::LongestFirst),
            "only_first" => Ok(Self::OnlyFirst),
            "only_second" => Ok(Self::OnlySecond),
            _ => Err(OptionError::UnknownName {
                option: "truncation strategy",
                value: name.to_owned(),
                allowed: "longest_first, only_first or only_second",
            }
            .into()),
        }
    }
}

/// The maximum length of an encoding, and what is cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truncation {
    max_length: usize,
    strategy: TruncationStrategy,
    stride: usize,
    direction: Direction,
}

/// The parts of a text, at least one, in order; the first is kept, the others overflow.
pub(crate) type Parts = Vec<Range<usize>>;

/// `[CLS]` and `[SEP]` around a single text.
const ADDED_TO_ONE: usize = 2;

impl Truncation {
    /// `max_length` includes the added special tokens; `stride` is the number of tokens that a part
    /// repeats from the part before it; `direction` is the end that is cut off.
    pub fn new(
        max_length: usize,
        strategy: TruncationStrategy,
        stride: usize,
        direction: Direction,
    ) -> Result<Self> {
        if let Some(room) = max_length.checked_sub(ADDED_TO_ONE)
            && stride > room
        {
            return Err(OptionError::Stride {
                stride,
                max_length,
                room,
                limit: room.max(1),
            }
            .into());
        }
        Ok(Self {
            max_length,
            strategy,
            stride,
            direction,
        })
    }

    /// The parts of a text of `first` tokens and, if there is a second text, of its `second` tokens,
    /// where `added` special tokens are added. `None`: everything fits.
    pub(crate) fn parts(
        &self,
        first: usize,
        second: Option<usize>,
        added: usize,
    ) -> Result<Option<(Parts, Option<Parts>)>> {
        let room = self
            .max_length
            .checked_sub(added)
            .ok_or(OptionError::MaxLength {
                max_length: self.max_length,
                special_tokens: added,
            })?;
        if first + second.unwrap_or(0) <= room {
            return Ok(None);
        }
        let (keep_first, keep_second) = self.kept(first, second, room)?;
        Ok(Some((
            self.cut(first, keep_first)?,
            second
                .map(|second| self.cut(second, keep_second))
                .transpose()?,
        )))
    }

    /// The number of tokens that are kept of each text, if both together have more than `room`.
    fn kept(&self, first: usize, second: Option<usize>, room: usize) -> Result<(usize, usize)> {
        if room == 0 {
            return Ok((0, 0));
        }
        let excess = first + second.unwrap_or(0) - room;
        match (self.strategy, second) {
            (TruncationStrategy::LongestFirst, None) => Ok((room, 0)),
            (TruncationStrategy::LongestFirst, Some(second)) => {
                Ok(longest_first(first, second, room))
            }
            (TruncationStrategy::OnlyFirst, _) if first > excess => {
                Ok((first - excess, second.unwrap_or(0)))
            }
            (TruncationStrategy::OnlySecond, Some(second)) if second > excess => {
                Ok((first, second - excess))
            }
            (TruncationStrategy::OnlySecond, None) => Err(TextError::NoSecondText {
                tokens: first,
                room,
            }
            .into()),
            (TruncationStrategy::OnlyFirst, Some(second)) => {
                Err(self.too_long("second", second, room))
            }
            (TruncationStrategy::OnlyFirst | TruncationStrategy::OnlySecond, _) => {
                Err(self.too_long("first", first, room))
            }
        }
    }

    fn too_long(&self, which: &'static str, len: usize, room: usize) -> Error {
        let strategy = match self.strategy {
            TruncationStrategy::OnlyFirst => "only_first",
            _ => "only_second",
        };
        TextError::UncutTextTooLong {
            text: which,
            strategy,
            tokens: len,
            room,
        }
        .into()
    }

    /// The parts of a text of `len` tokens, of at most `keep` tokens each.
    fn cut(&self, len: usize, keep: usize) -> Result<Parts> {
        if keep >= len {
            return Ok(std::iter::once(0..len).collect());
        }
        if keep == 0 {
            return Ok(vec![0..0, 0..len]);
        }
        let step = keep
            .checked_sub(self.stride)
            .filter(|&step| step > 0)
            .ok_or(OptionError::StrideOfText {
                stride: self.stride,
                max_length: self.max_length,
                kept: keep,
            })?;
        let parts = 1 + (len - keep).div_ceil(step);
        let part = |index: usize| {
            let start = index * step;
            let end = (start + keep).min(len);
            match self.direction {
                Direction::Right => start..end,
                Direction::Left => len - end..len - start,
            }
        };
        Ok((0..parts).map(part).collect())
    }
}

/// The number of tokens that are kept of two texts which together have more than `room`.
fn longest_first(first: usize, second: usize, room: usize) -> (usize, usize) {
    let shorter = first.min(second);
    let (short, long) = if shorter <= room / 2 {
        (shorter, room - shorter)
    } else {
        (room / 2, room - room / 2)
    };
    if first > second {
        (long, short)
    } else {
        (short, long)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn truncation(max_length: usize, stride: usize, direction: Direction) -> Truncation {
        Truncation::new(
            max_length,
            TruncationStrategy::LongestFirst,
            stride,
            direction,
        )
        .unwrap()
    }

    #[test]
    fn parts_overlap_by_the_stride_and_reach_the_end() {
        let right = truncation(6, 1, Direction::Right);
        assert_eq!(right.cut(9, 4).unwrap(), [0..4, 3..7, 6..9]);
        assert_eq!(right.cut(10, 4).unwrap(), [0..4, 3..7, 6..10]);
        assert_eq!(right.cut(4, 4).unwrap().first(), Some(&(0..4)));
        let left = truncation(6, 1, Direction::Left);
        assert_eq!(left.cut(9, 4).unwrap(), [5..9, 2..6, 0..3]);
        assert_eq!(left.cut(9, 0).unwrap(), [0..0, 0..9]);
    }

    #[test]
    fn the_longer_text_is_cut_first_and_an_odd_token_goes_to_it() {
        for (first, second, room, kept) in [
            (2, 8, 7, (2, 5)),
            (8, 2, 7, (5, 2)),
            (4, 8, 7, (3, 4)),
            (8, 4, 7, (4, 3)),
            (8, 8, 7, (3, 4)),
            (0, 8, 7, (0, 7)),
            (4, 4, 1, (0, 1)),
        ] {
            assert_eq!(
                longest_first(first, second, room),
                kept,
                "{first} {second} {room}"
            );
        }
    }

    #[test]
    fn a_stride_that_never_advances_is_refused() {
        let error =
            Truncation::new(4, TruncationStrategy::OnlyFirst, 3, Direction::Right).unwrap_err();
        assert!(error.to_string().contains("stride of 3"), "{error}");
        let error = truncation(4, 2, Direction::Right)
            .parts(9, None, 2)
            .unwrap_err();
        assert!(error.to_string().contains("leaves 2 tokens"), "{error}");
        assert!(
            truncation(4, 2, Direction::Right)
                .parts(2, None, 2)
                .unwrap()
                .is_none()
        );
    }

    #[test]
    fn a_length_without_room_for_the_special_tokens_is_refused() {
        let error = truncation(2, 0, Direction::Right)
            .parts(0, Some(0), 3)
            .unwrap_err();
        assert!(error.to_string().contains("at least 3"), "{error}");
    }
}
