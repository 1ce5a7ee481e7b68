//! Splits chunks that are not plain ASCII, one character at a time by table.

use super::for_each_word;
use super::word_key::{self, KEY_MASKS, Key, MAX_WORD};
use super::word_sink::{BATCH, WordSink};
use crate::normalizer::Normalizer;
use crate::normalizer::char_table::{CharTable, NormalizedChar};
use crate::normalizer::encoded_char::EncodedChar;
use crate::normalizer::packed_chars::PackedChar;

/// The rules for normalization and splitting.
#[derive(Clone, Copy)]
pub struct SplitRules<'n> {
    normalizer: &'n Normalizer,
    characters: &'n CharTable,
    lowercase: bool,
    max_chars: usize,
}

impl<'n> SplitRules<'n> {
    pub fn new(normalizer: &'n Normalizer, characters: &'n CharTable) -> Self {
        let options = normalizer.options();
        Self {
            normalizer,
            characters,
            lowercase: options.lowercase,
            max_chars: options.max_input_chars_per_word,
        }
    }

    #[inline]
    pub fn lowercase(self) -> bool {
        self.lowercase
    }
}

/// The words of chunks that are being assembled.
#[derive(Debug, Default)]
pub struct NonAsciiSplitter {
    word: WordBuffer,
    batch: KeyBatch,
}

impl NonAsciiSplitter {
    /// Splits a chunk, or several with single spaces between them, of valid UTF-8.
    pub fn split<S: WordSink>(&mut self, rules: SplitRules<'_>, chunk: &[u8], sink: &mut S) {
        let mut position = Position::default();
        loop {
            self.split_simple(rules, chunk, &mut position, sink);
            if position.at == chunk.len() {
                break;
            }
            let (c, code) = EncodedChar::first_of(&chunk[position.at..]);
            let behind = position.at + usize::from(c.len);
            match rules.characters.get(c, code) {
                NormalizedChar::Letter(c) => self.word.push(c, rules.max_chars),
                NormalizedChar::Letters(letters) => {
                    for &c in letters {
                        self.word.push(c, rules.max_chars);
                    }
                }
                NormalizedChar::Jamo(letters) => {
                    for c in letters.into_iter().flatten() {
                        self.word.push(c, rules.max_chars);
                    }
                }
                NormalizedChar::Word(c) => {
                    self.end_word(rules, sink);
                    self.word.push(c, rules.max_chars);
                    self.end_word(rules, sink);
                    position.word = behind;
                }
                NormalizedChar::Space => {
                    self.end_word(rules, sink);
                    position.word = behind;
                }
                NormalizedChar::Removed => {}
                NormalizedChar::Contextual => {
                    self.word.clear();
                    self.batch.emit(sink);
                    return contextual(rules, &chunk[position.word..], sink);
                }
            }
            position.at = behind;
        }
        self.end_word(rules, sink);
        self.batch.emit(sink);
    }

    /// Continues while the table of packed characters has the result, which is nearly always.
    #[inline]
    fn split_simple<S: WordSink>(
        &mut self,
        rules: SplitRules<'_>,
        chunk: &[u8],
        position: &mut Position,
        sink: &mut S,
    ) {
        let limit = rules.max_chars.min(SIMPLE_CHARS);
        let Position {
            mut at,
            word: mut word_start,
        } = *position;
        loop {
            let (simple, len) = self
                .word
                .push_simple(rules.characters, limit, chunk, &mut at);
            if simple.is_word() {
                self.end_word(rules, sink);
                self.batch.push(simple.bytes().into(), sink);
            } else if simple.is_space() {
                self.end_word(rules, sink);
            } else if simple.is_removed() {
                at += len;
                continue;
            } else {
                break;
            }
            at += len;
            word_start = at;
        }
        *position = Position {
            at,
            word: word_start,
        };
    }

    #[inline]
    fn end_word<S: WordSink>(&mut self, rules: SplitRules<'_>, sink: &mut S) {
        let Self { word, batch } = self;
        if word.chars == 0 {
            return;
        }
        if word.len > MAX_WORD || word.has_zero || word.chars > rules.max_chars {
            batch.emit(sink);
            sink.reserve(1);
            sink.long(&word.bytes[..word.len], word.chars);
        } else {
            let bytes: &[u8; MAX_WORD] = word.bytes.first_chunk().expect("it has more");
            batch.push(Key::from_le_bytes(*bytes) & KEY_MASKS[word.len], sink);
        }
        word.clear();
    }
}

