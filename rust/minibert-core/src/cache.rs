//! What the tokenizer remembers of words: the ids of each short word that it has met.
//!
//! A word of up to sixteen bytes is its own key, so that two words are never taken for each other. Words
//! are kept in the order in which they were met, which puts the common ones side by side; a table of
//! four bytes a word finds them. Both have a fixed limit: at it, everything is forgotten.

use std::sync::Mutex;

use crate::words::BATCH;

/// A short word: its bytes, the first one lowest, and zeros. No word holds a zero byte.
pub type Key = u128;

/// The longest word that is remembered, in bytes.
pub const MAX_WORD: usize = 16;

/// A word of more pieces than this is not remembered.
pub const MAX_PIECES: usize = 4;

/// The ids of a remembered word; the first has their number in its upper eight bits.
pub type Ids = [u32; MAX_PIECES];

pub const COUNT_SHIFT: u32 = 24;

/// A word is found in one of this many places of the table from its own on.
const REACH: usize = 8;

/// The least number of places.
const MIN_PLACES: usize = 1 << 12;

/// A place holds the number of a word, and above it some bits of the hash, so that few other words are
/// looked at.
const NUMBER: u32 = (1 << 20) - 1;

#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Word {
    key: Key,
    ids: Ids,
}

/// What is in the place of a word, maybe another word.
#[derive(Clone, Copy, Debug, Default)]
pub struct Found {
    hash: u64,
    place: u32,
}

/// No word.
const NONE: Word = Word {
    key: 0,
    ids: [0; MAX_PIECES],
};

#[derive(Debug)]
pub struct WordCache {
    words: Vec<Word>,
    /// Where words are found by their hash: a power of two of places, and those that the last reaches
    /// into. 0 is free: the first word is none.
    places: Vec<u32>,
    /// What a hash is shifted by to be the index of a place.
    shift: u32,
    max_words: usize,
}

impl WordCache {
    /// A cache that takes no more than `max_bytes`, or half a kilobyte.
    pub fn new(max_bytes: usize) -> Self {
        let bytes_per_word = size_of::<Word>() + 4 * size_of::<u32>();
        let max_words = (max_bytes / bytes_per_word).clamp(REACH, NUMBER as usize - 1);
        let mut cache = Self {
            words: vec![NONE],
            places: Vec::new(),
            shift: 0,
            max_words,
        };
        cache.make_places((2 * max_words).next_power_of_two().min(MIN_PLACES));
        cache
    }

    /// The ids of a word, if they are remembered.
    #[inline]
    pub fn get(&self, key: Key) -> Option<&Ids> {
        let hash = hash(key);
        let home = self.home(hash);
        let reach = self.places[home..home + REACH].iter();
        reach
            .take_while(|&&place| place != 0)
            .find_map(|&place| self.at(place, hash, key))
    }

    /// Looks for words, at most [`BATCH`], in their own places. Memory is read for all of them at once,
    /// not for one after the other.
    #[inline]
    pub fn look(&self, keys: &[Key]) -> [Found; BATCH] {
        let mut found = [Found::default(); BATCH];
        for (found, &key) in found.iter_mut().zip(keys) {
            found.hash = hash(key);
        }
        for found in &mut found[..keys.len()] {
            found.place = self.places[self.home(found.hash)];
        }
        found
    }

    /// The ids of a word that was looked for, if it was in its own place. Others may have been
    /// remembered and forgotten since.
    #[inline]
    pub fn found(&self, key: Key, found: Found) -> Option<&Ids> {
        self.at(found.place, found.hash, key)
    }

    /// The ids of the word that is noted at a place, if it is this one.
    #[inline]
    fn at(&self, place: u32, hash: u64, key: Key) -> Option<&Ids> {
        if (place ^ tagged(hash)) > NUMBER {
            return None;
        }
        let word = self.words.get((place & NUMBER) as usize)?;
        (word.key == key).then_some(&word.ids)
    }

