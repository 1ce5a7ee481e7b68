//! The result of normalization for each common character, as one number.

use super::encoded_char::{EncodedChar, Entry, PAGE};

/// The number of code points that have one or two bytes.
const OF_TWO_BYTES: usize = 0x800;

/// The results for all characters of up to three bytes that fit into a number.
#[derive(Clone, Debug)]
pub struct PackedChars {
    /// By code point, for one and two bytes.
    of_two_bytes: Box<[PackedChar; OF_TWO_BYTES]>,
    /// By page and code point, for three bytes.
    of_three_bytes: Vec<PackedChar>,
    /// The page of each group of 256 characters of three bytes, by the payload bits of their first two
    /// bytes. Characters of four bytes lead to an empty page.
    index: [u16; 2 * PAGE],
}

impl Default for PackedChars {
    fn default() -> Self {
        Self {
            of_two_bytes: Box::new([PackedChar::default(); OF_TWO_BYTES]),
            of_three_bytes: Vec::new(),
            index: [0; 2 * PAGE],
        }
    }
}

impl PackedChars {
    pub fn new(index: &[u16], pages: &[[Entry; PAGE]]) -> Self {
        let mut made = Self::default();
        let entries = pages.iter().flatten();
        made.of_three_bytes = entries
            .map(|&entry| PackedChar::of_three_bytes(entry))
            .collect();
        made.of_three_bytes.extend([PackedChar::default(); PAGE]);
        made.index.fill(pages.len() as u16);
        made.index[..PAGE].copy_from_slice(&index[..PAGE]);
        for (code, simple) in made.of_two_bytes.iter_mut().enumerate() {
            let c = char::from_u32(code as u32).map(EncodedChar::from);
            *simple = match (pages[usize::from(index[code / PAGE])][code % PAGE], c) {
                // A word of the cache has no zero byte.
                _ if code == 0 => PackedChar::default(),
                (Entry::Itself, Some(c)) => PackedChar::letter(c),
                (Entry::OwnWord, Some(c)) => PackedChar::word(c),
                (entry, _) => PackedChar::of_three_bytes(entry),
            };
        }
        made
    }

    #[inline]
    pub fn get(&self, bytes: u32) -> (PackedChar, usize) {
        // The six payload bits of the byte at an index.
        let bits = |place: u32| bytes >> (8 * place) & 0x3F;
        if bytes as u8 >= 0xE0 {
            let page = self.index[((bytes & 0x1F) << 4 | bits(1) >> 2) as usize];
            let code = (bits(1) << 6 | bits(2)) as usize % PAGE;
            let simple = self.of_three_bytes[usize::from(page) * PAGE + code].or(bytes);
            return (simple, 3);
        }
        let two = (bytes & 0x1F) << 6 | bits(1);
        let is_one = bytes & 0x80 == 0;
        let code = if is_one { bytes & 0x7F } else { two };
        (self.of_two_bytes[code as usize], if is_one { 1 } else { 2 })
    }
}

/// The result for a character, in four bytes: three bytes of the letter or word, and above them a kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PackedChar(u32);

/// The bytes of the result; all zeros mean the character itself.
const BYTES: u32 = 0x00FF_FFFF;

/// The kinds above those of a letter, which are the number of its bytes.
const WORD: u32 = 4;
const SPACE: u32 = 5;
const REMOVED: u32 = 6;

impl PackedChar {
    /// From an entry; characters of three bytes that are unchanged have no bytes here.
    fn of_three_bytes(entry: Entry) -> Self {
        match entry {
            Entry::Itself => Self(3 << 24),
            Entry::Letter(letter) => Self::letter(letter),
            Entry::OwnWord => Self(WORD << 24),
            Entry::Word(word) => Self::word(word),
            Entry::Space => Self(SPACE << 24),
            Entry::Removed => Self(REMOVED << 24),
            Entry::Letters { .. } | Entry::Syllable | Entry::Contextual => Self(0),
        }
    }

    fn letter(c: EncodedChar) -> Self {
        Self::of(c, u32::from(c.len))
    }

    fn word(c: EncodedChar) -> Self {
        Self::of(c, WORD)
    }

    fn of(c: EncodedChar, kind: u32) -> Self {
        let fits = c.len < 4 && c.bytes[0] != 0;
        Self(if fits {
            u32::from_le_bytes(c.bytes) | kind << 24
        } else {
            0
        })
    }

    /// With the bytes of the character itself, if it is unchanged.
    #[inline]
    fn or(self, bytes: u32) -> Self {
        let itself = Self(self.0 | bytes & BYTES);
        if self.bytes() == 0 { itself } else { self }
    }

    /// The number of bytes of a part of a word, or 0 for everything else.
    #[inline]
    pub fn letter_len(self) -> usize {
        let kind = self.0 >> 24;
        if kind < WORD { kind as usize } else { 0 }
    }

    /// The bytes of a letter or word, the first one lowest.
    #[inline]
    pub fn bytes(self) -> u32 {
        self.0 & BYTES
    }

    /// Whether it is a separate word.
    #[inline]
    pub fn is_word(self) -> bool {
        self.0 >> 24 == WORD
    }

    #[inline]
    pub fn is_space(self) -> bool {
        self.0 >> 24 == SPACE
    }

    #[inline]
    pub fn is_removed(self) -> bool {
        self.0 >> 24 == REMOVED
    }
}
