//! Counts of short words in an open-addressing hash table: one multiplication and, for common words,
//! one lookup.

use crate::pre_tokenizer::word_key::{Key, hash};

/// The initial number of slots. It is doubled whenever half of them are used.
const SLOTS: usize = 1 << 12;

/// Counts by word key. No key is zero, which marks a free slot.
#[derive(Clone, Debug)]
pub(super) struct ShortWordCounts {
    slots: Vec<Slot>,
    used: usize,
    /// The shift that turns a hash into the number of a slot.
    shift: u32,
}

/// Three numbers of eight bytes: with a key of sixteen bytes, eight would be unused.
#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    key: [u64; 2],
    count: u64,
}

impl Slot {
    fn word(&self) -> Key {
        let [low, high] = self.key;
        Key::from(low) | Key::from(high) << 64
    }
}

impl Default for ShortWordCounts {
    fn default() -> Self {
        Self::with_slots(SLOTS)
    }
}

impl ShortWordCounts {
    fn with_slots(slots: usize) -> Self {
        Self {
            slots: vec![Slot::default(); slots],
            used: 0,
            shift: u64::BITS - slots.ilog2(),
        }
    }

    /// Counts a word once.
    #[inline]
    pub fn add(&mut self, key: Key) {
        let home = (hash(key) >> self.shift) as usize;
        let key = [key as u64, (key >> 64) as u64];
        if self.slots[home].key == key {
            self.slots[home].count += 1;
        } else {
            self.add_displaced(key, home);
        }
    }

    #[inline(never)]
    fn add_displaced(&mut self, key: [u64; 2], home: usize) {
        let slot = self.find(key, home);
        if self.slots[slot].count == 0 {
            self.used += 1;
        }
        self.slots[slot].key = key;
        self.slots[slot].count += 1;
        if self.used > self.slots.len() / 2 {
            self.grow();
        }
    }

    /// The slot of a word, or the free slot for it.
    fn find(&self, key: [u64; 2], home: usize) -> usize {
        let mut slot = home;
        while self.slots[slot].key != key && self.slots[slot].count > 0 {
            slot = (slot + 1) % self.slots.len();
        }
        slot
    }

    fn grow(&mut self) {
        let mut grown = Self::with_slots(2 * self.slots.len());
        grown.used = self.used;
        for old in self.slots.drain(..).filter(|slot| slot.count > 0) {
            let home = (hash(old.word()) >> grown.shift) as usize;
            let slot = grown.find(old.key, home);
            grown.slots[slot] = old;
        }
        *self = grown;
    }

    /// Every word and its count.
    pub fn into_iter(self) -> impl Iterator<Item = (Key, u64)> {
        let used = self.slots.into_iter().filter(|slot| slot.count > 0);
        used.map(|slot| (slot.word(), slot.count))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_word_is_given_once_with_its_count() {
        let mut words = ShortWordCounts::default();
        for round in 0..3 {
            for number in 1..20_000_u64 {
                if number % 3 >= round {
                    words.add(Key::from(number) << (number % 100));
                }
            }
        }
        let mut found: Vec<_> = words.into_iter().collect();
        found.sort_unstable();
        let mut expected: Vec<_> = (1..20_000_u64)
            .map(|number| (Key::from(number) << (number % 100), number % 3 + 1))
            .collect();
        expected.sort_unstable();
        // Some numbers are shifts of others.
        expected.dedup_by(|later, first| {
            let same = later.0 == first.0;
            first.1 += if same { later.1 } else { 0 };
            same
        });
        assert_eq!(found, expected);
    }
}
