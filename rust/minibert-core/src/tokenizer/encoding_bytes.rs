//! Encodings as bytes, for pickles: little-endian 32-bit words, the same on every machine.

use super::encoding::{Encoding, Pads, Token};
use crate::Result;
use crate::error::TextError;

/// Increased when the format changes, so that an older pickle is refused instead of misread.
const VERSION: u32 = 1;
/// Instead of the length of a second text.
const NONE: u32 = u32::MAX;
/// An overflowing part of a pair has overflowing parts, and those have none.
const DEEPEST: u32 = 2;

impl Encoding {
    /// The encoding as bytes for [`Self::from_bytes`].
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut words = vec![VERSION];
        self.write(&mut words);
        words.into_iter().flat_map(u32::to_le_bytes).collect()
    }

    fn write(&self, words: &mut Vec<u32>) {
        words.extend([
            u32::from(self.framed),
            self.first,
            self.second.unwrap_or(NONE),
            self.pads.id,
            self.pads.left,
            self.pads.right,
            self.overflowing.len() as u32,
        ]);
        for token in &self.tokens {
            words.extend([token.id, token.start, token.end, token.word]);
        }
        for part in &self.overflowing {
            part.write(words);
        }
    }

    /// The encoding that [`Self::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::read_whole(bytes).ok_or_else(|| TextError::NotAnEncoding {}.into())
    }

    fn read_whole(bytes: &[u8]) -> Option<Self> {
        let (words, rest) = bytes.as_chunks::<4>();
        let mut words = words.iter().map(|&word| u32::from_le_bytes(word));
        if words.next()? != VERSION {
            return None;
        }
        let encoding = Self::read(&mut words, DEEPEST)?;
        (words.next().is_none() && rest.is_empty()).then_some(encoding)
    }

    fn read(words: &mut impl Iterator<Item = u32>, deepest: u32) -> Option<Self> {
        let mut next = || words.next();
        let framed = match next()? {
            0 => false,
            1 => true,
            _ => return None,
        };
        let (first, second) = (next()?, Some(next()?).filter(|&len| len != NONE));
        let pads = Pads {
            id: next()?,
            left: next()?,
            right: next()?,
        };
        let parts = next()?;
        let added = if framed {
            2 + u64::from(second.is_some())
        } else {
            0
        };
        let len = added + u64::from(first) + u64::from(second.unwrap_or(0));
        let mut token = || {
            Some(Token {
                id: next()?,
                start: next()?,
                end: next()?,
                word: next()?,
            })
        };
        let tokens = (0..len).map(|_| token()).collect::<Option<_>>()?;
        if parts > 0 && deepest == 0 {
            return None;
        }
        let overflowing = (0..parts).map(|_| Self::read(words, deepest - 1));
        Some(Self {
            tokens,
            framed,
            first,
            second,
            pads,
            overflowing: overflowing.collect::<Option<_>>()?,
        })
    }
}
