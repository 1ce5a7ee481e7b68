//! Finds where ASCII words begin and end, 64 bytes at a time and without a branch per word.
//!
//! There are two steps over the blocks of a segment: [`classify`] computes a bit mask for each class of
//! bytes, and [`cut`] computes the bounds of words from the masks. Between the two, the caller removes
//! what is not plain ASCII. On x86-64 both are compiled twice: for every processor, and with wider
//! instructions.

// A function that is compiled for several instruction sets must be inlined into each version.
#![allow(clippy::inline_always)]

/// The number of bytes that are classified together.
pub const BLOCK: usize = 64;

/// One bit for each byte of a block, the first byte in the lowest bit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassMasks {
    /// ASCII letters and digits.
    pub letters: u64,
    /// The other printable ASCII characters except the space; each is a separate word.
    pub punctuation: u64,
    /// Space, tab, line feed and carriage return: they separate words under all options.
    pub spaces: u64,
}

impl ClassMasks {
    /// Bytes that are not ASCII, and control characters: the normalization table has their rules.
    pub fn others(&self) -> u64 {
        !(self.letters | self.punctuation | self.spaces)
    }
}

/// The positions at which words begin and end, as many of each.
pub struct WordBounds<'a> {
    /// Both have room for eight positions more than there are bytes.
    pub starts: &'a mut [u16],
    pub ends: &'a mut [u16],
    /// For each block, the bits at which words begin, and the number of words that begin before it.
    pub word_starts: &'a mut [WordStarts],
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WordStarts {
    bits: u64,
    before: u16,
}

/// The number of words that begin before a position.
#[inline]
pub fn words_before(word_starts: &[WordStarts], position: usize) -> usize {
    let WordStarts { bits, before } = word_starts[position / BLOCK];
    let in_block = bits & ((1 << (position % BLOCK)) - 1);
    usize::from(before) + in_block.count_ones() as usize
}

/// Sets the classes of each block. Returns a bit mask that is zero if no block has other bytes.
#[inline]
pub fn classify(blocks: &[[u8; BLOCK]], classes: &mut [ClassMasks]) -> u64 {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = x86::Avx2::detect() {
        return x86::classify(avx2, blocks, classes);
    }
    classify_all(blocks, classes, classify_block)
}

/// Writes the bounds of all words of letters and of each punctuation mark; returns their number. The
/// last byte must be a space.
#[inline]
pub fn cut(classes: &[ClassMasks], bounds: &mut WordBounds<'_>) -> usize {
    #[cfg(target_arch = "x86_64")]
    if let Some(avx2) = x86::Avx2::detect() {
        return x86::cut(avx2, classes, bounds);
    }
    cut_all(classes, bounds)
}

/// Asks for a cache line before it is needed.
#[inline(always)]
pub fn prefetch<T>(value: &T) {
    #[cfg(target_arch = "x86_64")]
    x86::prefetch(value);
}

#[inline(always)]
fn classify_all(
    blocks: &[[u8; BLOCK]],
    classes: &mut [ClassMasks],
    classify_block: impl Fn(&[u8; BLOCK]) -> ClassMasks,
) -> u64 {
    let mut others = 0;
    for (classes, block) in classes.iter_mut().zip(blocks) {
        *classes = classify_block(block);
        others |= classes.others();
    }
    others
}

/// The definition of the classes, used where AVX2 is missing.
fn classify_block(block: &[u8; BLOCK]) -> ClassMasks {
    let mut classes = ClassMasks::default();
    for (index, byte) in block.iter().enumerate() {
        let bit = 1 << index;
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' => classes.spaces |= bit,
            _ if byte.is_ascii_alphanumeric() => classes.letters |= bit,
            _ if byte.is_ascii_punctuation() => classes.punctuation |= bit,
            _ => {}
        }
    }
    classes
}

