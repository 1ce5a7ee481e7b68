//! The count of each word, normalized and split as the tokenizer does it.

use std::hash::BuildHasher;
use std::ops::Range;
use std::sync::Arc;

use foldhash::fast::FixedState;
use hashbrown::HashTable;

use super::short_word_counts::ShortWordCounts;
use crate::normalizer::Normalizer;
use crate::normalizer::char_table::CharTable;
use crate::normalizer::encoded_char::count_chars;
use crate::options::TokenizerOptions;
use crate::pre_tokenizer::fast::FastPreTokenizer;
use crate::pre_tokenizer::for_each_word;
use crate::pre_tokenizer::non_ascii;
use crate::pre_tokenizer::word_key::{self, Key};
use crate::pre_tokenizer::word_sink::WordSink;

/// Words and their counts.
///
/// Words of more than `max_input_chars_per_word` characters have only a common count: the tokenizer
/// makes them `[UNK]` under every vocabulary.
#[derive(Clone, Debug)]
pub struct WordCounts {
    rules: Arc<Rules>,
    table: WordTable,
}

#[derive(Debug)]
struct Rules {
    normalizer: Normalizer,
    char_table: CharTable,
}

impl WordCounts {
    pub fn new(options: &TokenizerOptions) -> Self {
        let normalizer = Normalizer::new(options);
        let char_table = CharTable::new(&normalizer);
        Self {
            table: WordTable::new(options.max_input_chars_per_word),
            rules: Arc::new(Rules {
                normalizer,
                char_table,
            }),
        }
    }

    /// An empty table with the same options.
    #[must_use]
    pub fn another(&self) -> Self {
        Self {
            rules: Arc::clone(&self.rules),
            table: WordTable::new(self.table.max_chars),
        }
    }

    /// Adds the words of texts. No word continues from one text to the next.
    pub fn add<'t>(&mut self, texts: impl IntoIterator<Item = &'t str>) {
        let rules = non_ascii::SplitRules::new(&self.rules.normalizer, &self.rules.char_table);
        let mut words = FastPreTokenizer::default();
        for text in texts {
            words.push(rules, text, &mut self.table);
        }
        words.flush(rules, &mut self.table);
    }

    /// Adds a normalized word.
    pub fn add_word(&mut self, word: &[u8], count: u64) {
        self.table.add(word, count);
    }

    /// Adds the counts of `other`, which must come from the same options.
    pub fn merge(&mut self, mut other: Self) {
        other.table.gather();
        for (word, count) in other.table.iter() {
            self.table.add(word, count);
        }
        self.table.too_long += other.table.too_long;
    }

    /// The words, each once and in no particular order, and their normalizer.
    pub(super) fn finish(&mut self) -> (&WordTable, &Normalizer) {
        self.table.gather();
        (&self.table, &self.rules.normalizer)
    }

    /// Whether a text normalizes to one word that is too long to be counted, whatever follows it.
    pub(super) fn is_within_too_long_word(&self, text: &str) -> bool {
        let mut words = 0;
        let mut longest = 0;
        for_each_word(&self.rules.normalizer, text, |_, chars| {
            words += 1;
            longest = chars;
        });
        words == 1 && longest > self.table.max_chars
    }

    /// Whether a word always ends at this character, so that text may be cut after it.
    pub(super) fn ends_words(&self, c: char) -> bool {
        if c.is_ascii_alphanumeric() {
            return false;
        }
        let mut words = Vec::new();
        for_each_word(&self.rules.normalizer, &format!("x{c}x"), |word, _| {
            words.push(String::from_utf8_lossy(word).into_owned());
        });
        words == ["x", "x"] || words == ["x", &c.to_string(), "x"]
    }
}

/// Words end to end, found by their hash, with their counts.
#[derive(Clone, Debug)]
pub(super) struct WordTable {
    max_chars: usize,
    text: Vec<u8>,
    /// Where each word ends in `text`, and its count.
    words: Vec<(usize, u64)>,
    by_hash: HashTable<usize>,
    /// Short words that are not in `words` yet.
    short: ShortWordCounts,
    /// The number of words that are too long to be counted one by one.
    too_long: u64,
}

impl WordTable {
    fn new(max_chars: usize) -> Self {
        Self {
            max_chars,
            text: Vec::new(),
            words: Vec::new(),
            by_hash: HashTable::new(),
            short: ShortWordCounts::default(),
            too_long: 0,
        }
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// The bytes of all words together.
    pub fn bytes(&self) -> usize {
        self.text.len()
    }

    pub fn too_long(&self) -> u64 {
        self.too_long
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

    fn gather(&mut self) {
        for (key, count) in std::mem::take(&mut self.short).into_iter() {
            self.add(word_key::word(&key.to_le_bytes()), count);
        }
    }

    fn add(&mut self, word: &[u8], count: u64) {
        if word.len() > self.max_chars && count_chars(word) > self.max_chars {
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

impl WordSink for WordTable {
    #[inline]
    fn short(&mut self, key: Key) {
        self.short.add(key);
    }

    fn long(&mut self, word: &[u8], chars: usize) {
        if chars > self.max_chars {
            self.too_long += 1;
        } else {
            self.add(word, 1);
        }
    }

    fn special(&mut self, _: u32) {}

    fn text_end(&mut self, _: usize) {}

    fn count(&self) -> usize {
        0
    }

    fn reserve(&mut self, _: usize) {}
}

fn hash(word: &[u8]) -> u64 {
    FixedState::default().hash_one(word)
}
