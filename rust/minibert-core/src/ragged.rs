//! Many texts to ids end to end: the way that pretraining takes.

use crate::cache::{self, COUNT_SHIFT, Key, MAX_PIECES, WordCache};
use crate::tokenizer::Tokenizer;
use crate::words::{WordSink, Words};

/// The ids of several texts end to end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ragged {
    pub ids: Vec<u32>,
    /// Text `n` has the ids from `boundaries[n]` to before `boundaries[n + 1]`.
    pub boundaries: Vec<usize>,
}

/// Stands for the end of a text among the marks; all others are ids.
const TEXT_END: u32 = u32::MAX;

/// Encodes texts one after the other, with a memory for words that goes back to the tokenizer, for the
/// next encoder, at the end.
pub struct RaggedEncoder<'t> {
    words: Words<'t>,
    ids: IdSink<'t>,
}

impl<'t> RaggedEncoder<'t> {
    pub fn new(tokenizer: &'t Tokenizer) -> Self {
        Self {
            words: Words::new(tokenizer.normalizer(), tokenizer.characters()),
            ids: IdSink {
                tokenizer,
                cache: tokenizer
                    .caches()
                    .take()
                    .unwrap_or_else(|| tokenizer.word_cache()),
                ids: Vec::new(),
                used: 0,
                boundaries: vec![0],
                pieces: Vec::new(),
            },
        }
    }

    /// Adds a text; special tokens in it stand for themselves.
    pub fn push(&mut self, text: &str, add_special_tokens: bool) {
        let tokenizer = self.ids.tokenizer;
        let special = tokenizer.vocab().special();
        if add_special_tokens {
            self.words.mark(special.cls, &mut self.ids);
        }
        let mut done = 0;
        for (range, id) in tokenizer.special_pieces_in(text) {
            self.words.push(&text[done..range.start], &mut self.ids);
            self.words.mark(id, &mut self.ids);
            done = range.end;
        }
        self.words.push(&text[done..], &mut self.ids);
        if add_special_tokens {
            self.words.mark(special.sep, &mut self.ids);
        }
        self.words.mark(TEXT_END, &mut self.ids);
    }

    /// Adds a text in which special tokens are plain text.
    pub fn push_plain(&mut self, text: &str) {
        self.words.push(text, &mut self.ids);
        self.words.mark(TEXT_END, &mut self.ids);
    }

    /// What the texts since the last call were encoded to.
    pub fn take(&mut self) -> Ragged {
        self.words.flush(&mut self.ids);
        self.ids.ids.truncate(std::mem::take(&mut self.ids.used));
        Ragged {
            ids: std::mem::take(&mut self.ids.ids),
            boundaries: std::mem::replace(&mut self.ids.boundaries, vec![0]),
        }
    }
}

impl Drop for RaggedEncoder<'_> {
    fn drop(&mut self) {
        self.ids
            .tokenizer
            .caches()
            .give_back(std::mem::take(&mut self.ids.cache));
    }
}

struct IdSink<'t> {
    tokenizer: &'t Tokenizer,
    cache: WordCache,
    /// The ids so far are the first `used`; behind them is room for what [`WordSink::reserve`] said.
    ids: Vec<u32>,
    used: usize,
    boundaries: Vec<usize>,
    /// The ids of the last word that was not remembered.
    pieces: Vec<u32>,
}

impl IdSink<'_> {
    /// Finds the pieces of a short word, and remembers them.
    #[cold]
    #[inline(never)]
    fn learn(&mut self, key: Key) {
        let bytes = key.to_le_bytes();
        let word = cache::word(&bytes);
        let chars = word.iter().filter(|&&byte| byte & 0xC0 != 0x80).count();
        self.long(word, chars);
        if self.pieces.len() <= MAX_PIECES {
            if self.cache.is_full() {
                self.cache = self.tokenizer.word_cache();
            }
            self.cache.insert(key, &self.pieces);
        }
    }
}

impl WordSink for IdSink<'_> {
    #[inline]
    fn short(&mut self, key: Key) {
        let Some(ids) = self.cache.get(key) else {
            return self.learn(key);
        };
        let place = &mut self.ids[self.used..self.used + MAX_PIECES];
        place.copy_from_slice(ids);
        place[0] &= (1 << COUNT_SHIFT) - 1;
        self.used += (ids[0] >> COUNT_SHIFT) as usize;
    }

    fn long(&mut self, word: &[u8], chars: usize) {
        self.pieces.clear();
        self.tokenizer.encode_word(word, chars, &mut self.pieces);
        let room = self.ids.len() + self.pieces.len();
        self.ids.resize(room, 0);
        self.ids[self.used..self.used + self.pieces.len()].copy_from_slice(&self.pieces);
        self.used += self.pieces.len();
    }

    #[inline]
    fn mark(&mut self, mark: u32) {
        if mark == TEXT_END {
            self.boundaries.push(self.used);
        } else {
            self.ids[self.used] = mark;
            self.used += 1;
        }
    }

    fn reserve(&mut self, count: usize) {
        let needed = self.used + count * MAX_PIECES + MAX_PIECES;
        if self.ids.len() < needed {
            self.ids.resize(needed, 0);
        }
    }
}
