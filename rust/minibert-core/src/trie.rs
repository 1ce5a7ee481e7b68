//! A trie of byte strings in a double array (Aoe 1989): two loads a byte, and no allocation to walk.
//!
//! The child of a node by a byte is the slot `base ^ byte`, and is there if that slot is labelled with
//! the byte. No two nodes have one base, so that the label alone tells whose child a slot is.

/// Where a walk begins or has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct State {
    base: u32,
}

/// Marks a slot whose string is not in the trie. Values are below it.
const NO_VALUE: u32 = 0x00FF_FFFF;

/// Slots that share all but the last eight bits of their number: the children of one node do.
const BLOCK: usize = 256;

/// How many free slots are tried for the children of a node before it gets a block of its own.
const TRIES: usize = 48;

/// Free slots are looked for in the last eight blocks: 64 slots a word.
const OPEN_WORDS: usize = 8 * BLOCK / 64;

/// What a walk finds in a slot. The first block stays empty: a leaf has the base 0, and from there
/// no walk comes to a value.
#[derive(Clone, Copy, Debug)]
struct Slot {
    base: u32,
    /// The byte that leads here, over 24 bits of value.
    label_and_value: u32,
}

const EMPTY: Slot = Slot {
    base: 0,
    label_and_value: NO_VALUE,
};

#[derive(Clone, Debug)]
pub struct Trie {
    slots: Vec<Slot>,
}

impl Trie {
    /// The largest value that a string can have.
    pub const MAX_VALUE: u32 = NO_VALUE - 1;

    /// Follows a byte.
    #[inline]
    pub fn step(&self, state: State, byte: u8) -> Option<(State, Option<u32>)> {
        let slot = self.slots[(state.base ^ u32::from(byte)) as usize];
        if slot.label_and_value >> 24 != u32::from(byte) {
            return None;
        }
        let value = slot.label_and_value & NO_VALUE;
        Some((
            State { base: slot.base },
            (value != NO_VALUE).then_some(value),
        ))
    }

    /// The value and the length of the longest string, not empty, that `bytes` begin with.
    #[inline]
    pub fn longest(&self, mut state: State, bytes: &[u8]) -> Option<(u32, usize)> {
        let mut longest = None;
        for (index, &byte) in bytes.iter().enumerate() {
            let Some((next, value)) = self.step(state, byte) else {
                break;
            };
            state = next;
            if let Some(value) = value {
                longest = Some((value, index + 1));
            }
        }
        longest
    }
}

/// Makes one array of several tries.
pub struct Builder {
    slots: Vec<Slot>,
    /// A bit for each slot: whether no node has it yet.
    free: Vec<u64>,
    /// Whether a number is the base of a node.
    based: Vec<bool>,
}

impl Builder {
    pub fn new() -> Self {
        let mut builder = Self {
            slots: Vec::new(),
            free: Vec::new(),
            based: Vec::new(),
        };
        builder.add_block();
        builder.free.fill(0);
        builder.based.fill(true);
        builder
    }

    /// Adds a trie of `strings`, which must be sorted and different, with values of at most
    /// [`Trie::MAX_VALUE`]; gives the state that its walks begin in. An empty string is left out.
    pub fn add(&mut self, strings: &[(&[u8], u32)]) -> State {
        let skip = usize::from(strings.first().is_some_and(|(string, _)| string.is_empty()));
        let mut open = Vec::new();
        let base = self.place(&strings[skip..], 0, &mut open);
        while let Some(Node {
            slot,
            strings,
            depth,
        }) = open.pop()
        {
            self.slots[slot].base = self.place(strings, depth, &mut open);
        }
        State { base }
    }

    pub fn build(self) -> Trie {
        Trie { slots: self.slots }
    }