#[inline(always)]
fn cut_all(classes: &[ClassMasks], bounds: &mut WordBounds<'_>) -> usize {
    let (mut started, mut ended) = (0, 0);
    // Whether the last byte of the block before is a letter, and a punctuation mark.
    let (mut letter, mut mark) = (0, 0);
    for (block, classes) in classes.iter().enumerate() {
        let after_letter = classes.letters << 1 | letter;
        let starts = classes.letters & !after_letter | classes.punctuation;
        let ends = !classes.letters & after_letter | classes.punctuation << 1 | mark;
        letter = classes.letters >> 63;
        mark = classes.punctuation >> 63;
        bounds.word_starts[block] = WordStarts {
            bits: starts,
            before: started as u16,
        };
        started = flatten(starts, block, bounds.starts, started);
        ended = flatten(ends, block, bounds.ends, ended);
    }
    started
}

/// Writes the positions of the set bits of a block; returns the number of positions so far.
#[inline(always)]
fn flatten(mut bits: u64, block: usize, positions: &mut [u16], before: usize) -> usize {
    let after = before + bits.count_ones() as usize;
    let mut written = before;
    while bits != 0 {
        // Eight at a time, needed or not: a loop of unpredictable length costs more than the extra
        // writes.
        for position in &mut positions[written..written + 8] {
            *position = (block * BLOCK) as u16 + bits.trailing_zeros() as u16;
            bits &= bits.wrapping_sub(1);
        }
        written += 8;
    }
    after
}

#[cfg(target_arch = "x86_64")]
#[allow(unsafe_code)]
mod x86 {
    use std::arch::x86_64::{
        __m256i, _mm256_add_epi8, _mm256_cmpeq_epi8, _mm256_cmpgt_epi8, _mm256_loadu_si256,
        _mm256_movemask_epi8, _mm256_or_si256, _mm256_set1_epi8,
    };

    use super::{BLOCK, ClassMasks, WordBounds, classify_all, cut_all};

