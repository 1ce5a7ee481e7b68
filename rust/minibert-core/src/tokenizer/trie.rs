//! A trie of byte strings in a double array (Aoe 1989): two loads per byte, and no allocation per
//! lookup.
//!
//! The child of a node for a byte is the slot `base + byte`; it exists if that slot is labelled with
//! the byte. No two nodes have the same base, so the label alone says whether the slot belongs to the
//! node. Where only one string continues, its rest is stored as a tail instead of nodes.

use std::cmp::Reverse;

/// The value of a slot whose string is not in the trie. Values are smaller.
const NO_VALUE: u32 = 0x00FF_FFFF;

/// One more than the largest byte.
const LABELS: usize = 256;

/// A base is searched for in the last slots, this many of them, 64 at once.
const OPEN: usize = 512;

/// Slots are added in blocks of this size.
const BLOCK: usize = 1024;

/// What a lookup finds in a slot. The first [`LABELS`] slots are empty: a leaf has base 0, from which
/// no lookup reaches a value.
#[derive(Clone, Copy, Debug)]
struct Slot {
    /// From [`TAIL`] on: the index of a tail.
    base: u32,
    /// The byte that leads to the slot, above 24 bits of value.
    label_and_value: u32,
}

/// No base is this large.
const TAIL: u32 = 1 << 31;

const EMPTY: Slot = Slot {
    base: 0,
    label_and_value: NO_VALUE,
};

#[derive(Clone, Debug)]
pub struct Trie {
    /// The base of the first node.
    base: u32,
    slots: Vec<Slot>,
    tails: Tails,
    /// The value of the empty string.
    of_empty: Option<u32>,
}

impl Trie {
    /// The largest value that a string can have.
    pub const MAX_VALUE: u32 = NO_VALUE - 1;

    /// A trie of strings with values. Of equal strings the one with the largest value counts. `text`
    /// returns the string of a value.
    pub fn new<'t>(
        strings: impl Iterator<Item = (&'t [u8], u32)>,
        text: impl Fn(u32) -> &'t [u8],
    ) -> Self {
        let mut entries = Vec::with_capacity(strings.size_hint().1.unwrap_or_default());
        entries.extend(strings.map(|(string, value)| Entry::new(string, value)));
        Entry::sort(&mut entries, &text);
        entries.dedup_by(|later, first| later.is_like(first, &text));
        let (of_empty, strings) = match entries.split_first() {
            Some((first, rest)) if first.len == 0 => (Some(first.value), rest),
            _ => (None, &entries[..]),
        };
        let mut builder = Builder::new(strings.len());
        let mut open = Vec::new();
        let base = builder.place(strings, 0, &text, &mut open);
        while let Some(node) = open.pop() {
            let base = builder.place(node.strings, node.depth, &text, &mut open);
            builder.slots[node.slot].base = base;
        }
        Self {
            base,
            slots: builder.slots,
            tails: builder.tails,
            of_empty,
        }
    }

    /// The value of a string.
    pub fn get(&self, string: &[u8]) -> Option<u32> {
        if string.is_empty() {
            return self.of_empty;
        }
        let (value, len) = self.longest(string)?;
        (len == string.len()).then_some(value)
    }

    /// The value and the length of the longest string, not empty, that is a prefix of `bytes`.
    #[inline]
    pub fn longest(&self, bytes: &[u8]) -> Option<(u32, usize)> {
        let mut base = self.base;
        let mut longest = None;
        for (index, &byte) in bytes.iter().enumerate() {
            let slot = self.slots[base as usize + usize::from(byte)];
            if slot.label_and_value >> 24 != u32::from(byte) {
                break;
            }
            base = slot.base;
            let value = slot.label_and_value & NO_VALUE;
            if base >= TAIL {
                let tail = self.tails.get(base - TAIL);
                let fits = bytes[index + 1..].starts_with(tail);
                return if fits {
                    Some((value, index + 1 + tail.len()))
                } else {
                    longest
                };
            }
            if value != NO_VALUE {
                longest = Some((value, index + 1));
            }
        }
        longest
    }
}

