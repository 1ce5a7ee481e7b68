//! From text to token ids and back: normalize, split into words, split words into tokens.
//!
//! Three ways give the same ids: [`encode`] keeps offsets, `encode_batch` runs it on many texts, and
//! [`encode_ragged`] gives ids only, fast.

mod decode;
pub mod encode;
mod encode_batch;
pub mod encode_ragged;
mod encode_ragged_parallel;
pub mod encoding;
mod encoding_bytes;
pub mod padding;
pub mod ragged;
mod scratch;
mod trie;
pub mod truncation;
pub mod vocabulary;
mod word_cache;
pub mod wordpiece;

use std::ops::Range;

use crate::Result;
use crate::error::OptionError;
use crate::normalizer::Normalizer;
use crate::normalizer::ascii::AsciiTable;
use crate::normalizer::char_table::CharTable;
use crate::options::TokenizerOptions;
use crate::parallel::scratch_pool::ScratchPool;
use crate::pre_tokenizer::non_ascii::SplitRules;
use scratch::Scratch;
use vocabulary::{SPECIAL_TOKENS, Vocab};
use wordpiece::WordPiece;

/// The default for the memory, in bytes, of each thread's cache of words.
pub const CACHE_BYTES: usize = 16 << 20;

/// Text to ids and back. It may be shared between threads: it does not change, except for its caches.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    vocab: Vocab,
    options: TokenizerOptions,
    normalizer: Normalizer,
    char_table: CharTable,
    ascii: AsciiTable,
    wordpiece: WordPiece,
    scratches: ScratchPool<Box<Scratch>>,
    cache_bytes: usize,
}

impl Tokenizer {
    pub fn new(vocab: Vocab, options: TokenizerOptions) -> Result<Self> {
        if options.max_input_chars_per_word == 0 {
            return Err(OptionError::OutOfRange {
                option: "max_input_chars_per_word",
                range: "1 or more",
                value: 0.0,
            }
            .into());
        }
        let normalizer = Normalizer::new(&options);
        // Each takes some milliseconds and does not need the other.
        let (wordpiece, char_table) = WordPiece::new_with(&vocab, || CharTable::new(&normalizer));
        let ascii = AsciiTable::new(&normalizer);
        Ok(Self {
            vocab,
            options,
            normalizer,
            char_table,
            ascii,
            wordpiece,
            scratches: ScratchPool::default(),
            cache_bytes: CACHE_BYTES,
        })
    }

    /// The same tokenizer with this much memory for each thread's cache of words, at least half a
    /// kilobyte.
    #[must_use]
    pub fn with_cache_bytes(mut self, cache_bytes: usize) -> Self {
        self.scratches = ScratchPool::default();
        self.cache_bytes = cache_bytes;
        self
    }

    pub fn cache_bytes(&self) -> usize {
        self.cache_bytes
    }

    pub fn vocab(&self) -> &Vocab {
        &self.vocab
    }

    /// The id of a token; if it is listed twice, the later one.
    pub fn id(&self, token: &str) -> Option<u32> {
        self.wordpiece.id(token)
    }

    /// The token of an id. None if the same token is listed again later.
    pub fn token(&self, id: u32) -> Option<&str> {
        let token = (self.vocab.len() > id as usize).then(|| self.vocab.line(id))?;
        (self.id(token) == Some(id)).then_some(token)
    }

    pub fn options(&self) -> &TokenizerOptions {
        &self.options
    }

    pub(crate) fn normalizer(&self) -> &Normalizer {
        &self.normalizer
    }

    pub(crate) fn ascii(&self) -> &AsciiTable {
        &self.ascii
    }

    pub(crate) fn wordpiece(&self) -> &WordPiece {
        &self.wordpiece
    }

    pub(crate) fn scratches(&self) -> &ScratchPool<Box<Scratch>> {
        &self.scratches
    }

    pub(crate) fn rules(&self) -> SplitRules<'_> {
        SplitRules::new(&self.normalizer, &self.char_table)
    }

    /// Appends the ids of a normalized word of `chars` characters.
    pub(crate) fn encode_word(&self, word: &[u8], chars: usize, out: &mut Vec<u32>) {
        let before = out.len();
        let known = chars <= self.options.max_input_chars_per_word
            && self.wordpiece.split(word, |token| out.push(token.id));
        if !known {
            out.truncate(before);
            out.push(self.vocab.special().unk);
        }
    }

    /// The special tokens in a raw text: their ranges of bytes, and their ids.
    pub(crate) fn special_tokens_in(
        &self,
        text: &str,
    ) -> impl Iterator<Item = (Range<usize>, u32)> {
        let ids = self.vocab.special().all();
        // No special token is a prefix of another, so the first match is the longest.
        memchr::memchr_iter(b'[', text.as_bytes()).filter_map(move |start| {
            let rest = &text[start..];
            let index = SPECIAL_TOKENS
                .iter()
                .position(|token| rest.starts_with(token))?;
            Some((start..start + SPECIAL_TOKENS[index].len(), ids[index]))
        })
    }

    /// A hash of tokens and options that is the same on every machine.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Fnv1a::default();
        for token in self.vocab.lines() {
            hash.write(token.as_bytes());
            hash.write(b"\n");
        }
        let strip_accents = self.options.strips_accents();
        let TokenizerOptions {
            lowercase,
            handle_chinese_chars,
            clean_text,
            max_input_chars_per_word,
            ..
        } = self.options;
        hash.write(&[lowercase, strip_accents, handle_chinese_chars, clean_text].map(u8::from));
        hash.write(&(max_input_chars_per_word as u64).to_le_bytes());
        hash.0
    }
}

/// The 64-bit hash of Fowler, Noll and Vo, variant 1a: slow, simple, the same on every machine.
struct Fnv1a(u64);

impl Default for Fnv1a {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Fnv1a {
    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tokenizer::encode_ragged::RaggedEncoder;

    const LINES: &str =
        "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\na\n##b\n.\n[\n]\nmask";

    fn tokenizer() -> Tokenizer {
        let vocab = Vocab::from_lines(LINES).unwrap();
        Tokenizer::new(vocab, TokenizerOptions::default()).unwrap()
    }

    fn plain(text: &str) -> Vec<u32> {
        let tokenizer = tokenizer();
        let mut encoder = RaggedEncoder::new(&tokenizer);
        encoder.push_plain(text);
        encoder.take().ids
    }

    #[test]
    fn plain_text_cannot_inject_a_mask() {
        assert_eq!(plain("[MASK]"), [11, 13, 12]);
        assert_eq!(tokenizer().encode_ragged(&["[MASK]"], false, None).ids, [4]);
    }

    #[test]
    fn an_unknown_word_is_one_unk_and_its_neighbors_stand() {
        assert_eq!(plain("unaffable unaffablex Áb."), [5, 6, 7, 1, 8, 9, 10]);
    }

    #[test]
    fn a_word_of_more_than_a_hundred_characters_is_unk() {
        let word = |len: usize| format!("a{}", "b".repeat(len - 1));
        assert_eq!(plain(&word(100)).len(), 100);
        assert_eq!(plain(&word(101)), [1]);
    }

    #[test]
    fn the_fingerprint_is_the_same_everywhere_and_follows_the_options() {
        let uncased = tokenizer();
        assert_eq!(uncased.fingerprint(), 1_265_896_706_125_194_523);
        let options = TokenizerOptions {
            lowercase: false,
            ..TokenizerOptions::default()
        };
        let cased = Tokenizer::new(uncased.vocab().clone(), options).unwrap();
        assert_ne!(uncased.fingerprint(), cased.fingerprint());
    }
}