    #[inline(always)]
    pub fn prefetch<T>(value: &T) {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        // SAFETY: SSE is part of every x86-64 processor, and a prefetch changes nothing that a program sees.
        unsafe { _mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(value).cast()) }
    }

    /// Proof that the processor has AVX2, BMI1 and POPCNT. Only [`Avx2::detect`] creates it, by asking
    /// the processor.
    #[derive(Clone, Copy, Debug)]
    pub struct Avx2(());

    impl Avx2 {
        #[inline(always)]
        pub fn detect() -> Option<Self> {
            let is_there = is_x86_feature_detected!("avx2")
                && is_x86_feature_detected!("bmi1")
                && is_x86_feature_detected!("popcnt");
            is_there.then_some(Self(()))
        }
    }

    pub fn classify(_: Avx2, blocks: &[[u8; BLOCK]], classes: &mut [ClassMasks]) -> u64 {
        // SAFETY: an `Avx2` proves that the processor has AVX2.
        unsafe { classify_by_avx2(blocks, classes) }
    }

    pub fn cut(_: Avx2, classes: &[ClassMasks], bounds: &mut WordBounds<'_>) -> usize {
        // SAFETY: an `Avx2` proves that the processor has BMI1 and POPCNT.
        unsafe { cut_by_bmi(classes, bounds) }
    }

    #[target_feature(enable = "bmi1,popcnt")]
    fn cut_by_bmi(classes: &[ClassMasks], bounds: &mut WordBounds<'_>) -> usize {
        cut_all(classes, bounds)
    }

    #[target_feature(enable = "avx2")]
    fn classify_by_avx2(blocks: &[[u8; BLOCK]], classes: &mut [ClassMasks]) -> u64 {
        classify_all(blocks, classes, |block| {
            let (halves, _) = block.as_chunks::<32>();
            let [low, high] = [half(&halves[0]), half(&halves[1])];
            let join = |index: usize| u64::from(low[index]) | u64::from(high[index]) << 32;
            ClassMasks {
                letters: join(0),
                punctuation: join(1),
                spaces: join(2),
            }
        })
    }

    /// The letters, punctuation and spaces of 32 bytes.
    #[target_feature(enable = "avx2")]
    fn half(bytes: &[u8; 32]) -> [u32; 3] {
        // SAFETY: `bytes` refers to 32 bytes, as many as are read, and an unaligned load is used.
        let bytes = unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) };
        let lowered = _mm256_or_si256(bytes, all(0x20));
        let letters = _mm256_or_si256(within(lowered, b'a', b'z'), within(bytes, b'0', b'9'));
        let printable = within(bytes, b'!', b'~');
        let blanks = _mm256_or_si256(equal(bytes, b' '), equal(bytes, b'\t'));
        let breaks = _mm256_or_si256(equal(bytes, b'\n'), equal(bytes, b'\r'));
        let (letters, printable) = (mask(letters), mask(printable));
        let spaces = mask(_mm256_or_si256(blanks, breaks));
        [letters, printable & !letters, spaces]
    }

    /// All ones in each byte in `first..=last`. The range is moved to the lowest signed numbers, so that
    /// one comparison is enough.
    #[target_feature(enable = "avx2")]
    fn within(bytes: __m256i, first: u8, last: u8) -> __m256i {
        let moved = _mm256_add_epi8(bytes, all(0x80_u8.wrapping_sub(first)));
        _mm256_cmpgt_epi8(all(0x80_u8.wrapping_add(last - first + 1)), moved)
    }

    #[target_feature(enable = "avx2")]
    fn equal(bytes: __m256i, byte: u8) -> __m256i {
        _mm256_cmpeq_epi8(bytes, all(byte))
    }

    #[target_feature(enable = "avx2")]
    fn all(byte: u8) -> __m256i {
        _mm256_set1_epi8(byte.cast_signed())
    }

    /// The highest bit of each byte.
    #[target_feature(enable = "avx2")]
    fn mask(bytes: __m256i) -> u32 {
        _mm256_movemask_epi8(bytes).cast_unsigned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn every_byte_at_every_place_has_the_class_of_the_definition() {
        for byte in 0..=255 {
            for index in 0..BLOCK {
                for around in [b'a', b' ', b'.', 0, 0x80] {
                    let mut block = [around; BLOCK];
                    block[index] = byte;
                    let mut classes = [ClassMasks::default()];
                    let others = classify(&[block], &mut classes);
                    assert_eq!(classes[0], classify_block(&block), "{byte} at {index}");
                    assert_eq!(others, classes[0].others());
                }
            }
        }
    }

    proptest! {
        #[test]
        fn words_lie_between_white_space_and_every_mark_is_one(
            mut text in prop::collection::vec(prop::sample::select(b"ab1.- \n".to_vec()), 0..200),
        ) {
            text.resize((text.len() / BLOCK + 1) * BLOCK, b' ');
            let (blocks, _) = text.as_chunks::<BLOCK>();
            let mut classes = vec![ClassMasks::default(); blocks.len()];
            classify(blocks, &mut classes);
            let mut found = [vec![0; text.len() + 8], vec![0; text.len() + 8]];
            let [starts, ends] = &mut found;
            let word_starts = &mut vec![WordStarts::default(); blocks.len()];
            let words = cut(&classes, &mut WordBounds { starts, ends, word_starts });
            for position in 0..text.len() {
                let before = found[0][..words].iter().filter(|&&start| usize::from(start) < position);
                prop_assert_eq!(words_before(word_starts, position), before.count());
            }
            let words: Vec<&[u8]> = (0..words)
                .map(|word| &text[usize::from(found[0][word])..usize::from(found[1][word])])
                .collect();
            let expected: Vec<&[u8]> = text
                .chunk_by(|a, b| a.is_ascii_alphanumeric() && b.is_ascii_alphanumeric())
                .filter(|word| !word[0].is_ascii_whitespace())
                .collect();
            prop_assert_eq!(words, expected);
        }
    }
}