/// Strings end to end.
#[derive(Clone, Debug, Default)]
struct Tails {
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Tails {
    fn get(&self, index: u32) -> &[u8] {
        let index = index as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[index]]
    }

    /// Adds a tail; returns its index.
    fn add(&mut self, tail: &[u8]) -> u32 {
        self.text.extend_from_slice(tail);
        self.ends.push(self.text.len());
        self.ends.len() as u32 - 1
    }
}

/// A trie that is being built.
struct Builder {
    slots: Vec<Slot>,
    /// The slots that belong to no node.
    free: Bits,
    /// The numbers that are no node's base.
    unbased: Bits,
    /// No earlier slot is free.
    first_free: usize,
    tails: Tails,
    /// A buffer for the children of a node.
    children: Vec<Child>,
}

/// One bit for each number; bits after the last are not set.
struct Bits(Vec<u64>);

impl Bits {
    /// The bits of 64 numbers, the first one lowest.
    fn from(&self, first: usize) -> u64 {
        let at = |word| self.0.get(word).copied().unwrap_or(0);
        let (word, bit) = (first / 64, first % 64);
        // In two shifts, since a shift by 64 is not allowed.
        at(word) >> bit | at(word + 1) << 1 << (63 - bit)
    }

    fn clear(&mut self, number: usize) {
        self.0[number / 64] &= !(1 << (number % 64));
    }
}

/// The strings of a node that continue with a byte, and where they end among all strings of the node.
#[derive(Clone, Copy)]
struct Child {
    label: u8,
    end: usize,
}

impl Builder {
    /// A builder for this many strings: each takes nearly two slots.
    fn new(strings: usize) -> Self {
        let mut slots = Vec::with_capacity(2 * strings + LABELS + BLOCK);
        slots.resize(LABELS, EMPTY);
        Self {
            slots,
            free: Bits(vec![0; LABELS / 64]),
            unbased: Bits(vec![0; LABELS / 64]),
            first_free: LABELS,
            tails: Tails::default(),
            children: Vec::new(),
        }
    }

    /// Places the children of a node whose strings have `depth` bytes in common, and adds the children
    /// that have children themselves to `open`; returns the node's base.
    fn place<'s, 't>(
        &mut self,
        strings: &'s [Entry],
        depth: usize,
        text: &impl Fn(u32) -> &'t [u8],
        open: &mut Vec<Node<'s>>,
    ) -> u32 {
        if strings.is_empty() {
            return 0;
        }
        let label_of = |string: &Entry| match depth {
            0..8 => (string.beginning >> (56 - 8 * depth)) as u8,
            _ => text(string.value)[depth],
        };
        let mut children = std::mem::take(&mut self.children);
        children.clear();
        for (end, string) in (1..).zip(strings) {
            let label = label_of(string);
            match children.last_mut() {
                Some(last) if last.label == label => last.end = end,
                _ => children.push(Child { label, end }),
            }
        }
        let base = self.base_for(&children);
        self.unbased.clear(base);
        let mut start = 0;
        for &Child { label, end } in &children {
            let child = &strings[std::mem::replace(&mut start, end)..end];
            let slot = base + usize::from(label);
            self.free.clear(slot);
            let first = &child[0];
            let ends_here = first.len as usize == depth + 1;
            let has_value = ends_here || child.len() == 1;
            let value = if has_value { first.value } else { NO_VALUE };
            self.slots[slot].label_and_value = u32::from(label) << 24 | value;
            if child.len() > 1 {
                open.push(Node {
                    slot,
                    strings: &child[usize::from(ends_here)..],
                    depth: depth + 1,
                });
            } else if !ends_here {
                self.slots[slot].base = TAIL + self.tails.add(&text(first.value)[depth + 1..]);
            }
        }
        self.children = children;
        base as u32
    }

