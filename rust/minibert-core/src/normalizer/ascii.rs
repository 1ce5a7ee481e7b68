//! The result of normalization for each ASCII byte, in a table. For most text it is all that is needed.

use super::{Kind, Normalizer, Sink};

/// What an ASCII byte means for the splitting into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CharClass {
    Letter,
    Space,
    Punctuation,
    /// Part of a character beyond ASCII, or a removed byte: the normalizer must look at it in context.
    Other,
}

/// The class of each byte.
#[derive(Clone, Debug)]
pub struct AsciiTable([CharClass; 256]);

impl AsciiTable {
    pub fn new(normalizer: &Normalizer) -> Self {
        Self(std::array::from_fn(|byte| {
            let c = char::from(byte as u8);
            let mut found = Found(CharClass::Other);
            if c.is_ascii() {
                normalizer.normalize(c.encode_utf8(&mut [0; 4]), &mut found);
            }
            found.0
        }))
    }

    #[inline]
    pub fn of(&self, byte: u8) -> CharClass {
        self.0[usize::from(byte)]
    }
}

/// The class of the one character that a text normalizes to.
struct Found(CharClass);

impl Sink for Found {
    fn push(&mut self, _: char, kind: Kind, _: usize) {
        self.0 = match kind {
            Kind::Letter => CharClass::Letter,
            Kind::Space => CharClass::Space,
            Kind::Punctuation => CharClass::Punctuation,
        };
    }

    fn push_ascii_letter(&mut self, _: u8, _: usize) {
        self.0 = CharClass::Letter;
    }

    fn boundary(&mut self) {}
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::TokenizerOptions;

    #[test]
    fn deleted_bytes_and_bytes_beyond_ascii_are_for_the_normalizer() {
        let clean = AsciiTable::new(&Normalizer::new(&TokenizerOptions::default()));
        let unclean = AsciiTable::new(&Normalizer::new(&TokenizerOptions {
            clean_text: false,
            ..TokenizerOptions::default()
        }));
        for (byte, cleaned, kept) in [
            (b'A', CharClass::Letter, CharClass::Letter),
            (b'7', CharClass::Letter, CharClass::Letter),
            (b'.', CharClass::Punctuation, CharClass::Punctuation),
            (b'\n', CharClass::Space, CharClass::Space),
            (0x0B, CharClass::Other, CharClass::Space),
            (0x1C, CharClass::Other, CharClass::Letter),
            (0xC3, CharClass::Other, CharClass::Other),
        ] {
            assert_eq!(
                (clean.of(byte), unclean.of(byte)),
                (cleaned, kept),
                "{byte:#x}"
            );
        }
    }
}
