//! Many texts to ids end to end: the way that pretraining takes.

use crate::cache::{self, COUNT_SHIFT, Ids, Key, MAX_PIECES, WordCache};
use crate::characters::count_chars;
use crate::tokenizer::Tokenizer;
use crate::words::{Rules, WordSink, Words};

/// The ids of several texts end to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ragged {
    pub ids: Vec<u32>,
    /// Text `n` has the ids from `boundaries[n]` to before `boundaries[n + 1]`.
    pub boundaries: Vec<usize>,
}

impl Default for Ragged {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            boundaries: vec![0],
        }
    }
}

impl Ragged {
    /// Adds ids, and where each text ends among them.
    pub(crate) fn append(&mut self, ids: &[u32], ends: &[usize]) {
        let before = self.ids.len();
        self.ids.extend_from_slice(ids);
        self.boundaries.extend(ends.iter().map(|end| before + end));
    }
}

/// The most room for ids that an encoder leaves behind.
const MOST_ROOM: usize = 1 << 20;

/// Encodes texts one after the other.
pub struct RaggedEncoder<'t> {
    tokenizer: &'t Tokenizer,
    rules: Rules<'t>,
    memory: Box<Memory>,
}

/// What an encoder leaves behind for the next one: what it has learned, and room.
#[derive(Debug)]
pub struct Memory {
    words: Words,
    cache: WordCache,
    made: Made,
}

impl<'t> RaggedEncoder<'t> {
    pub fn new(tokenizer: &'t Tokenizer) -> Self {
        let memory = tokenizer.memories().take().unwrap_or_else(|| {
            Box::new(Memory {
                words: Words::default(),
                cache: WordCache::new(tokenizer.cache_bytes()),
                made: Made::default(),
            })
        });
        Self {
            tokenizer,
            rules: tokenizer.rules(),
            memory,
        }
    }

    /// Adds a text; special tokens in it stand for themselves.
    pub fn push(&mut self, text: &str, add_special_tokens: bool) {
        let special = self.tokenizer.vocab().special();
        let (rules, words, mut sink) = self.parts();
        if add_special_tokens {
            words.mark(rules, special.cls, &mut sink);
        }
        let mut done = 0;
        for (range, id) in sink.tokenizer.special_pieces_in(text) {
            words.push(rules, &text[done..range.start], &mut sink);
            words.mark(rules, id, &mut sink);
            done = range.end;
        }
        words.push(rules, &text[done..], &mut sink);
        if add_special_tokens {
            words.mark(rules, special.sep, &mut sink);
        }
        words.end_text(rules, &mut sink);
    }

    /// Adds a text in which special tokens are plain text.
    pub fn push_plain(&mut self, text: &str) {
        let (rules, words, mut sink) = self.parts();
        words.push(rules, text, &mut sink);
        words.end_text(rules, &mut sink);
    }

    /// Encodes what was kept back.
    pub fn flush(&mut self) {
        let (rules, words, mut sink) = self.parts();
        words.flush(rules, &mut sink);
    }

    /// Adds the ids of the texts since the last call to those of others, and forgets the texts.
    pub fn append_to(&mut self, ragged: &mut Ragged) {
        self.flush();
        let made = &mut self.memory.made;
        ragged.append(&made.ids[..made.used], &made.ends);
        made.used = 0;
        made.ends.clear();
    }

    /// The ids of the texts since the last call, which are forgotten.
    pub fn take(&mut self) -> Ragged {
        let mut ragged = Ragged::default();
        self.append_to(&mut ragged);
        ragged
    }

    /// Ends the work, and leaves what was learned to the tokenizer.
    pub fn end(mut self) {
        if self.memory.made.ids.len() > MOST_ROOM {
            self.memory.made = Made::default();
        }
        self.tokenizer.memories().give_back(self.memory);
    }

    fn parts(&mut self) -> (Rules<'t>, &mut Words, IdSink<'_>) {
        let Memory { words, cache, made } = &mut *self.memory;
        let sink = IdSink {
            tokenizer: self.tokenizer,
            cache,
            made,
        };
        (self.rules, words, sink)
    }
}

/// Ids in the making.
#[derive(Debug, Default)]
struct Made {
    /// The ids are the first `used`; behind them is room for what [`WordSink::reserve`] said.
    ids: Vec<u32>,
    used: usize,
    /// Where each text ends.
    ends: Vec<usize>,
    /// The ids of the last word that was not remembered.
    pieces: Vec<u32>,
}

impl Made {
    /// Adds the ids of a remembered word.
    #[inline]
    fn put(&mut self, ids: &Ids) {
        let [first, second, third, fourth] = *ids;
        let first_id = first & ((1 << COUNT_SHIFT) - 1);
        let place = &mut self.ids[self.used..self.used + MAX_PIECES];
        place.copy_from_slice(&[first_id, second, third, fourth]);
        self.used += (first >> COUNT_SHIFT) as usize;
    }
}

struct IdSink<'a> {
    tokenizer: &'a Tokenizer,
    cache: &'a mut WordCache,
    made: &'a mut Made,
}

impl IdSink<'_> {
    /// Finds the pieces of a short word, and remembers them.
    #[cold]
    #[inline(never)]
    fn learn(&mut self, key: Key) {
        let bytes = key.to_le_bytes();
        let word = cache::word(&bytes);
        self.long(word, count_chars(word));
        if self.made.pieces.len() <= MAX_PIECES {
            self.cache.insert(key, &self.made.pieces);
        }
    }
}

impl WordSink for IdSink<'_> {
    #[inline]
    fn short(&mut self, key: Key) {
        match self.cache.get(key) {
            Some(ids) => self.made.put(ids),
            None => self.learn(key),
        }
    }

    #[inline]
    fn shorts(&mut self, keys: &[Key], ends: &mut [u32], base: usize) {
        let found = self.cache.look(keys);
        for ((&key, &found), end) in keys.iter().zip(&found).zip(ends) {
            match self.cache.found(key, found) {
                Some(ids) => self.made.put(ids),
                None => self.short(key),
            }
            *end = (self.made.used - base) as u32;
        }
    }

    fn long(&mut self, word: &[u8], chars: usize) {
        let Made {
            ids, used, pieces, ..
        } = &mut *self.made;
        pieces.clear();
        self.tokenizer.encode_word(word, chars, pieces);
        ids.resize(ids.len() + pieces.len(), 0);
        ids[*used..*used + pieces.len()].copy_from_slice(pieces);
        *used += pieces.len();
    }

    fn mark(&mut self, mark: u32) {
        self.made.ids[self.made.used] = mark;
        self.made.used += 1;
    }

    fn text_end(&mut self, len: usize) {
        self.made.ends.push(len);
    }

    fn count(&self) -> usize {
        self.made.used
    }

    #[inline]
    fn reserve(&mut self, count: usize) {
        let needed = self.made.used + count * MAX_PIECES + MAX_PIECES;
        if self.made.ids.len() < needed {
            self.made.ids.resize(needed, 0);
        }
    }
}
