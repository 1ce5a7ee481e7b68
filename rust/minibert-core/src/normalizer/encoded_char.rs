//! A character as its UTF-8 bytes, and an entry of the table of characters.

/// A character as UTF-8, followed by zeros.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EncodedChar {
    pub bytes: [u8; 4],
    pub len: u8,
}

impl EncodedChar {
    /// The first character of a valid UTF-8 text, which is not empty, and its code point.
    #[inline]
    pub fn first_of(text: &[u8]) -> (Self, u32) {
        let bytes = u32::from_le_bytes(text.first_chunk().copied().unwrap_or_else(|| {
            let mut few = [0; 4];
            few[..text.len()].copy_from_slice(text);
            few
        }));
        // The six payload bits of the byte at an index.
        let bits = |place: u32| bytes >> (8 * place) & 0x3F;
        let (len, code) = match bytes as u8 {
            0..0x80 => (1, bytes & 0x7F),
            0x80..0xE0 => (2, (bytes & 0x1F) << 6 | bits(1)),
            0xE0..0xF0 => (3, (bytes & 0x0F) << 12 | bits(1) << 6 | bits(2)),
            0xF0.. => (
                4,
                (bytes & 0x07) << 18 | bits(1) << 12 | bits(2) << 6 | bits(3),
            ),
        };
        let bytes = bytes & u32::MAX >> (32 - 8 * len);
        let encoded = Self {
            bytes: bytes.to_le_bytes(),
            len: len as u8,
        };
        (encoded, code)
    }
}

impl From<char> for EncodedChar {
    fn from(c: char) -> Self {
        let mut bytes = [0; 4];
        let len = c.encode_utf8(&mut bytes).len() as u8;
        Self { bytes, len }
    }
}

/// The number of characters of a valid UTF-8 text.
#[inline]
pub fn count_chars(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

/// Characters of one page share all but the last eight bits.
pub(super) const PAGE: usize = 256;

/// An entry of the table.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Entry {
    /// Part of a word, unchanged.
    Itself,
    Letter(EncodedChar),
    /// A range of [`CharTable::letters`].
    Letters {
        start: u16,
        len: u8,
    },
    Syllable,
    /// A separate word, unchanged.
    OwnWord,
    Word(EncodedChar),
    Space,
    Removed,
    Contextual,
}
