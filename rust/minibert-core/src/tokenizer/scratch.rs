//! The reusable memory of an encoder: its cache of words, and buffers.

use super::ragged::Ragged;
use super::word_cache::{COUNT_SHIFT, Ids, MAX_TOKENS, WordCache};
use crate::pre_tokenizer::fast::FastPreTokenizer;

/// Ids that a new buffer has room for. Unused room costs nothing, growing does.
const EXPECTED: usize = 1 << 16;

/// The memory that one encoder leaves to the next.
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

/// Ids that are being written.
#[derive(Debug)]
pub(crate) struct IdBuffer {
    /// The first `used` ids are written; after them is the room that
    /// [`WordSink::reserve`](crate::pre_tokenizer::word_sink::WordSink::reserve) asked for.
    pub(crate) ragged: Ragged,
    pub(crate) used: usize,
    /// The length that the buffer must have for the words that were announced.
    pub(crate) promised: usize,
    /// The ids of the last word that was not in the cache.
    pub(crate) new_word: Vec<u32>,
}

impl IdBuffer {
    /// Removes all texts.
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

    /// Appends the ids of a cached word.
    #[inline]
    pub(crate) fn put(&mut self, ids: &Ids) {
        let [first, second, third, fourth] = *ids;
        let position = &mut self.ragged.ids[self.used..self.used + MAX_TOKENS];
        position.copy_from_slice(&[first & FIRST_ID, second, third, fourth]);
        self.used += (first >> COUNT_SHIFT) as usize;
    }

    /// Appends any number of ids.
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
