//! A cache of the token ids of words.
//!
//! A word of up to sixteen bytes is its own key, so two words are never confused. Words are stored in
//! the order in which they were first seen, which puts common words side by side; a hash table of four
//! bytes per word finds them. Both have a fixed limit, at which the cache is emptied.

use crate::pre_tokenizer::simd;
use crate::pre_tokenizer::word_key::{Key, MAX_WORD, hash};

/// A word of more tokens is *spilled*, as is one that is too long for a key: its ids are in a separate
/// array.
pub const MAX_TOKENS: usize = 4;

/// A word of more bytes is not cached.
const LONGEST: usize = 64;

/// The ids of a word; the first has their number in its upper eight bits. For a spilled word: where the
/// ids begin, their number, and where its bytes begin.
pub type Ids = [u32; MAX_TOKENS];

/// The cached ids of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CachedIds<'c> {
    Few(&'c Ids),
    /// All ids of a spilled word.
    Many(&'c [u32]),
}

pub const COUNT_SHIFT: u32 = 24;

/// A word is in one of this many slots of the table, from its home slot on.
const REACH: usize = 8;

/// The minimum number of slots.
const MIN_SLOTS: usize = 1 << 14;

/// Words that a new cache has room for. Unused room costs nothing, growing does.
const EXPECTED: usize = 1 << 14;

/// A slot holds the number of a word, and above it bits of the hash, so that few other words are
/// compared.
const NUMBER: u32 = (1 << 20) - 1;

#[derive(Clone, Copy, Debug)]
#[repr(align(32))]
struct Word {
    key: Key,
    ids: Ids,
}

/// No word.
const NONE: Word = Word {
    key: 0,
    ids: [0; MAX_TOKENS],
};

#[derive(Debug)]
pub struct WordCache {
    words: Vec<Word>,
    /// The hash table: a power of two of slots, and the slots that the last one reaches into. 0 is free,
    /// since word 0 is a placeholder.
    slots: Vec<u32>,
    /// The shift that makes the index of the home slot of a hash.
    shift: u32,
    max_words: usize,
    spilled_ids: Vec<u32>,
    spilled_bytes: Vec<u8>,
    max_spilled: usize,
}

impl WordCache {
    /// A cache that uses at most `max_bytes`, or half a kilobyte.
    pub fn new(max_bytes: usize) -> Self {
        let bytes_per_word = size_of::<Word>() + 4 * size_of::<u32>();
        let max_spilled = max_bytes / 16;
        let max_words =
            ((max_bytes - 2 * max_spilled) / bytes_per_word).clamp(REACH, NUMBER as usize - 1);
        let mut cache = Self {
            words: Vec::with_capacity(max_words.min(EXPECTED)),
            slots: Vec::new(),
            shift: 0,
            max_words,
            spilled_ids: Vec::with_capacity(max_words.min(EXPECTED)),
            spilled_bytes: Vec::new(),
            max_spilled,
        };
        cache.words.push(NONE);
        cache.grow_table((2 * max_words).next_power_of_two().min(MIN_SLOTS));
        cache
    }

    /// The cached ids of a short word.
    #[inline]
    pub fn get(&self, key: Key) -> Option<CachedIds<'_>> {
        let spilled = spilled_key(key);
        let word = self.find(hash(key), |word| {
            word.key == key || Some(word.key) == spilled
        })?;
        Some(if word.key == key {
            CachedIds::Few(&word.ids)
        } else {
            CachedIds::Many(self.ids_of(word))
        })
    }

    /// The ids of a word that is longer than a key, if they are cached.
    pub fn get_long(&self, word: &[u8]) -> Option<&[u32]> {
        let hash = long_hash(word);
        let key = long_key(hash);
        let found = self.find(hash, |found| {
            let bytes = found.ids[2] as usize;
            let bytes = self.spilled_bytes.get(bytes..bytes + word.len());
            found.key == key && bytes == Some(word)
        })?;
        Some(self.ids_of(found))
    }

    #[inline]
    fn find(&self, hash: u64, is_it: impl Fn(&Word) -> bool) -> Option<&Word> {
        let home = self.home(hash);
        let reach = self.slots[home..home + REACH].iter();
        reach
            .take_while(|&&slot| slot != 0)
            .filter(|&&slot| (slot ^ tagged(hash)) <= NUMBER)
            .filter_map(|&slot| self.words.get((slot & NUMBER) as usize))
            .find(|word| is_it(word))
    }

    fn ids_of(&self, spilled: &Word) -> &[u32] {
        let [start, count, _, _] = spilled.ids;
        &self.spilled_ids[start as usize..(start + count) as usize]
    }

    /// The numbers of the words in the home slots of some keys; each may belong to another word, or be
    /// 0. The memory accesses of all keys overlap.
    #[inline]
    pub fn look(&self, keys: &[Key], numbers: &mut [u32]) {
        for (number, &key) in numbers.iter_mut().zip(keys) {
            let home = self.home(hash(key));
            simd::prefetch(&self.slots[home]);
            *number = home as u32;
        }
        for number in numbers {
            *number = self.slots[*number as usize] & NUMBER;
            simd::prefetch(&self.words[*number as usize]);
        }
    }

    /// The ids of the word with a number, if it is the word of the key. The cache may have been emptied
    /// since the number was looked up.
    #[inline]
    pub fn numbered(&self, number: u32, key: Key) -> Option<&Ids> {
        let word = self.words.get(number as usize)?;
        (word.key == key).then_some(&word.ids)
    }

    #[inline]
    fn home(&self, hash: u64) -> usize {
        (hash >> self.shift) as usize
    }

    /// Adds a short word. This may empty the cache first.
    pub fn insert(&mut self, key: Key, tokens: &[u32]) {
        let hash = hash(key);
        if tokens.len() > MAX_TOKENS {
            if let Some(key) = spilled_key(key) {
                self.spill(hash, key, &[], tokens);
            }
            return;
        }
        self.make_room(0, 0);
        let mut ids = [0; MAX_TOKENS];
        ids[..tokens.len()].copy_from_slice(tokens);
        ids[0] |= (tokens.len() as u32) << COUNT_SHIFT;
        self.add(hash, key, ids);
    }

    /// Adds a word that is longer than a key. This may empty the cache first.
    pub fn insert_long(&mut self, word: &[u8], tokens: &[u32]) {
        if word.len() <= LONGEST {
            let hash = long_hash(word);
            self.spill(hash, long_key(hash), word, tokens);
        }
    }

    fn spill(&mut self, hash: u64, key: Key, bytes: &[u8], tokens: &[u32]) {
        if !self.make_room(tokens.len(), bytes.len()) {
            return;
        }
        let starts = [self.spilled_ids.len(), self.spilled_bytes.len()].map(|len| len as u32);
        self.spilled_ids.extend_from_slice(tokens);
        self.spilled_bytes.extend_from_slice(bytes);
        self.add(hash, key, [starts[0], tokens.len() as u32, starts[1], 0]);
    }

    /// Makes room for one more word, by emptying the cache if necessary. `false`: there is no room.
    fn make_room(&mut self, ids: usize, bytes: usize) -> bool {
        let too_many = |spilled: &Self| {
            (spilled.spilled_ids.len() + ids) * size_of::<u32>() > spilled.max_spilled
                || spilled.spilled_bytes.len() + bytes > spilled.max_spilled
        };
        if self.words.len() > self.max_words || ids > 0 && too_many(self) {
            self.words.truncate(1);
            self.slots.fill(0);
            self.spilled_ids.clear();
            self.spilled_bytes.clear();
        } else if self.words.len() * 2 >= self.slots.len() - REACH {
            self.grow_table((self.slots.len() - REACH) * 2);
        }
        ids == 0 || !too_many(self)
    }

    fn add(&mut self, hash: u64, key: Key, ids: Ids) {
        self.put_slot(hash, self.words.len());
        self.words.push(Word { key, ids });
    }

    fn grow_table(&mut self, slots: usize) {
        self.shift = u64::BITS - slots.ilog2();
        self.slots = vec![0; slots + REACH];
        for number in 1..self.words.len() {
            self.put_slot(hash_of(self.words[number].key), number);
        }
    }

    /// Writes the slot of a word. If all slots in reach are taken, the first one is overwritten.
    fn put_slot(&mut self, hash: u64, number: usize) {
        let home = self.home(hash);
        let reach = &mut self.slots[home..home + REACH];
        let free = reach.iter().position(|&slot| slot == 0).unwrap_or(0);
        reach[free] = tagged(hash) & !NUMBER | number as u32;
    }
}

