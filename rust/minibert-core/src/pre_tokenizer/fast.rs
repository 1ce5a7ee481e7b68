//! The fast pre-tokenizer: texts to normalized words. Plain ASCII is split 64 bytes at a time, other
//! text one character at a time by table, and only characters that the table does not cover go through
//! [`Normalizer`](crate::normalizer::Normalizer).
//!
//! ASCII white space ends a word under all options, so the text between two spaces, a *chunk*, can be
//! split separately. A chunk of ASCII letters and punctuation needs no rule other than lowercasing.
//! Texts are collected, lowercased, in a segment of a few kilobytes, so that short texts cost no more
//! than long ones. A segment is then classified, cut into words, and passed to the sink.

use std::ops::Range;

use super::non_ascii::{NonAsciiSplitter, SplitRules};
use super::simd::{self, BLOCK, ClassMasks, WordBounds, WordStarts};
use super::word_key::{KEY_MASKS, Key, MAX_WORD};
use super::word_sink::{BATCH, WordSink};

/// The bytes of a segment: few enough for the level-one cache.
const SEGMENT: usize = 4096;

/// Blocks of a segment, and one of white space after the last word.
const BLOCKS: usize = SEGMENT / BLOCK + 1;

/// Splits texts into words. Words may be kept back until [`FastPreTokenizer::flush`].
#[derive(Debug, Default)]
pub struct FastPreTokenizer {
    segment: Segment,
    splitter: NonAsciiSplitter,
}

impl FastPreTokenizer {
    /// Adds a text, or a part of a text that ends between words.
    #[inline]
    pub fn push<S: WordSink>(&mut self, rules: SplitRules<'_>, text: &str, sink: &mut S) {
        if text.len() >= self.segment.room() {
            return self.push_long(rules, text, sink);
        }
        self.segment.add(text.as_bytes(), rules.lowercase());
        self.segment.end();
    }

    /// Adds a special token, which `sink` receives at its position among the words.
    #[inline]
    pub fn special<S: WordSink>(&mut self, rules: SplitRules<'_>, special: u32, sink: &mut S) {
        self.add_insert(rules, Some(special), sink);
        self.segment.has_specials = true;
    }

    /// Ends a text.
    #[inline]
    pub fn end_text<S: WordSink>(&mut self, rules: SplitRules<'_>, sink: &mut S) {
        self.add_insert(rules, None, sink);
    }

    #[inline]
    fn add_insert<S: WordSink>(
        &mut self,
        rules: SplitRules<'_>,
        special: Option<u32>,
        sink: &mut S,
    ) {
        if self.segment.room() == 0 {
            self.flush(rules, sink);
        }
        self.segment
            .inserts
            .push((self.segment.len as u16, special));
        self.segment.end();
    }

    /// Passes everything that was kept back to the sink.
    pub fn flush<S: WordSink>(&mut self, rules: SplitRules<'_>, sink: &mut S) {
        if self.segment.len > 0 {
            self.segment.run(rules, &mut self.splitter, sink);
        }
    }

    #[cold]
    #[inline(never)]
    fn push_long<S: WordSink>(&mut self, rules: SplitRules<'_>, mut text: &str, sink: &mut S) {
        while text.len() >= self.segment.room() {
            let bytes = text.as_bytes();
            let fitting = &bytes[..self.segment.room().min(bytes.len())];
            if let Some(space) = fitting.iter().rposition(|&byte| is_boundary(byte)) {
                self.segment.add(&bytes[..space], rules.lowercase());
                self.flush(rules, sink);
                text = &text[space + 1..];
            } else if self.segment.len > 0 {
                self.flush(rules, sink);
            } else {
                let rest = &bytes[fitting.len()..];
                let more = rest.iter().position(|&byte| is_boundary(byte));
                let end = fitting.len() + more.unwrap_or(rest.len());
                self.splitter.split(rules, &bytes[..end], sink);
                text = &text[end..];
            }
        }
        self.push(rules, text, sink);
    }
}

