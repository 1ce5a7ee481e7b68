//! A short word as a number, which is compared and hashed in one step.

/// A short word: its bytes, the first one lowest, then zeros. No word contains a zero byte.
pub type Key = u128;

/// The longest word that has a key, in bytes.
pub const MAX_WORD: usize = 16;

/// Multiplies both halves with each other, as foldhash and wyhash do: one multiplication. The highest
/// bits are the most random.
#[inline]
pub fn hash(key: Key) -> u64 {
    let low = key as u64 ^ 0x9E37_79B9_7F4A_7C15;
    let high = (key >> 64) as u64 ^ 0xD1B5_4A32_D192_ED03;
    let product = u128::from(low) * u128::from(high);
    product as u64 ^ (product >> 64) as u64
}

/// The mask for each length up to [`MAX_WORD`]; the number of masks is a power of two.
pub const KEY_MASKS: [Key; 2 * MAX_WORD] = {
    let mut masks = [Key::MAX; 2 * MAX_WORD];
    let mut len = 0;
    while len < MAX_WORD {
        masks[len] = (1 << (8 * len)) - 1;
        len += 1;
    }
    masks
};

/// The key of a word, if it has one.
#[inline]
pub fn key(word: &[u8]) -> Option<Key> {
    if word.is_empty() || word.len() > MAX_WORD || word.contains(&0) {
        return None;
    }
    let mut bytes = [0; MAX_WORD];
    bytes[..word.len()].copy_from_slice(word);
    Some(Key::from_le_bytes(bytes))
}

/// The bytes of the word that a key stands for.
pub fn word(key: &[u8; MAX_WORD]) -> &[u8] {
    let len = key.iter().position(|&byte| byte == 0);
    &key[..len.unwrap_or(MAX_WORD)]
}