    #[inline]
    fn home(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    /// Remembers a word of at most [`MAX_PIECES`] pieces. It may forget others for it.
    pub fn insert(&mut self, key: Key, pieces: &[u32]) {
        if self.words.len() > self.max_words {
            self.words.truncate(1);
            self.places.fill(0);
        } else if self.words.len() * 2 >= self.places.len() - REACH {
            self.make_places((self.places.len() - REACH) * 2);
        }
        let mut ids = [0; MAX_PIECES];
        ids[..pieces.len()].copy_from_slice(pieces);
        ids[0] |= (pieces.len() as u32) << COUNT_SHIFT;
        self.place(key, self.words.len());
        self.words.push(Word { key, ids });
    }

    fn make_places(&mut self, places: usize) {
        self.shift = u64::BITS - places.ilog2();
        self.places = vec![0; places + REACH];
        for number in 1..self.words.len() {
            self.place(self.words[number].key, number);
        }
    }

    /// Notes where a word is. If all places in reach are taken, the first is taken from its word.
    fn place(&mut self, key: Key, number: usize) {
        let hash = hash(key);
        let home = self.home(hash);
        let reach = &mut self.places[home..home + REACH];
        let free = reach.iter().position(|&place| place == 0).unwrap_or(0);
        reach[free] = tagged(hash) & !NUMBER | number as u32;
    }
}

/// The bits of the hash that go into a place, above others: they do not tell the place.
#[inline]
fn tagged(hash: u64) -> u32 {
    hash as u32
}

/// Both halves multiplied with each other, as in foldhash and wyhash: one multiplication. The highest
/// bits are the best.
#[inline]
pub fn hash(key: Key) -> u64 {
    let low = key as u64 ^ 0x9E37_79B9_7F4A_7C15;
    let high = (key >> 64) as u64 ^ 0xD1B5_4A32_D192_ED03;
    let product = u128::from(low) * u128::from(high);
    product as u64 ^ (product >> 64) as u64
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
    let len = key.iter().position(|&byte| byte == 0);
    &key[..len.unwrap_or(MAX_WORD)]
}

/// What threads that are not encoding now have left behind for the next one.
#[derive(Debug)]
pub struct Pool<T>(Mutex<Vec<T>>);

impl<T> Pool<T> {
    /// Something that was given back. Nobody ever waits here: a process that forks while another thread
    /// holds the lock would wait for ever in the child.
    pub fn take(&self) -> Option<T> {
        self.0.try_lock().ok()?.pop()
    }

    pub fn give_back(&self, left: T) {
        if let Ok(mut all) = self.0.try_lock() {
            all.push(left);
        }
    }
}

impl<T> Default for Pool<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

/// A copy begins with nothing.
impl<T> Clone for Pool<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_of(number: usize) -> Key {
        key(format!("w{number}").as_bytes()).unwrap()
    }

    #[test]
    fn a_cache_that_grows_remembers_nearly_all() {
        let mut cache = WordCache::new(1 << 20);
        for number in 0..20_000 {
            cache.insert(key_of(number), &[number as u32, 7]);
        }
        let right = |&number: &usize| {
            cache.get(key_of(number)) == Some(&[2 << COUNT_SHIFT | number as u32, 7, 0, 0])
        };
        assert!((0..20_000).filter(right).count() > 19_900);
        assert_eq!(cache.get(key_of(20_000)), None);
    }

    #[test]
    fn a_cache_keeps_to_its_limit() {
        for max_bytes in [0, 1000, 100_000] {
            let mut cache = WordCache::new(max_bytes);
            for number in 0..10_000 {
                cache.insert(key_of(number), &[number as u32]);
                let places = cache.places.len() * size_of::<u32>();
                let bytes = cache.words.len() * size_of::<Word>() + places;
                assert!(bytes <= max_bytes.max(512), "{bytes} of {max_bytes}");
                assert!(cache.get(key_of(number)).is_some());
            }
        }
    }
}
