//! What normalisation makes of each character, looked up in one table.
//!
//! The table answers for every character that can be normalised without its neighbours; for the few
//! that cannot (marks that survive and may change places) it says so. It is made from the rules of
//! [`Normalizer`], which stay the one place where they are written.

use crate::normalize::{Alike, Kind, Normalizer, Sink, hangul_jamo};

/// A character as UTF-8, with zeros behind it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Encoded {
    pub bytes: [u8; 4],
    pub len: u8,
}

impl Encoded {
    /// The first character of whole UTF-8, which is not empty.
    #[inline]
    pub fn first_of(text: &[u8]) -> Self {
        let len = match text[0] {
            0..0xC0 => 1,
            0xC0..0xE0 => 2,
            0xE0..0xF0 => 3,
            0xF0.. => 4,
        };
        let mut bytes = [0; 4];
        match text.first_chunk() {
            Some(four) => {
                bytes = (u32::from_le_bytes(*four) & u32::MAX >> (32 - 8 * len)).to_le_bytes();
            }
            None => bytes[..text.len().min(len)].copy_from_slice(&text[..text.len().min(len)]),
        }
        Self {
            bytes,
            len: len as u8,
        }
    }

    #[inline]
    fn code(self) -> usize {
        let [a, b, c, d] = self.bytes.map(usize::from);
        match self.len {
            1 => a,
            2 => (a & 0x1F) << 6 | b & 0x3F,
            3 => (a & 0x0F) << 12 | (b & 0x3F) << 6 | c & 0x3F,
            _ => (a & 0x07) << 18 | (b & 0x3F) << 12 | (c & 0x3F) << 6 | d & 0x3F,
        }
    }
}

impl From<char> for Encoded {
    fn from(c: char) -> Self {
        let mut bytes = [0; 4];
        let len = c.encode_utf8(&mut bytes).len() as u8;
        Self { bytes, len }
    }
}

/// A character, normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Character<'c> {
    /// Part of a word: this character.
    Letter(Encoded),
    /// Parts of a word.
    Letters(&'c [Encoded]),
    /// Parts of a word: what a Hangul syllable is made of.
    Jamo([Option<Encoded>; 3]),
    /// A word of its own: this character.
    Word(Encoded),
    /// Between words.
    Space,
    /// Nothing.
    Removed,
    /// It depends on the characters beside it.
    Contextual,
}

/// Characters of one page share all but the last eight bits.
const PAGE: usize = 256;
const PAGES: usize = 0x11_0000 / PAGE;

/// An entry of the table.
#[derive(Clone, Copy, Debug)]
enum Entry {
    /// Part of a word as it is.
    Itself,
    Letter(Encoded),
    /// A range of [`Characters::letters`].
    Letters {
        start: u16,
        len: u8,
    },
    Syllable,
    /// A word of its own as it is.
    OwnWord,
    Word(Encoded),
    Space,
    Removed,
    Contextual,
}

#[derive(Clone, Debug)]
pub struct Characters {
    /// The page of each group of 256 characters.
    index: Vec<u16>,
    pages: Vec<[Entry; PAGE]>,
    letters: Vec<Encoded>,
}

impl Characters {
    pub fn new(normalizer: &Normalizer) -> Self {
        let alike = [
            Entry::Itself,
            Entry::OwnWord,
            Entry::Removed,
            Entry::Syllable,
        ];
        let mut made = Self {
            index: Vec::with_capacity(PAGES),
            pages: alike.map(|entry| [entry; PAGE]).to_vec(),
            letters: Vec::new(),
        };
        for page in 0..PAGES {
            let (first, last) = (page * PAGE, page * PAGE + PAGE - 1);
            let page = match normalizer.alike(first as u32, last as u32) {
                Some(Alike::Letters) => 0,
                Some(Alike::Words) => 1,
                Some(Alike::Removed) => 2,
                Some(Alike::Syllables) => 3,
                None => {
                    let entries = std::array::from_fn(|code| made.entry(normalizer, first + code));
                    made.pages.push(entries);
                    made.pages.len() - 1
                }
            };
            made.index.push(page as u16);
        }
        made
    }