    /// Places the children of a node, whose strings have `depth` bytes in common, and opens those that
    /// have children; gives the node's base.
    fn place<'s, 'b>(
        &mut self,
        strings: &'s [(&'b [u8], u32)],
        depth: usize,
        open: &mut Vec<Node<'s, 'b>>,
    ) -> u32 {
        match strings {
            [] => return 0,
            [(string, value)] => return self.place_tail(&string[depth..], *value),
            _ => {}
        }
        let mut labels = [0; BLOCK];
        let mut count = 0;
        for child in children(strings, depth) {
            labels[count] = child[0].0[depth];
            count += 1;
        }
        let base = self.base_for(&labels[..count]);
        self.based[base] = true;
        for (child, &label) in children(strings, depth).zip(&labels) {
            let slot = base ^ usize::from(label);
            self.free[slot / 64] &= !(1 << (slot % 64));
            let (string, value) = child[0];
            let ends_here = string.len() == depth + 1;
            let value = if ends_here { value } else { NO_VALUE };
            self.slots[slot].label_and_value = u32::from(label) << 24 | value;
            open.push(Node {
                slot,
                strings: &child[usize::from(ends_here)..],
                depth: depth + 1,
            });
        }
        base as u32
    }

    /// Places the nodes of a string that has the last ones for itself; gives the base of the first.
    fn place_tail(&mut self, tail: &[u8], value: u32) -> u32 {
        let (mut first, mut before) = (0, None::<usize>);
        for (index, &label) in tail.iter().enumerate() {
            let base = self.base_for(&[label]);
            self.based[base] = true;
            match before {
                None => first = base as u32,
                Some(slot) => self.slots[slot].base = base as u32,
            }
            let slot = base ^ usize::from(label);
            self.free[slot / 64] &= !(1 << (slot % 64));
            let value = if index + 1 == tail.len() {
                value
            } else {
                NO_VALUE
            };
            self.slots[slot].label_and_value = u32::from(label) << 24 | value;
            before = Some(slot);
        }
        first
    }

    /// A base whose slots for all `labels` are free.
    fn base_for(&mut self, labels: &[u8]) -> usize {
        let oldest = self.free.len().saturating_sub(OPEN_WORDS);
        let mut tries = 0;
        for word in oldest..self.free.len() {
            let mut free = self.free[word];
            while free != 0 {
                let slot = word * 64 + free.trailing_zeros() as usize;
                let base = slot ^ usize::from(labels[0]);
                let rest = &labels[1..];
                if !self.based[base] && rest.iter().all(|&label| self.is_free(base, label)) {
                    return base;
                }
                tries += 1;
                if tries == TRIES {
                    return self.add_block();
                }
                free &= free - 1;
            }
        }
        self.add_block()
    }

    fn is_free(&self, base: usize, label: u8) -> bool {
        let slot = base ^ usize::from(label);
        self.free[slot / 64] >> (slot % 64) & 1 == 1
    }

    /// Adds a block of free slots; gives the first.
    fn add_block(&mut self) -> usize {
        let first = self.slots.len();
        let len = first + BLOCK;
        self.slots.resize(len, EMPTY);
        self.free.resize(len / 64, u64::MAX);
        self.based.resize(len, false);
        first
    }
}

/// A node whose children are to be placed.
struct Node<'s, 'b> {
    slot: usize,
    strings: &'s [(&'b [u8], u32)],
    depth: usize,
}

/// The strings by their byte at `depth`.
fn children<'s, 'b>(
    strings: &'s [(&'b [u8], u32)],
    depth: usize,
) -> impl Iterator<Item = &'s [(&'b [u8], u32)]> {
    strings.chunk_by(move |a, b| a.0[depth] == b.0[depth])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn built(strings: &[Vec<u8>]) -> (Trie, State) {
        let strings: Vec<(&[u8], u32)> = strings.iter().map(Vec::as_slice).zip(0..).collect();
        let mut builder = Builder::new();
        let root = builder.add(&strings);
        (builder.build(), root)
    }

    proptest! {
        #[test]
        fn the_longest_string_is_found_wherever_one_begins_the_text(
            strings in prop::collection::btree_set(prop::collection::vec(0_u8..4, 0..6), 0..60),
            text in prop::collection::vec(0_u8..4, 0..12),
        ) {
            let strings: Vec<Vec<u8>> = strings.into_iter().collect();
            let (trie, root) = built(&strings);
            let expected = strings
                .iter()
                .zip(0_u32..)
                .filter(|(string, _)| !string.is_empty() && text.starts_with(string))
                .map(|(string, value)| (value, string.len()))
                .max_by_key(|&(_, len)| len);
            prop_assert_eq!(trie.longest(root, &text), expected);
        }
    }

    #[test]
    fn tries_in_one_array_do_not_mix() {
        let mut builder = Builder::new();
        let first = builder.add(&[(b"a", 1), (b"ab", 2)]);
        let second = builder.add(&[(b"b", 3)]);
        let trie = builder.build();
        assert_eq!(trie.longest(first, b"abc"), Some((2, 2)));
        assert_eq!(trie.longest(first, b"b"), None);
        assert_eq!(trie.longest(second, b"b"), Some((3, 1)));
    }

    #[test]
    fn every_byte_can_be_a_child() {
        let strings: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte, byte]).collect();
        let (trie, root) = built(&strings);
        for byte in 0..=255_u8 {
            assert_eq!(
                trie.longest(root, &[byte, byte, 7]),
                Some((u32::from(byte), 2))
            );
            assert_eq!(trie.longest(root, &[byte]), None);
        }
    }
}