/// Splits the rest of a chunk in which marks may be reordered. Earlier words are complete: no mark
/// moves across a boundary.
#[cold]
fn contextual<S: WordSink>(rules: SplitRules<'_>, chunk: &[u8], sink: &mut S) {
    let text = std::str::from_utf8(chunk).expect("a chunk is cut between characters of a text");
    for_each_word(rules.normalizer, text, |word, chars| {
        sink.reserve(1);
        match word_key::key(word).filter(|_| chars <= rules.max_chars) {
            Some(key) => sink.short(key),
            None => sink.long(word, chars),
        }
    });
}

/// A position in a chunk.
#[derive(Clone, Copy, Debug, Default)]
struct Position {
    at: usize,
    /// Where the word begins that is being assembled.
    word: usize,
}

/// Short words that are emitted together.
#[derive(Debug)]
struct KeyBatch {
    keys: [Key; BATCH],
    len: usize,
}

impl Default for KeyBatch {
    fn default() -> Self {
        Self {
            keys: [0; BATCH],
            len: 0,
        }
    }
}

impl KeyBatch {
    #[inline]
    fn push<S: WordSink>(&mut self, key: Key, sink: &mut S) {
        self.keys[self.len % BATCH] = key;
        self.len += 1;
        if self.len == BATCH {
            self.emit(sink);
        }
    }

    fn emit<S: WordSink>(&mut self, sink: &mut S) {
        sink.reserve(self.len);
        let base = sink.count();
        sink.shorts(&self.keys[..self.len], &mut [0; BATCH][..self.len], base);
        self.len = 0;
    }
}

/// A longer word is assembled by the slower loop.
const SIMPLE_CHARS: usize = 48;

/// A power of two, and four bytes: at least four for each of those characters.
const ROOM: usize = 256 + 4;

/// A word that is being assembled.
#[derive(Debug)]
struct WordBuffer {
    /// The first `len` bytes are the word; there are [`ROOM`] or more.
    bytes: Vec<u8>,
    len: usize,
    chars: usize,
    /// Whether a byte is zero, which a key cannot represent.
    has_zero: bool,
}

impl Default for WordBuffer {
    fn default() -> Self {
        Self {
            bytes: vec![0; ROOM],
            len: 0,
            chars: 0,
            has_zero: false,
        }
    }
}

impl WordBuffer {
    /// Appends letters while they are in the packed table, up to `limit` characters. Returns the first
    /// character that is not a letter there, and the number of its bytes.
    #[inline]
    fn push_simple(
        &mut self,
        characters: &CharTable,
        limit: usize,
        chunk: &[u8],
        at: &mut usize,
    ) -> (PackedChar, usize) {
        let Self {
            bytes, len, chars, ..
        } = self;
        let bytes: &mut [u8; ROOM] = bytes.first_chunk_mut().expect("it has more");
        let (mut position, mut end, mut count) = (*at, *len, *chars);
        let found = loop {
            if position + 4 > chunk.len() {
                break Default::default();
            }
            let four = chunk[position..position + 4].first_chunk().expect("four");
            let (simple, width) = characters.simple(u32::from_le_bytes(*four));
            let letter_len = simple.letter_len();
            if letter_len == 0 {
                break (simple, width);
            }
            if count >= limit {
                break Default::default();
            }
            bytes[end % (ROOM - 4)..][..4].copy_from_slice(&simple.bytes().to_le_bytes());
            end += letter_len;
            count += 1;
            position += width;
        };
        (*at, *len, *chars) = (position, end, count);
        found
    }

    fn push(&mut self, c: EncodedChar, max_chars: usize) {
        self.chars += 1;
        if self.chars > max_chars {
            return;
        }
        if self.len + 2 * MAX_WORD > self.bytes.len() {
            self.bytes.resize(2 * self.bytes.len(), 0);
        }
        self.bytes[self.len..self.len + 4].copy_from_slice(&c.bytes);
        self.len += usize::from(c.len);
        self.has_zero |= c.bytes[0] == 0;
    }

    fn clear(&mut self) {
        (self.len, self.chars, self.has_zero) = (0, 0, false);
    }
}
