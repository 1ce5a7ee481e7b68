//! Padding encodings to equal length, as Hugging Face `tokenizers` does it.

use super::encoding::Encoding;
use crate::Result;
use crate::error::OptionError;
use crate::options::Direction;

/// The largest length, or multiple, to pad to: far above that of any model.
const MAX_LENGTH: usize = 1 << 24;

/// The length to pad to, and the end at which `[PAD]` is added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Padding {
    length: Option<usize>,
    multiple_of: Option<usize>,
    direction: Direction,
}

impl Padding {
    /// Pads to `length`, or if it is None to the longest encoding of a batch, rounded up to a multiple
    /// of `multiple_of`.
    pub fn new(
        length: Option<usize>,
        multiple_of: Option<usize>,
        direction: Direction,
    ) -> Result<Self> {
        for (name, value) in [("length", length), ("multiple_of", multiple_of)] {
            if let Some(value) = value
                && value > MAX_LENGTH
            {
                return Err(OptionError::PaddingTooLarge {
                    option: name,
                    value,
                    maximum: MAX_LENGTH,
                }
                .into());
            }
        }
        if multiple_of == Some(0) {
            return Err(OptionError::OutOfRange {
                option: "padding multiple_of",
                range: "1 or more",
                value: 0.0,
            }
            .into());
        }
        Ok(Self {
            length,
            multiple_of,
            direction,
        })
    }

    /// Pads encodings and their overflowing parts. Longer encodings are unchanged.
    pub fn pad(&self, encodings: &mut [Encoding], pad_id: u32) {
        let longest = || encodings.iter().map(Encoding::len).max();
        let Some(length) = self.length.or_else(longest) else {
            return;
        };
        let length = length.next_multiple_of(self.multiple_of.unwrap_or(1));
        for encoding in encodings {
            encoding.pad(length, pad_id, self.direction);
        }
    }
}
