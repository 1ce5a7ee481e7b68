//! How often each word occurs, normalised and split as the tokenizer does it.

use std::hash::BuildHasher;
use std::ops::Range;

use foldhash::fast::FixedState;
use hashbrown::{HashMap, HashTable};

use crate::normalize::Normalizer;
use crate::options::TokenizerOptions;
use crate::pretokenize::for_each_word;

/// Words and their counts.
///
/// Words of more than `max_input_chars_per_word` characters are left out: the tokenizer makes them
/// `[UNK]` whatever the vocabulary.
#[derive(Clone, Debug)]
pub struct WordCounts {
    normalizer: Normalizer,
    max_chars: usize,
    words: WordTable,
    chunks: Chunks,
}

impl WordCounts {
    pub fn new(options: &TokenizerOptions) -> Self {
        Self {
            normalizer: Normalizer::new(options),
            max_chars: options.max_input_chars_per_word,
            words: WordTable::default(),
            chunks: Chunks::default(),
        }
    }

    /// Adds the words of a text.
    pub fn add(&mut self, text: &str) {
        let mut start = 0;
        while start < text.len() {
            let chunk = Chunk::at_start(&text.as_bytes()[start..]);
            let end = start + chunk.len;
            match chunk.key {
                Some(key) => {
                    if self.chunks.add(key) {
                        self.normalize_chunks();
                    }
                }
                None => self.add_normalized(&text[start..end], 1),
            }
            start = end + 1;
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
        for (key, count) in self.chunks.take() {
            let bytes = key.to_le_bytes();
            let len = usize::from(bytes[CHUNK_BYTES]);
            let chunk = String::from_utf8_lossy(&bytes[..len]);
            self.add_normalized(&chunk, count);
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

/// Chunks to remember: most of a text's come again, and these stay in a core's cache.
const CHUNKS: usize = 1 << 15;
/// Bytes of a chunk that is worth remembering; in a key one byte more holds their number.
const CHUNK_BYTES: usize = 15;

/// How often each short stretch of raw text between white space has come of late, so that it is
/// normalised and split once for many times.
#[derive(Clone, Debug, Default)]
struct Chunks(HashMap<u128, u64, FixedState>);

impl Chunks {
    /// Counts a chunk; whether there are too many now.
    fn add(&mut self, key: u128) -> bool {
        *self.0.entry(key).or_insert(0) += 1;
        self.0.len() > CHUNKS
    }

    fn take(&mut self) -> Vec<(u128, u64)> {
        self.0.drain().collect()
    }
}

/// A stretch without white space; other controls belong to it, since the normaliser deletes them.
struct Chunk {
    len: usize,
    /// Its bytes and their number, if it is short.
    key: Option<u128>,
}

impl Chunk {
    /// The chunk that `bytes` begin with, up to white space or the end.
    fn at_start(bytes: &[u8]) -> Self {
        let Some(&window) = bytes.first_chunk::<16>() else {
            return Self::searched(bytes);
        };
        let window = u128::from_le_bytes(window);
        let len = first_low_byte(window);
        if len > CHUNK_BYTES || !is_space(bytes[len]) {
            return Self::searched(bytes);
        }
        let kept = window & !(u128::MAX << (8 * len));
        let key = Some(kept | (len as u128) << (8 * CHUNK_BYTES));
        Self { len, key }
    }

    fn searched(bytes: &[u8]) -> Self {
        let end = bytes.iter().position(|&byte| is_space(byte));
        let len = end.unwrap_or(bytes.len());
        let key = (len <= CHUNK_BYTES).then(|| {
            let mut key = [0; 16];
            key[..len].copy_from_slice(&bytes[..len]);
            key[CHUNK_BYTES] = len as u8;
            u128::from_le_bytes(key)
        });
        Self { len, key }
    }
}

/// What ends a word under any option, of all ASCII.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// The index of the first byte that is not above the space, 16 if there is none.
fn first_low_byte(window: u128) -> usize {
    const ONES: u128 = u128::MAX / 0xFF;
    let below = window.wrapping_sub(ONES * 0x21) & !window & (ONES * 0x80);
    below.trailing_zeros() as usize / 8
}

/// Words end to end, found by their hash, with their counts.
#[derive(Clone, Debug, Default)]
pub(super) struct WordTable {
    text: Vec<u8>,
    /// Where each word ends in `text`, and its count.
    words: Vec<(usize, u64)>,
    by_hash: HashTable<usize>,
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
