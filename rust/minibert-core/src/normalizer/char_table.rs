//! The result of normalization for each character, in one table.
//!
//! The table covers every character whose result does not depend on its neighbors, and marks the few
//! others (marks that survive and may be reordered). It is computed from [`Normalizer`], which defines
//! the rules.

use super::encoded_char::{EncodedChar, Entry, PAGE};
use super::hangul::hangul_jamo;
use super::packed_chars::{PackedChar, PackedChars};
use super::{Alike, Kind, Normalizer, Sink};

/// The result of normalizing one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NormalizedChar<'c> {
    /// Part of a word: this character.
    Letter(EncodedChar),
    /// Several parts of a word.
    Letters(&'c [EncodedChar]),
    /// Several parts of a word: the jamo of a Hangul syllable.
    Jamo([Option<EncodedChar>; 3]),
    /// A separate word: this character.
    Word(EncodedChar),
    /// A separator of words.
    Space,
    /// Nothing remains.
    Removed,
    /// The result depends on the neighboring characters.
    Contextual,
}

const PAGES: usize = 0x11_0000 / PAGE;

#[derive(Clone, Debug)]
pub struct CharTable {
    /// The page of each group of 256 characters.
    index: Vec<u16>,
    pages: Vec<[Entry; PAGE]>,
    simple: PackedChars,
    letters: Vec<EncodedChar>,
}

impl CharTable {
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
            simple: PackedChars::default(),
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
        made.simple = PackedChars::new(&made.index, &made.pages);
        made
    }

    /// The result for the next character of a text, if it has one to three bytes, and the number of its
    /// bytes. `bytes` are the next four bytes of the text, the first one lowest.
    #[inline]
    pub fn simple(&self, bytes: u32) -> (PackedChar, usize) {
        self.simple.get(bytes)
    }

    #[inline]
    pub fn get(&self, c: EncodedChar, code: u32) -> NormalizedChar<'_> {
        let code = code as usize;
        match self.pages[usize::from(self.index[code / PAGE])][code % PAGE] {
            Entry::Itself => NormalizedChar::Letter(c),
            Entry::Letter(c) => NormalizedChar::Letter(c),
            Entry::Letters { start, len } => {
                NormalizedChar::Letters(&self.letters[usize::from(start)..][..usize::from(len)])
            }
            Entry::Syllable => NormalizedChar::Jamo(jamo(code as u32)),
            Entry::OwnWord => NormalizedChar::Word(c),
            Entry::Word(c) => NormalizedChar::Word(c),
            Entry::Space => NormalizedChar::Space,
            Entry::Removed => NormalizedChar::Removed,
            Entry::Contextual => NormalizedChar::Contextual,
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
        match (alone.kinds(), alone.chars()) {
            ([], _) => Entry::Removed,
            ([Kind::Space], _) => Entry::Space,
            ([Kind::Letter], &[same]) if !alone.bounded && same == c => Entry::Itself,
            ([Kind::Letter], &[letter]) if !alone.bounded => Entry::Letter(letter.into()),
            ([_], &[same]) if same == c => Entry::OwnWord,
            ([_], &[word]) => Entry::Word(word.into()),
            (kinds, letters)
                if alone.is_whole() && kinds.iter().all(|&kind| kind == Kind::Letter) =>
            {
                let start = self.letters.len() as u16;
                self.letters
                    .extend(letters.iter().map(|&c| EncodedChar::from(c)));
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
fn jamo(code: u32) -> [Option<EncodedChar>; 3] {
    let jamo = char::from_u32(code).and_then(hangul_jamo);
    jamo.unwrap_or_default()
        .map(|part| part.map(EncodedChar::from))
}

/// The maximum number of characters that one character becomes: a decomposition into four, each
/// lowercased to at most three.
const MOST: usize = 12;

/// Collects the result for a character that stands alone.
struct Alone {
    chars: [char; MOST],
    kinds: [Kind; MOST],
    len: usize,
    bounded: bool,
}

impl Default for Alone {
    fn default() -> Self {
        Self {
            chars: ['\0'; MOST],
            kinds: [Kind::Letter; MOST],
            len: 0,
            bounded: false,
        }
    }
}

impl Alone {
    fn chars(&self) -> &[char] {
        &self.chars[..self.len.min(MOST)]
    }

    fn kinds(&self) -> &[Kind] {
        &self.kinds[..self.len.min(MOST)]
    }

    /// Whether the result is part of a word, and is known completely.
    fn is_whole(&self) -> bool {
        !self.bounded && self.len <= MOST
    }
}

impl Sink for Alone {
    fn push(&mut self, c: char, kind: Kind, _: usize) {
        if self.len < MOST {
            self.chars[self.len] = c;
            self.kinds[self.len] = kind;
        }
        self.len += 1;
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
    use crate::pre_tokenizer::for_each_word;

    fn bytes_of(simple: PackedChar, len: usize) -> EncodedChar {
        EncodedChar {
            bytes: simple.bytes().to_le_bytes(),
            len: len as u8,
        }
    }

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
            let characters = CharTable::new(&normalizer);
            let sparse = ('\u{32000}'..=char::MAX).step_by(89);
            for c in ('\0'..='\u{32000}')
                .chain('\u{e0000}'..='\u{e0200}')
                .chain(sparse)
            {
                let text = |c: &EncodedChar| {
                    std::str::from_utf8(&c.bytes[..c.len.into()])
                        .unwrap()
                        .to_owned()
                };
                let (encoded, code) = EncodedChar::first_of(c.to_string().as_bytes());
                assert_eq!((encoded, code), (c.into(), c as u32));
                if encoded.len < 4 {
                    let (simple, len) = characters.simple(u32::from_le_bytes(encoded.bytes));
                    assert_eq!(len, usize::from(encoded.len));
                    match (characters.get(encoded, code), simple.letter_len()) {
                        (NormalizedChar::Letter(c), len @ 1..) => {
                            assert_eq!(c, bytes_of(simple, len));
                        }
                        (NormalizedChar::Word(c), 0) if simple.is_word() => {
                            assert_eq!(c, bytes_of(simple, c.len.into()));
                        }
                        (NormalizedChar::Space, 0) => assert!(simple.is_space()),
                        (NormalizedChar::Removed, 0) => assert!(simple.is_removed() || code == 0),
                        (_, 0) => {
                            assert!(
                                !simple.is_word() && !simple.is_space() && !simple.is_removed()
                            );
                        }
                        (got, _) => panic!("{got:?} {simple:?}"),
                    }
                }
                let said = match characters.get(encoded, code) {
                    NormalizedChar::Letter(c) => format!("a{}b", text(&c)),
                    NormalizedChar::Letters(all) => {
                        format!("a{}b", all.iter().map(text).collect::<String>())
                    }
                    NormalizedChar::Jamo(all) => {
                        format!("a{}b", all.iter().flatten().map(text).collect::<String>())
                    }
                    NormalizedChar::Word(c) => format!("a {} b", text(&c)),
                    NormalizedChar::Space => "a b".to_owned(),
                    NormalizedChar::Removed => "ab".to_owned(),
                    NormalizedChar::Contextual => continue,
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