/// White space that ends a word under all options.
fn is_boundary(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

/// Texts that are split together.
#[derive(Debug)]
struct Segment {
    bytes: [u8; SEGMENT + BLOCK],
    len: usize,
    /// Positions of white space, and the special tokens at them; None is the end of a text.
    inserts: Vec<(u16, Option<u32>)>,
    /// Whether any of them is a special token.
    has_specials: bool,
    classes: [ClassMasks; BLOCKS],
    /// Where the words of the segment begin and end, without those in other chunks.
    starts: [u16; SEGMENT + BLOCK],
    ends: [u16; SEGMENT + BLOCK],
    word_starts: [WordStarts; BLOCKS],
    /// The sink's count after each word.
    lens: [u32; SEGMENT],
    /// Chunks that contain other bytes than ASCII letters and punctuation: where they begin and end.
    others: Vec<(u16, u16)>,
}

impl Default for Segment {
    fn default() -> Self {
        Self {
            bytes: [b' '; SEGMENT + BLOCK],
            len: 0,
            inserts: Vec::new(),
            has_specials: false,
            classes: [ClassMasks::default(); BLOCKS],
            starts: [0; SEGMENT + BLOCK],
            ends: [0; SEGMENT + BLOCK],
            word_starts: [WordStarts::default(); BLOCKS],
            lens: [0; SEGMENT],
            others: Vec::new(),
        }
    }
}

impl Segment {
    #[inline]
    fn room(&self) -> usize {
        SEGMENT - self.len
    }

    #[inline]
    fn add(&mut self, bytes: &[u8], lowercase: bool) {
        let room = &mut self.bytes[self.len..self.len + bytes.len()];
        self.len += bytes.len();
        if !lowercase {
            return room.copy_from_slice(bytes);
        }
        let (Some(last), Some(last_lane)) =
            (bytes.last_chunk::<LANE>(), bytes.len().checked_sub(LANE))
        else {
            return lower(room, bytes);
        };
        let (lanes, _) = bytes.as_chunks::<LANE>();
        let (rooms, _) = room.as_chunks_mut::<LANE>();
        for (to, from) in rooms.iter_mut().zip(lanes) {
            lower(to, from);
        }
        // The rest, together with some bytes before it: a loop of unpredictable length would cost more.
        lower(&mut room[last_lane..], last);
    }

    /// Ends the text that was added.
    #[inline]
    fn end(&mut self) {
        self.bytes[self.len] = b'\n';
        self.len += 1;
    }

    fn run<S: WordSink>(
        &mut self,
        rules: SplitRules<'_>,
        splitter: &mut NonAsciiSplitter,
        sink: &mut S,
    ) {
        let blocks = self.classify();
        let words = simd::cut(
            &self.classes[..blocks],
            &mut WordBounds {
                starts: &mut self.starts,
                ends: &mut self.ends,
                word_starts: &mut self.word_starts,
            },
        );
        sink.reserve(words + self.inserts.len());
        if self.others.is_empty() && !self.has_specials {
            self.emit_texts(words, sink);
        } else {
            self.emit_in_order(words, rules, splitter, sink);
        }
        self.len = 0;
        self.inserts.clear();
        self.has_specials = false;
        self.others.clear();
    }

    /// Emits all words, and where texts end among them. Words of many short texts are processed
    /// together.
    fn emit_texts<S: WordSink>(&mut self, words: usize, sink: &mut S) {
        let base = sink.count();
        self.emit(0..words, sink);
        for &(position, _) in &self.inserts {
            let before = simd::words_before(&self.word_starts, usize::from(position));
            let len = before.checked_sub(1).map_or(0, |last| self.lens[last]);
            sink.text_end(base + len as usize);
        }
    }

    /// Emits words, special tokens and other chunks in the order of the text.
    fn emit_in_order<S: WordSink>(
        &mut self,
        words: usize,
        rules: SplitRules<'_>,
        splitter: &mut NonAsciiSplitter,
        sink: &mut S,
    ) {
        let mut word = 0;
        let (mut insert, mut other) = (0, 0);
        while insert < self.inserts.len() || other < self.others.len() {
            let insert_position = self.inserts.get(insert).map_or(u16::MAX, |insert| insert.0);
            let other_position = self.others.get(other).map_or(u16::MAX, |other| other.0);
            let position = insert_position.min(other_position);
            let next = simd::words_before(&self.word_starts, usize::from(position));
            self.emit(word..next, sink);
            word = next;
            if insert_position < other_position {
                match self.inserts[insert].1 {
                    Some(special) => sink.special(special),
                    None => sink.text_end(sink.count()),
                }
                insert += 1;
            } else {
                let (start, end) = self.others[other];
                let chunk = &self.bytes[usize::from(start)..usize::from(end)];
                splitter.split(rules, chunk, sink);
                other += 1;
                sink.reserve(words - word + self.inserts.len() - insert);
            }
        }
        self.emit(word..words, sink);
    }

    /// Emits plain words, many at a time if none is long.
    #[inline]
    fn emit<S: WordSink>(&mut self, words: Range<usize>, sink: &mut S) {
        let base = sink.count();
        let mut keys = [0; BATCH];
        let starts = self.starts[words.clone()].chunks(BATCH);
        let lens = self.lens[words.clone()].chunks_mut(BATCH);
        for ((starts, ends), lens) in starts.zip(self.ends[words].chunks(BATCH)).zip(lens) {
            let positions = starts.iter().zip(ends);
            // The union of the bits is computed for eight words at a time.
            let bits_of_lens = positions
                .clone()
                .fold(0, |bits, (&start, &end)| bits | (end - start - 1));
            let key = |(&start, &end): (&u16, &u16)| {
                let (start, len) = (usize::from(start) % SEGMENT, usize::from(end - start));
                let bytes: &[u8; MAX_WORD] = self.bytes[start..].first_chunk().expect("SEGMENT");
                Key::from_le_bytes(*bytes) & KEY_MASKS[len % KEY_MASKS.len()]
            };
            if usize::from(bits_of_lens) < MAX_WORD {
                for (to, position) in keys.iter_mut().zip(positions) {
                    *to = key(position);
                }
                sink.shorts(&keys[..lens.len()], lens, base);
                continue;
            }
            for ((start, end), len) in positions.zip(lens) {
                let word = &self.bytes[usize::from(*start)..usize::from(*end)];
                if word.len() > MAX_WORD {
                    sink.long(word, word.len());
                } else {
                    sink.short(key((start, end)));
                }
                *len = (sink.count() - base) as u32;
            }
        }
    }

    /// Classifies the bytes of all blocks, and finds the other chunks. Returns the number of blocks.
    fn classify(&mut self) -> usize {
        let blocks = self.len / BLOCK + 1;
        self.bytes[self.len..blocks * BLOCK].fill(b' ');
        let (bytes, _) = self.bytes.as_chunks::<BLOCK>();
        let others = simd::classify(&bytes[..blocks], &mut self.classes);
        if others != 0 {
            self.set_others_apart(blocks);
        }
        blocks
    }

    /// Removes the chunks with other bytes from the classes.
    fn set_others_apart(&mut self, blocks: usize) {
        let mut position = self.next(0, blocks, ClassMasks::others);
        while position < self.len {
            let start = self.after_space(position);
            let mut end = self.next(position, blocks, |classes| classes.spaces);
            position = self.next(end, blocks, ClassMasks::others);
            // A chunk in another script is often followed by another one: both are split by one call. A
            // special token or a text's end is at a line feed, so that none is skipped.
            while self.bytes[end] == b' '
                && position < self.len.min(end + 1 + NEAR)
                && !self.bytes[end..position].contains(&b'\n')
            {
                end = self.next(position, blocks, |classes| classes.spaces);
                position = self.next(end, blocks, ClassMasks::others);
            }
            self.others.push((start as u16, end as u16));
            self.clear(start, end);
        }
    }

    /// The first position from `place` on whose byte has a class, or the end of the last block.
    #[inline]
    fn next(&self, position: usize, blocks: usize, class: impl Fn(&ClassMasks) -> u64) -> usize {
        let mut hidden = (1 << (position % BLOCK)) - 1;
        for block in position / BLOCK..blocks {
            let bits = class(&self.classes[block]) & !hidden;
            if bits != 0 {
                return block * BLOCK + bits.trailing_zeros() as usize;
            }
            hidden = 0;
        }
        blocks * BLOCK
    }

    /// The position after the last white space before `place`, or 0.
    #[inline]
    fn after_space(&self, position: usize) -> usize {
        let mut shown = (1 << (position % BLOCK)) - 1;
        for block in (0..=position / BLOCK).rev() {
            let bits = self.classes[block].spaces & shown;
            if bits != 0 {
                return block * BLOCK + bits.ilog2() as usize + 1;
            }
            shown = u64::MAX;
        }
        0
    }

    /// Makes the bytes in `start..end` look like white space to the splitting.
    fn clear(&mut self, start: usize, end: usize) {
        for block in start / BLOCK..=(end - 1) / BLOCK {
            let from = start.saturating_sub(block * BLOCK);
            let to = (end - block * BLOCK).min(BLOCK);
            let bits = (u64::MAX << from) & (u64::MAX >> (BLOCK - to));
            let classes = &mut self.classes[block];
            classes.letters &= !bits;
            classes.punctuation &= !bits;
            classes.spaces |= bits;
        }
    }
}

/// The next chunk in another script is searched for in this many bytes after the last one.
const NEAR: usize = 32;

/// Bytes that are lowercased together.
const LANE: usize = 16;

#[inline]
fn lower(room: &mut [u8], bytes: &[u8]) {
    for (to, from) in room.iter_mut().zip(bytes) {
        *to = from.to_ascii_lowercase();
    }
}
