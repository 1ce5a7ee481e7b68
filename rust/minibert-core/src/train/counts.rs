//! How often each word occurs, normalised and split as the tokenizer does it.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::chunks::{CHUNK_BYTES, Chunk, Chunks};
use crate::normalize::Normalizer;
use crate::options::TokenizerOptions;
use crate::pretokenize::for_each_word;

/// Words and their counts.
///
/// Words of more than `max_input_chars_per_word` characters are only counted together: the tokenizer
/// makes them `[UNK]` whatever the vocabulary.
#[derive(Clone, Debug)]
pub struct WordCounts {
    normalizer: Normalizer,
    lowercase: bool,
    max_chars: usize,
    words: WordTable,
    chunks: Chunks,
}

impl WordCounts {
    pub fn new(options: &TokenizerOptions) -> Self {
        Self {
            normalizer: Normalizer::new(options),
            lowercase: options.lowercase,
            max_chars: options.max_input_chars_per_word,
            words: WordTable::default(),
            chunks: Chunks::default(),
        }
    }

    /// Adds the words of a text.
    pub fn add(&mut self, text: &str) {
        let mut start = 0;
        while start < text.len() {
            let Chunk { len, key } = Chunk::at(text.as_bytes(), start);
            match key {
                _ if len == 0 => {}
                Some(key) => {
                    self.chunks.add(key);
                    if self.chunks.is_full() {
                        self.normalize_chunks();
                    }
                }
                None => self.add_normalized(&text[start..start + len], 1),
            }
            start += len + 1;
        }
    }

    /// Adds a normalised word, unless it is too long.
    pub fn add_word(&mut self, word: &[u8], count: u64) {
        self.words.add(word, count, self.max_chars);
    }

    /// Adds the counts of `other`, which must come from the same options.
    pub fn merge(&mut self, mut other: Self) {
        other.normalize_chunks();
        for (word, count) in other.words.iter() {
            self.words.add(word, count, self.max_chars);
        }
        self.words.too_long += other.words.too_long;
    }

    /// The words, each once, in no order that means anything, and the normaliser they come from.
    pub(super) fn finish(mut self) -> (WordTable, Normalizer) {
        self.normalize_chunks();
        (self.words, self.normalizer)
    }

    /// Whether a text normalises to one word that is too long to be counted, whatever follows in it.
    pub(super) fn is_within_too_long_word(&self, text: &str) -> bool {
        let mut words = 0;
        let mut longest = 0;
        for_each_word(&self.normalizer, text, |_, chars| {
            words += 1;
            longest = chars;
        });
        words == 1 && longest > self.max_chars
    }

    /// Whether words end at a character wherever it stands, so that text may be cut behind it.
    pub(super) fn ends_words(&self, c: char) -> bool {
        if c.is_ascii_alphanumeric() {
            return false;
        }
        let mut words = Vec::new();
        for_each_word(&self.normalizer, &format!("x{c}x"), |word, _| {
            words.push(String::from_utf8_lossy(word).into_owned());
        });
        words == ["x", "x"] || words == ["x", &c.to_string(), "x"]
    }

    fn normalize_chunks(&mut self) {
        let mut chunks = std::mem::take(&mut self.chunks);
        chunks.drain(|chunk, count| {
            if chunk.iter().all(u8::is_ascii_graphic) {
                self.add_ascii(chunk, count);
            } else {
                self.add_normalized(&String::from_utf8_lossy(chunk), count);
            }
        });
        self.chunks = chunks;
    }

    /// Adds the words of visible ASCII: letters and digits, lowered or not, and single marks.
    fn add_ascii(&mut self, chunk: &[u8], count: u64) {
        let mut lowered = [0; CHUNK_BYTES];
        let chunk = if self.lowercase {
            let lowered = &mut lowered[..chunk.len()];
            lowered.copy_from_slice(chunk);
            lowered.make_ascii_lowercase();
            lowered
        } else {
            chunk
        };
        for word in chunk.chunk_by(|a, b| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric()) {
            self.add_word(word, count);
        }
    }

    fn add_normalized(&mut self, text: &str, count: u64) {
        let Self {
            normalizer,
            max_chars,
            words,
            ..
        } = self;
        for_each_word(normalizer, text, |word, _| {
            words.add(word, count, *max_chars);
        });
    }
}

/// Words end to end, found by their hash, with their counts.
#[derive(Clone, Debug, Default)]
pub(super) struct WordTable {
    text: Vec<u8>,
    /// Where each word ends in `text`, and its count.
    words: Vec<(usize, u64)>,
    by_hash: HashTable<usize>,
    /// How often words occur that are too long to be kept.
    pub too_long: u64,
}

impl WordTable {
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The bytes of all words together.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = (&[u8], u64)> {
        let words = self.words.iter().enumerate();
        words.map(|(index, &(_, count))| (&self.text[self.range(index)], count))
    }

    fn range(&self, index: usize) -> Range<usize> {
        let start = index
            .checked_sub(1)
            .map_or(0, |before| self.words[before].0);
        start..self.words[index].0
    }

    fn add(&mut self, word: &[u8], count: u64, max_chars: usize) {
        if word.len() > max_chars && chars(word) > max_chars {
            self.too_long += count;
            return;
        }
        let hash = hash(word);
        let is_word = |&index: &usize| &self.text[self.range(index)] == word;
        if let Some(&index) = self.by_hash.find(hash, is_word) {
            self.words[index].1 += count;
            return;
        }
        let index = self.words.len();
        self.text.extend_from_slice(word);
        self.words.push((self.text.len(), count));
        let (text, words) = (&self.text, &self.words);
        self.by_hash.insert_unique(hash, index, |&index| {
            let start = index.checked_sub(1).map_or(0, |before| words[before].0);
            self::hash(&text[start..words[index].0])
        });
    }
}

fn hash(word: &[u8]) -> u64 {
    FixedState::default().hash_one(word)
}

/// Characters of valid UTF-8: the bytes that begin one.
fn chars(text: &[u8]) -> usize {
    text.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}
