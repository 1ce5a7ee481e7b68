//! What normalisation makes of each character, looked up in one table.
//!
//! The table answers for every character that can be normalised without its neighbours; for the few
//! that cannot (marks that survive and may change places) it says so. It is made from the rules of
//! [`Normalizer`], which stay the one place where they are written.

use crate::normalize::{Alike, Kind, Normalizer, Sink};

/// A character, normalised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Character {
    /// Part of a word: this character.
    Letter(char),
    /// Parts of a word, as UTF-8, and their number.
    Letters(Letters),
    /// Part of a word: the jamo of this Hangul syllable.
    Hangul,
    /// A word of its own: this character.
    Word(char),
    /// Between words.
    Space,
    /// Nothing.
    Removed,
    /// It depends on the characters beside it.
    Contextual,
}

/// A few characters as UTF-8.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters {
    bytes: [u8; 12],
    len: u8,
    pub chars: u8,
}

impl Letters {
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len)]
    }

    /// Adds a character if there is room.
    fn push(&mut self, c: char) {
        if let Some(free) = self.bytes.get_mut(usize::from(self.len)..)
            && free.len() >= c.len_utf8()
        {
            self.len += c.encode_utf8(free).len() as u8;
            self.chars += 1;
        }
    }
}

/// Characters of one page share all but the last eight bits.
const PAGE: usize = 256;
const PAGES: usize = 0x11_0000 / PAGE;

/// An entry is a tag over 24 bits: a code point, or the index of some letters.
const PAYLOAD: u32 = 0x00FF_FFFF;
const LETTER: u32 = 0 << 24;
const WORD: u32 = 1 << 24;
const SPACE: u32 = 2 << 24;
const REMOVED: u32 = 3 << 24;
const LETTERS: u32 = 4 << 24;
const HANGUL: u32 = 5 << 24;
const CONTEXTUAL: u32 = 6 << 24;
/// In place of a code point: the character itself, so that pages can be alike.
const ITSELF: u32 = PAYLOAD;

#[derive(Clone, Debug)]
pub struct Characters {
    /// The page of each group of 256 characters.
    index: Vec<u16>,
    pages: Vec<[u32; PAGE]>,
    letters: Vec<Letters>,
}

impl Characters {
    pub fn new(normalizer: &Normalizer) -> Self {
        let mut made = Self {
            index: Vec::with_capacity(PAGES),
            pages: [LETTER | ITSELF, WORD | ITSELF, REMOVED]
                .map(|entry| [entry; PAGE])
                .to_vec(),
            letters: Vec::new(),
        };
        for page in 0..PAGES {
            let (first, last) = (page * PAGE, page * PAGE + PAGE - 1);
            let page = match normalizer.alike(first as u32, last as u32) {
                Some(Alike::Letters) => 0,
                Some(Alike::Words) => 1,
                Some(Alike::Removed) => 2,
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
    pub fn get(&self, c: char) -> Character {
        let code = c as usize;
        let entry = self.pages[usize::from(self.index[code / PAGE])][code % PAGE];
        let payload = entry & PAYLOAD;
        let mapped = char::from_u32(payload).unwrap_or(c);
        match entry & !PAYLOAD {
            LETTER => Character::Letter(mapped),
            WORD => Character::Word(mapped),
            SPACE => Character::Space,
            REMOVED => Character::Removed,
            LETTERS => Character::Letters(self.letters[payload as usize]),
            HANGUL => Character::Hangul,
            _ => Character::Contextual,
        }
    }

    fn entry(&mut self, normalizer: &Normalizer, code: usize) -> u32 {
        let Some(c) = char::from_u32(code as u32) else {
            return LETTER | ITSELF;
        };
        if normalizer.is_left_alone(c) {
            return LETTER | ITSELF;
        }
        if normalizer.is_contextual(c) {
            return CONTEXTUAL;
        }
        if normalizer.is_hangul(c) {
            return HANGUL;
        }
        let mut alone = Alone::default();
        normalizer.normalize(c.encode_utf8(&mut [0; 4]), &mut alone);
        let payload = |mapped| if mapped == c { ITSELF } else { mapped as u32 };
        match (alone.kinds, alone.letters.chars) {
            ([0, 0, 0], _) => REMOVED,
            ([1, 0, 0], _) if alone.bounded => WORD | payload(alone.first),
            ([1, 0, 0], _) => LETTER | payload(alone.first),
            ([0, 0, 1], _) => WORD | payload(alone.first),
            ([0, 1, 0], _) => SPACE,
            ([letters, 0, 0], chars) if letters == chars && !alone.bounded => {
                self.letters.push(alone.letters);
                LETTERS | (self.letters.len() as u32 - 1)
            }
            _ => CONTEXTUAL,
        }
    }
}

/// What a character becomes when it stands alone.
#[derive(Default)]
struct Alone {
    first: char,
    letters: Letters,
    /// How many letters, spaces and punctuation marks.
    kinds: [u8; 3],
    bounded: bool,
}

impl Sink for Alone {
    fn push(&mut self, c: char, kind: Kind, _: usize) {
        if self.kinds == [0; 3] {
            self.first = c;
        }
        self.kinds[kind as usize] += 1;
        if kind == Kind::Letter {
            self.letters.push(c);
        }
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
                let said = match characters.get(c) {
                    Character::Letter(c) => format!("a{c}b"),
                    Character::Letters(letters) => {
                        format!("a{}b", String::from_utf8(letters.bytes().to_vec()).unwrap())
                    }
                    Character::Word(c) => format!("a {c} b"),
                    Character::Space => "a b".to_owned(),
                    Character::Removed => "ab".to_owned(),
                    Character::Hangul => {
                        let jamo = crate::normalize::hangul_jamo(c).unwrap();
                        format!("a{}b", jamo.into_iter().flatten().collect::<String>())
                    }
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