/// The bits of the hash that are stored in a slot: not those that select the slot.
#[inline]
fn tagged(hash: u64) -> u32 {
    hash as u32
}

/// The last byte of a key that is not text: of a spilled word's key, and of a longer word's key.
const SPILLED: Key = 0xFE << LAST;
const LONG: Key = 0xFF << LAST;
const LAST: u32 = Key::BITS - 8;

/// The key of a spilled word, if the last byte is free.
#[inline]
fn spilled_key(key: Key) -> Option<Key> {
    (key >> LAST == 0).then_some(key | SPILLED)
}

/// The key of a longer word, which other words may share.
fn long_key(hash: u64) -> Key {
    Key::from(hash) | LONG
}

fn long_hash(word: &[u8]) -> u64 {
    let (parts, rest) = word.as_chunks::<MAX_WORD>();
    let mut last = [0; MAX_WORD];
    last[..rest.len()].copy_from_slice(rest);
    let mut mixed = word.len() as u64;
    for &part in parts.iter().chain([&last]) {
        mixed = hash(Key::from_le_bytes(part) ^ Key::from(mixed) << 32);
    }
    mixed
}

/// The hash that a key is found by.
fn hash_of(key: Key) -> u64 {
    match key & LONG {
        LONG => key as u64,
        SPILLED => hash(key & !LONG),
        _ => hash(key),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pre_tokenizer::word_key::key;

    fn key_of(number: usize) -> Key {
        key(format!("w{number}").as_bytes()).unwrap()
    }

    #[test]
    fn a_cache_that_grows_remembers_nearly_all() {
        let mut cache = WordCache::new(1 << 21);
        for number in 0..20_000 {
            cache.insert(key_of(number), &[number as u32, 7]);
        }
        let right = |&number: &usize| {
            cache.get(key_of(number))
                == Some(CachedIds::Few(&[2 << COUNT_SHIFT | number as u32, 7, 0, 0]))
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
                assert!(cache.get(key_of(number)).is_some());
                cache.insert_long(&long_word(number), &[number as u32; 7]);
                let slots = (cache.slots.len() + cache.spilled_ids.len()) * size_of::<u32>();
                let words = cache.words.len() * size_of::<Word>() + cache.spilled_bytes.len();
                let bytes = words + slots;
                assert!(bytes <= max_bytes.max(512), "{bytes} of {max_bytes}");
            }
        }
    }

    fn long_word(number: usize) -> Vec<u8> {
        format!("a word {number:07} that is too long for a key")[..17 + number % 18].into()
    }

    #[test]
    fn words_of_any_length_are_remembered_with_any_number_of_tokens() {
        let mut cache = WordCache::new(1 << 20);
        for number in 0..2000 {
            let ids = vec![number as u32; number % 9];
            cache.insert_long(&long_word(number), &ids);
            cache.insert(key_of(number), &ids);
        }
        for number in 0..2000 {
            let ids = &vec![number as u32; number % 9][..];
            assert_eq!(cache.get_long(&long_word(number)), Some(ids));
            match cache.get(key_of(number)) {
                Some(CachedIds::Few(few)) => {
                    assert_eq!(few[0] >> COUNT_SHIFT, ids.len() as u32);
                    assert!(ids.is_empty() || few[0] & 0xFFFF == ids[0]);
                }
                found => assert_eq!(found, Some(CachedIds::Many(ids))),
            }
        }
        assert_eq!(cache.get_long(b"a long word never met"), None);
        cache.insert_long(&[b'a'; LONGEST + 1], &[1]);
        assert_eq!(cache.get_long(&[b'a'; LONGEST + 1]), None);
    }
}
