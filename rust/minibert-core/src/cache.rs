//! What the tokenizer remembers of words: the ids of each short word that it has met.
//!
//! A word of up to sixteen bytes is its own key, so that two words are never taken for each other. The
//! cache begins with the words that are pieces of the vocabulary, and has a fixed limit of memory.

use std::sync::Mutex;

use crate::vocab::{CONTINUATION, Vocab};

/// A short word: its bytes, the first one lowest, and zeros. No word holds a zero byte.
pub type Key = u128;

/// The longest word that is remembered, in bytes.
pub const MAX_WORD: usize = 16;

/// A word of more pieces than this is not remembered.
pub const MAX_PIECES: usize = 4;

/// The ids of a remembered word; the first has their number in its upper eight bits.
pub type Ids = [u32; MAX_PIECES];

pub const COUNT_SHIFT: u32 = 24;

/// A word is kept in one of this many slots from its own on.
const REACH: usize = 8;

const EMPTY: Slot = Slot {
    key: 0,
    ids: [0; MAX_PIECES],
};

#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Slot {
    key: Key,
    ids: Ids,
}

#[derive(Debug, Default)]
pub struct WordCache {
    /// A power of two of slots, and those that the words of the last slot reach into.
    slots: Vec<Slot>,
    /// What a hash is shifted by to be the number of a slot.
    shift: u32,
    words: usize,
    /// The number of slots at which the cache stops growing; at most half of them are used.
    max_slots: usize,
}

impl WordCache {
    /// Remembers the words of a vocabulary that are one piece, as far as a quarter of `max_bytes` goes.
    pub fn new(vocab: &Vocab, max_chars: usize, max_bytes: usize) -> Self {
        let max_slots = (max_bytes / size_of::<Slot>()).max(2 * REACH);
        let max_slots = 1 << max_slots.ilog2();
        let whole_words = vocab.iter().filter_map(|(piece, id)| {
            let is_word = piece.len() <= MAX_WORD
                && !piece.starts_with(CONTINUATION)
                && (piece.len() <= max_chars || piece.chars().count() <= max_chars);
            Some((key(piece.as_bytes())?, id)).filter(|_| is_word)
        });
        let room = vocab.len().min(max_slots / 4);
        let mut cache = Self::with_slots((room * 2).next_power_of_two().max(2 * REACH), max_slots);
        for (key, id) in whole_words.take(room) {
            cache.insert(key, &[id]);
        }
        cache
    }

    fn with_slots(slots: usize, max_slots: usize) -> Self {
        Self {
            slots: vec![EMPTY; slots + REACH],
            shift: u64::BITS - slots.ilog2(),
            words: 0,
            max_slots,
        }
    }

    /// The ids of a word, if they are remembered.
    #[inline]
    pub fn get(&self, key: Key) -> Option<&Ids> {
        let home = self.home(key);
        let reach = &self.slots[home..home + REACH];
        if reach[0].key == key {
            return Some(&reach[0].ids);
        }
        self.get_displaced(key, home)
    }

    #[inline(never)]
    fn get_displaced(&self, key: Key, home: usize) -> Option<&Ids> {
        let reach = self.slots[home..home + REACH].iter();
        reach
            .take_while(|slot| slot.key != 0)
            .find(|slot| slot.key == key)
            .map(|slot| &slot.ids)
    }

    /// Whether the cache has come to its limit: it should be made anew before it takes more.
    pub fn is_full(&self) -> bool {
        self.words >= self.max_slots / 2
    }

    /// Remembers a word of at most [`MAX_PIECES`] pieces. It may forget another one for it.
    pub fn insert(&mut self, key: Key, pieces: &[u32]) {
        let slots = self.slots.len() - REACH;
        if self.words >= slots / 2 && slots < self.max_slots {
            self.grow();
        }
        let mut ids = [0; MAX_PIECES];
        ids[..pieces.len()].copy_from_slice(pieces);
        ids[0] |= (pieces.len() as u32) << COUNT_SHIFT;
        self.put(Slot { key, ids });
    }

    fn put(&mut self, slot: Slot) {
        let home = self.home(slot.key);
        let reach = &mut self.slots[home..home + REACH];
        let free = reach
            .iter()
            .position(|other| other.key == 0 || other.key == slot.key);
        self.words += usize::from(free.is_some_and(|free| reach[free].key == 0));
        reach[free.unwrap_or(0)] = slot;
    }

    fn grow(&mut self) {
        let slots = (self.slots.len() - REACH) * 2;
        let small = std::mem::replace(self, Self::with_slots(slots, self.max_slots));
        let words = small.slots.into_iter().filter(|slot| slot.key != 0);
        words.for_each(|slot| self.put(slot));
    }

    #[inline]
    fn home(&self, key: Key) -> usize {
        (hash(key) >> self.shift) as usize
    }
}

/// The caches of the threads that are not encoding now.
#[derive(Debug, Default)]
pub struct CachePool(Mutex<Vec<WordCache>>);

impl CachePool {
    /// A cache that was given back. Nobody ever waits here: a process that forks while another thread
    /// holds the lock would wait for ever in the child.
    pub fn take(&self) -> Option<WordCache> {
        self.0.try_lock().ok()?.pop()
    }

    pub fn give_back(&self, cache: WordCache) {
        if let Ok(mut caches) = self.0.try_lock() {
            caches.push(cache);
        }
    }
}

/// A copy of a tokenizer makes its own.
impl Clone for CachePool {
    fn clone(&self) -> Self {
        Self::default()
    }
}

/// The key of a word, if it can have one.
#[inline]
pub fn key(word: &[u8]) -> Option<Key> {
    if word.is_empty() || word.len() > MAX_WORD || word.contains(&0) {
        return None;
    }
    let mut bytes = [0; MAX_WORD];
    bytes[..word.len()].copy_from_slice(word);
    Some(Key::from_le_bytes(bytes))
}

/// The bytes of the word that a key is of.
pub fn word(key: &[u8; MAX_WORD]) -> &[u8] {
    let len = key.iter().position(|&byte| byte == 0).unwrap_or(MAX_WORD);
    &key[..len]
}

/// Both halves multiplied with each other, as in foldhash and wyhash: one multiplication.
#[inline]
fn hash(key: Key) -> u64 {
    let low = key as u64 ^ 0x9E37_79B9_7F4A_7C15;
    let high = (key >> 64) as u64 ^ 0xD1B5_4A32_D192_ED03;
    let product = u128::from(low) * u128::from(high);
    (product as u64 ^ (product >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15)
}