    #[inline]
    pub fn get(&self, c: Encoded) -> Character<'_> {
        let code = c.code();
        match self.pages[usize::from(self.index[code / PAGE])][code % PAGE] {
            Entry::Itself => Character::Letter(c),
            Entry::Letter(c) => Character::Letter(c),
            Entry::Letters { start, len } => {
                Character::Letters(&self.letters[usize::from(start)..][..usize::from(len)])
            }
            Entry::Syllable => Character::Jamo(jamo(code)),
            Entry::OwnWord => Character::Word(c),
            Entry::Word(c) => Character::Word(c),
            Entry::Space => Character::Space,
            Entry::Removed => Character::Removed,
            Entry::Contextual => Character::Contextual,
        }
    }

    fn entry(&mut self, normalizer: &Normalizer, code: usize) -> Entry {
        let Some(c) = char::from_u32(code as u32) else {
            return Entry::Itself;
        };
        if normalizer.is_left_alone(c) {
            return Entry::Itself;
        }
        if normalizer.is_hangul(c) {
            return Entry::Syllable;
        }
        if normalizer.is_contextual(c) {
            return Entry::Contextual;
        }
        let mut alone = Alone::default();
        normalizer.normalize(c.encode_utf8(&mut [0; 4]), &mut alone);
        match (alone.kinds.as_slice(), alone.chars.as_slice()) {
            ([], _) => Entry::Removed,
            ([Kind::Space], _) => Entry::Space,
            ([Kind::Letter], &[same]) if !alone.bounded && same == c => Entry::Itself,
            ([Kind::Letter], &[letter]) if !alone.bounded => Entry::Letter(letter.into()),
            ([_], &[same]) if same == c => Entry::OwnWord,
            ([_], &[word]) => Entry::Word(word.into()),
            (kinds, letters)
                if !alone.bounded && kinds.iter().all(|&kind| kind == Kind::Letter) =>
            {
                let start = self.letters.len() as u16;
                self.letters
                    .extend(letters.iter().map(|&c| Encoded::from(c)));
                Entry::Letters {
                    start,
                    len: letters.len() as u8,
                }
            }
            _ => Entry::Contextual,
        }
    }
}

#[cold]
fn jamo(code: usize) -> [Option<Encoded>; 3] {
    let jamo = char::from_u32(code as u32).and_then(hangul_jamo);
    jamo.unwrap_or_default().map(|part| part.map(Encoded::from))
}

/// What a character becomes when it stands alone.
#[derive(Default)]
struct Alone {
    chars: Vec<char>,
    kinds: Vec<Kind>,
    bounded: bool,
}

impl Sink for Alone {
    fn push(&mut self, c: char, kind: Kind, _: usize) {
        self.chars.push(c);
        self.kinds.push(kind);
    }

    fn push_ascii_letter(&mut self, byte: u8, origin: usize) {
        self.push(byte.into(), Kind::Letter, origin);
    }

    fn boundary(&mut self) {
        self.bounded = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::TokenizerOptions;
    use crate::pretokenize::for_each_word;

    #[test]
    fn the_table_says_of_every_character_alone_what_the_rules_say() {
        for bits in [0b1111, 0b0001, 0b0110, 0b0010] {
            let normalizer = Normalizer::new(&TokenizerOptions {
                lowercase: bits & 1 != 0,
                strip_accents: Some(bits & 2 != 0),
                handle_chinese_chars: bits & 4 != 0,
                clean_text: bits & 8 != 0,
                ..TokenizerOptions::default()
            });
            let characters = Characters::new(&normalizer);
            let sparse = ('\u{32000}'..=char::MAX).step_by(89);
            for c in ('\0'..='\u{32000}')
                .chain('\u{e0000}'..='\u{e0200}')
                .chain(sparse)
            {
                let text = |c: &Encoded| {
                    std::str::from_utf8(&c.bytes[..c.len.into()])
                        .unwrap()
                        .to_owned()
                };
                let encoded = Encoded::first_of(c.to_string().as_bytes());
                assert_eq!(encoded, c.into());
                let said = match characters.get(encoded) {
                    Character::Letter(c) => format!("a{}b", text(&c)),
                    Character::Letters(all) => {
                        format!("a{}b", all.iter().map(text).collect::<String>())
                    }
                    Character::Jamo(all) => {
                        format!("a{}b", all.iter().flatten().map(text).collect::<String>())
                    }
                    Character::Word(c) => format!("a {} b", text(&c)),
                    Character::Space => "a b".to_owned(),
                    Character::Removed => "ab".to_owned(),
                    Character::Contextual => continue,
                };
                let mut words = Vec::new();
                for_each_word(&normalizer, &format!("a{c}b"), |word, _| {
                    words.push(String::from_utf8(word.to_vec()).unwrap());
                });
                assert_eq!(words.join(" "), said, "{c:?} {bits:b}");
            }
        }
    }
}
