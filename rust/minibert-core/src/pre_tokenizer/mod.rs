//! Splits normalized characters into words: at white space, with every punctuation mark as a separate
//! word.
//!
//! This file is the plain definition. `fast` gives the same words and is used for ids without
//! offsets.

pub(crate) mod fast;
pub(crate) mod non_ascii;
pub(crate) mod simd;
pub(crate) mod word_key;
pub(crate) mod word_sink;

use crate::normalizer::{Kind, Normalizer, Sink};

/// Calls `visit` with every normalized word of `text`, as UTF-8, and its length in characters.
pub fn for_each_word(normalizer: &Normalizer, text: &str, mut visit: impl FnMut(&[u8], usize)) {
    let visit = |word: &[u8], chars: usize, _: &[usize]| visit(word, chars);
    WordCollector::<_, false>::new(visit).run(normalizer, text);
}

/// Like [`for_each_word`], with the index (in characters) of the raw character that each character of
/// the word comes from.
pub fn for_each_word_with_origins(
    normalizer: &Normalizer,
    text: &str,
    mut visit: impl FnMut(&[u8], &[usize]),
) {
    let visit = |word: &[u8], _: usize, origins: &[usize]| visit(word, origins);
    WordCollector::<_, true>::new(visit).run(normalizer, text);
}

/// Collects a word and passes it on when it ends; keeps the origins only if `ORIGINS` is set.
struct WordCollector<F, const ORIGINS: bool> {
    word: Vec<u8>,
    chars: usize,
    origins: Vec<usize>,
    visit: F,
}

impl<F: FnMut(&[u8], usize, &[usize]), const ORIGINS: bool> WordCollector<F, ORIGINS> {
    fn new(visit: F) -> Self {
        Self {
            word: Vec::new(),
            chars: 0,
            origins: Vec::new(),
            visit,
        }
    }

    fn run(mut self, normalizer: &Normalizer, text: &str) {
        normalizer.normalize(text, &mut self);
        self.boundary();
    }

    fn count(&mut self, origin: usize) {
        self.chars += 1;
        if ORIGINS {
            self.origins.push(origin);
        }
    }
}

impl<F: FnMut(&[u8], usize, &[usize]), const ORIGINS: bool> Sink for WordCollector<F, ORIGINS> {
    fn push(&mut self, c: char, kind: Kind, origin: usize) {
        if kind != Kind::Letter {
            self.boundary();
        }
        if kind != Kind::Space {
            self.word
                .extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            self.count(origin);
        }
        if kind == Kind::Punctuation {
            self.boundary();
        }
    }

    fn push_ascii_letter(&mut self, byte: u8, origin: usize) {
        self.word.push(byte);
        self.count(origin);
    }

    fn boundary(&mut self) {
        if self.chars > 0 {
            (self.visit)(&self.word, self.chars, &self.origins);
            self.word.clear();
            self.origins.clear();
            self.chars = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::TokenizerOptions;

    fn words(text: &str, options: &TokenizerOptions) -> Vec<String> {
        let mut found = Vec::new();
        for_each_word(&Normalizer::new(options), text, |word, _| {
            found.push(String::from_utf8(word.to_vec()).unwrap());
        });
        found
    }

    #[test]
    fn words_are_what_the_reference_makes_of_them() {
        let uncased = TokenizerOptions::default();
        let cased = TokenizerOptions {
            lowercase: false,
            ..uncased.clone()
        };
        let table: &[(&str, &TokenizerOptions, &[&str])] = &[
            ("Hello, World!", &uncased, &["hello", ",", "world", "!"]),
            ("Hello, World!", &cased, &["Hello", ",", "World", "!"]),
            ("Ÿes Ünter", &uncased, &["yes", "unter"]),
            ("Ÿes Ünter", &cased, &["Ÿes", "Ünter"]),
            ("a\u{b}b\u{2028}c", &uncased, &["ab", "c"]),
            ("ab中文c", &uncased, &["ab", "中", "文", "c"]),
            ("\u{2b820}\u{2b821}", &uncased, &["\u{2b820}\u{2b821}"]),
            ("ΣΑΣ", &uncased, &["σασ"]),
            ("\u{302e}\u{1d165}", &uncased, &["\u{1d165}\u{302e}"]),
            ("", &uncased, &[]),
            ("\u{301}\u{301}", &uncased, &[]),
        ];
        for &(text, options, expected) in table {
            assert_eq!(words(text, options), expected, "{text:?}");
        }
    }
}
