//! Stretches of raw text between white space, each counted before it is normalised, so that the many
//! that come again are normalised and split once.

/// Slots of the table; half of them are used at most. Few enough to stay in a core's cache.
const SLOTS: usize = 1 << 17;
/// Bytes of a chunk that is worth remembering.
pub(super) const CHUNK_BYTES: usize = 15;

/// A stretch without white space; other controls belong to it, since the normaliser deletes them.
pub(super) struct Chunk {
    pub len: usize,
    /// Its bytes and their number, if it is short.
    pub key: Option<ChunkKey>,
}

impl Chunk {
    /// The chunk that begins at `start`, up to white space or the end.
    pub fn at(bytes: &[u8], start: usize) -> Self {
        let bytes = &bytes[start..];
        let Some((&first, rest)) = bytes.split_first_chunk::<8>() else {
            return Self::searched(bytes);
        };
        let first = u64::from_le_bytes(first);
        let low = low_bytes(first);
        if low != 0 {
            let len = first_byte(low);
            return Self::short(bytes, len, [first & below(len), 0]);
        }
        let Some(&second) = rest.first_chunk::<8>() else {
            return Self::searched(bytes);
        };
        let second = u64::from_le_bytes(second);
        let low = low_bytes(second);
        if low == 0 {
            return Self::searched(bytes);
        }
        let len = first_byte(low);
        Self::short(bytes, 8 + len, [first, second & below(len)])
    }

    /// The chunk up to a low byte, if that is white space.
    fn short(bytes: &[u8], len: usize, [first, second]: [u64; 2]) -> Self {
        if !is_space(bytes[len]) {
            return Self::searched(bytes);
        }
        let key = Some(ChunkKey([first, second | (len as u64) << 56]));
        Self { len, key }
    }

    fn searched(bytes: &[u8]) -> Self {
        let end = bytes.iter().position(|&byte| is_space(byte));
        let len = end.unwrap_or(bytes.len());
        let key = (len <= CHUNK_BYTES).then(|| ChunkKey::new(&bytes[..len]));
        Self { len, key }
    }
}

/// What ends a word under any option, of all ASCII.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

const ONES: u64 = u64::MAX / 0xFF;

/// Marks the high bit of bytes that are not above the space; what is above the first may be wrong.
fn low_bytes(bytes: u64) -> u64 {
    bytes.wrapping_sub(ONES * 0x21) & !bytes & (ONES * 0x80)
}

/// The index of the first marked byte.
fn first_byte(marks: u64) -> usize {
    marks.trailing_zeros() as usize / 8
}

/// Ones in the first `len` bytes, of less than 8.
fn below(len: usize) -> u64 {
    !(u64::MAX << (8 * len))
}

/// The bytes of a short chunk, and in the last byte their number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ChunkKey([u64; 2]);

impl ChunkKey {
    fn new(chunk: &[u8]) -> Self {
        let mut bytes = [0; 16];
        bytes[..chunk.len()].copy_from_slice(chunk);
        bytes[CHUNK_BYTES] = chunk.len() as u8;
        let key = u128::from_le_bytes(bytes);
        Self([key as u64, (key >> 64) as u64])
    }

    pub fn bytes(self) -> [u8; 16] {
        let key = u128::from(self.0[0]) | u128::from(self.0[1]) << 64;
        key.to_le_bytes()
    }

    pub fn len(self) -> usize {
        (self.0[1] >> 56) as usize
    }

    /// Odd constants: the digits of π and e, as good as any.
    fn hash(self) -> u64 {
        let [first, second] = self.0;
        let product =
            u128::from(first ^ 0x243F_6A88_85A3_08D3) * u128::from(second ^ 0xB7E1_5162_8AED_2A6B);
        product as u64 ^ (product >> 64) as u64
    }
}

/// Counts of chunks by open addressing; the empty chunk marks a free slot.
#[derive(Clone, Debug, Default)]
pub(super) struct Chunks {
    slots: Vec<(ChunkKey, u64)>,
    used: usize,
}

impl Chunks {
    /// Counts a chunk, which is not empty.
    pub fn add(&mut self, key: ChunkKey) {
        if self.slots.is_empty() {
            self.slots = vec![Default::default(); SLOTS];
        }
        let mut slot = key.hash() as usize % SLOTS;
        while self.slots[slot].0 != key {
            if self.slots[slot].0 == ChunkKey::default() {
                self.slots[slot].0 = key;
                self.used += 1;
                break;
            }
            slot = (slot + 1) % SLOTS;
        }
        self.slots[slot].1 += 1;
    }

    pub fn is_full(&self) -> bool {
        self.used >= SLOTS / 2
    }

    /// Gives every chunk and its count, and forgets them.
    pub fn drain(&mut self, mut each: impl FnMut(&[u8], u64)) {
        for (key, count) in &mut self.slots {
            if *key != ChunkKey::default() {
                each(&key.bytes()[..key.len()], *count);
                (*key, *count) = Default::default();
            }
        }
        self.used = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chunks(text: &str) -> Vec<(Vec<u8>, bool)> {
        let mut found = Vec::new();
        let mut start = 0;
        while start < text.len() {
            let Chunk { len, key } = Chunk::at(text.as_bytes(), start);
            let bytes = text.as_bytes()[start..start + len].to_vec();
            if let Some(key) = key {
                assert_eq!(&key.bytes()[..key.len()], bytes);
            }
            found.push((bytes, key.is_some()));
            start += len + 1;
        }
        found
    }

    #[test]
    fn chunks_end_at_spaces_tabs_and_line_ends_only() {
        let text = "a bc\tdef\ng\r\u{1}h\u{B}\u{1C}i\u{A0}j\u{3000}k \u{7F}";
        let parts = text.split([' ', '\t', '\n', '\r']);
        let expected: Vec<_> = parts.map(|part| (part.as_bytes().to_vec(), true)).collect();
        assert_eq!(chunks(text), expected);
    }

    #[test]
    fn chunks_of_up_to_15_bytes_have_a_key_wherever_they_stand() {
        for len in 1..40 {
            for tail in ["", " ", " x", " 0123456789abcdef"] {
                let text = "é".repeat(len / 2) + &"z".repeat(len % 2) + tail;
                let (bytes, has_key) = chunks(&text).remove(0);
                assert_eq!((bytes.len(), has_key), (len, len <= CHUNK_BYTES), "{text}");
            }
        }
    }

    #[test]
    fn each_chunk_is_given_once_with_its_count() {
        let mut chunks = Chunks::default();
        let mut given = Vec::new();
        for round in 0..2 {
            for number in 0..40_000_u32 {
                let text = format!("{number:x}\0");
                for _ in 0..=number % 3 + round {
                    chunks.add(ChunkKey::new(text.as_bytes()));
                }
            }
            assert!(!chunks.is_full());
            chunks.drain(|bytes, count| given.push((bytes.to_vec(), count)));
            assert_eq!(given.len(), 40_000);
            for (bytes, count) in given.drain(..) {
                let number = std::str::from_utf8(&bytes[..bytes.len() - 1]).unwrap();
                let number = u32::from_str_radix(number, 16).unwrap();
                assert_eq!(count, u64::from(number % 3 + round + 1));
            }
        }
    }
}