    /// The first base found whose slots for all children are free.
    fn base_for(&mut self, children: &[Child]) -> usize {
        self.first_free = self.first_free.max(self.slots.len().saturating_sub(OPEN));
        while self.free.from(self.first_free) == 0 && self.first_free < self.slots.len() {
            self.first_free += 64;
        }
        let mut first = self.first_free - usize::from(children[0].label);
        loop {
            // A lookup may read every slot up to the last of a base.
            while self.slots.len() < first + 64 + LABELS {
                self.add_block();
            }
            let mut bases = self.unbased.from(first);
            for child in children {
                bases &= self.free.from(first + usize::from(child.label));
            }
            if bases != 0 {
                return first + bases.trailing_zeros() as usize;
            }
            first += 64;
        }
    }

    /// Adds free slots.
    fn add_block(&mut self) {
        let len = self.slots.len() + BLOCK;
        self.slots.resize(len, EMPTY);
        self.free.0.resize(len / 64, u64::MAX);
        self.unbased.0.resize(len / 64, u64::MAX);
    }
}

/// A node whose children are to be placed.
struct Node<'s> {
    slot: usize,
    strings: &'s [Entry],
    depth: usize,
}

/// A string of a trie, without its text.
#[derive(Clone, Copy, Debug, Default)]
struct Entry {
    /// The first eight bytes, padded with zeros, the first one highest.
    beginning: u64,
    len: u32,
    /// At most [`Trie::MAX_VALUE`].
    value: u32,
}

impl Entry {
    fn new(text: &[u8], value: u32) -> Self {
        let beginning = text.first_chunk().map_or_else(
            || {
                text.iter()
                    .rfold(0, |later, &byte| later >> 8 | u64::from(byte) << 56)
            },
            |first| u64::from_be_bytes(*first),
        );
        Self {
            beginning,
            len: text.len() as u32,
            value,
        }
    }

    /// Sorts strings: nearly all differ in their first bytes.
    fn sort<'t>(strings: &mut [Self], text: impl Fn(u32) -> &'t [u8]) {
        strings.sort_unstable_by_key(|string| string.beginning);
        for alike in strings.chunk_by_mut(|a, b| a.beginning == b.beginning) {
            if alike.len() > 1 {
                alike.sort_unstable_by_key(|string| (text(string.value), Reverse(string.value)));
            }
        }
    }

    /// Whether both are the same string.
    fn is_like<'t>(&self, other: &Self, text: impl Fn(u32) -> &'t [u8]) -> bool {
        (self.beginning, self.len) == (other.beginning, other.len)
            && (self.len <= 8 || text(self.value) == text(other.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn built(strings: &[Vec<u8>]) -> Trie {
        let strings_and_values = strings
            .iter()
            .map(Vec::as_slice)
            .zip(0..)
            .collect::<Vec<_>>();
        Trie::new(strings_and_values.into_iter().rev(), |value| {
            &strings[value as usize]
        })
    }

    proptest! {
        #[test]
        fn the_longest_string_is_found_wherever_one_begins_the_text(
            strings in prop::collection::btree_set(prop::collection::vec(0_u8..4, 0..12), 0..60),
            text in prop::collection::vec(0_u8..4, 0..16),
        ) {
            let strings: Vec<Vec<u8>> = strings.into_iter().collect();
            let trie = built(&strings);
            let expected = strings
                .iter()
                .zip(0_u32..)
                .filter(|(string, _)| !string.is_empty() && text.starts_with(string))
                .map(|(string, value)| (value, string.len()))
                .max_by_key(|&(_, len)| len);
            prop_assert_eq!(trie.longest(&text), expected);
            for (string, value) in strings.iter().zip(0..) {
                prop_assert_eq!(trie.get(string), Some(value));
            }
        }
    }

    #[test]
    fn every_byte_can_be_a_child() {
        let strings: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte, byte]).collect();
        let trie = built(&strings);
        for byte in 0..=255_u8 {
            assert_eq!(trie.longest(&[byte, byte, 7]), Some((u32::from(byte), 2)));
            assert_eq!(trie.longest(&[byte]), None);
        }
    }
}
