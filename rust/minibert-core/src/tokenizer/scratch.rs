//! What an encoder of many texts works in: the words that it has met, and the ids that it makes.

use super::ragged::Ragged;
use super::word_cache::{COUNT_SHIFT, Ids, MAX_TOKENS, WordCache};
use crate::pre_tokenizer::fast::FastPreTokenizer;

/// There is room for so many ids from the start: what is not needed costs nothing, what grows does.
const EXPECTED: usize = 1 << 16;

/// What an encoder leaves behind for the next one: what it has learned, and room.
#[derive(Debug)]
pub struct Scratch {
    pub(crate) words: FastPreTokenizer,
    pub(crate) cache: WordCache,
    pub(crate) made: IdBuffer,
}

impl Scratch {
    pub(crate) fn new(cache_bytes: usize) -> Self {
        Self {
            words: FastPreTokenizer::default(),
            cache: WordCache::new(cache_bytes),
            made: IdBuffer::new(),
        }
    }
}

pub(crate) const FIRST_ID: u32 = (1 << COUNT_SHIFT) - 1;

/// Ids in the making.
#[derive(Debug)]
pub(crate) struct IdBuffer {
    /// The ids are the first `used`; behind them is room for what [`WordSink::reserve`] said.
    pub(crate) ragged: Ragged,
    pub(crate) used: usize,
    /// How much room there must be for the ids of the words that were said to come.
    pub(crate) promised: usize,
    /// The ids of the last word that was not remembered.
    pub(crate) new_word: Vec<u32>,
}

impl IdBuffer {
    /// Begins with no text.
    pub(crate) fn begin(&mut self) {
        (self.used, self.promised) = (0, 0);
        self.ragged.boundaries.truncate(1);
    }

    pub(crate) fn new() -> Self {
        let mut ragged = Ragged::default();
        ragged.ids.reserve(EXPECTED);
        Self {
            ragged,
            used: 0,
            promised: 0,
            new_word: Vec::new(),
        }
    }

    /// Adds the ids of a remembered word.
    #[inline]
    pub(crate) fn put(&mut self, ids: &Ids) {
        let [first, second, third, fourth] = *ids;
        let place = &mut self.ragged.ids[self.used..self.used + MAX_TOKENS];
        place.copy_from_slice(&[first & FIRST_ID, second, third, fourth]);
        self.used += (first >> COUNT_SHIFT) as usize;
    }

    /// Adds any number of ids.
    pub(crate) fn put_all(&mut self, ids: &[u32]) {
        self.promised += ids.len();
        let room = &mut self.ragged.ids;
        if room.len() < self.promised {
            room.resize(self.promised, 0);
        }
        room[self.used..self.used + ids.len()].copy_from_slice(ids);
        self.used += ids.len();
    }
}
