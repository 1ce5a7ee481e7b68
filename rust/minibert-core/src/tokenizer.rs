//! The whole way from a text to ids, and back: normalise, split into words, split words into pieces.

use std::ops::Range;

use crate::cache::{CachePool, WordCache};
use crate::characters::Characters;
use crate::encoding::{Encoding, Place};
use crate::normalize::Normalizer;
use crate::options::TokenizerOptions;
use crate::pretokenize::for_each_word_with_origins;
use crate::vocab::{SPECIAL_PIECES, Vocab};
use crate::wordpiece::WordPiece;
use crate::{Error, Result};

/// The most memory that a thread takes to remember words.
const CACHE_BYTES: usize = 16 << 20;

/// Text to ids and back. Share it between threads freely: nothing in it changes once it is made but what
/// it remembers.
#[derive(Clone, Debug)]
pub struct Tokenizer {
    vocab: Vocab,
    options: TokenizerOptions,
    normalizer: Normalizer,
    characters: Characters,
    pieces: WordPiece,
    caches: CachePool,
}

impl Tokenizer {
    pub fn new(vocab: Vocab, options: TokenizerOptions) -> Result<Self> {
        if options.max_input_chars_per_word == 0 {
            return Err(Error::Option(
                "max_input_chars_per_word is 0, so that every word would be [UNK]; give 1 or more"
                    .to_owned(),
            ));
        }
        let normalizer = Normalizer::new(&options);
        let characters = Characters::new(&normalizer);
        let pieces = WordPiece::new(&vocab);
        Ok(Self {
            vocab,
            options,
            normalizer,
            characters,
            pieces,
            caches: CachePool::default(),
        })
    }

    pub fn vocab(&self) -> &Vocab {
        &self.vocab
    }

    pub fn options(&self) -> &TokenizerOptions {
        &self.options
    }

    pub(crate) fn normalizer(&self) -> &Normalizer {
        &self.normalizer
    }

    pub(crate) fn characters(&self) -> &Characters {
        &self.characters
    }

    pub(crate) fn caches(&self) -> &CachePool {
        &self.caches
    }

    /// A memory for words that knows only the vocabulary.
    pub(crate) fn word_cache(&self) -> WordCache {
        let max_chars = self.options.max_input_chars_per_word;
        WordCache::new(&self.vocab, max_chars, CACHE_BYTES)
    }

    /// Appends the ids of a normalised word of so many characters.
    pub(crate) fn encode_word(&self, word: &[u8], chars: usize, out: &mut Vec<u32>) {
        let before = out.len();
        let known = chars <= self.options.max_input_chars_per_word
            && self.pieces.split(word, |piece| out.push(piece.id));
        if !known {
            out.truncate(before);
            out.push(self.vocab.special().unk);
        }
    }

    /// Encodes a text or a pair: `[CLS] text [SEP]` or `[CLS] text [SEP] pair [SEP]`. The special
    /// tokens' own names in the text stand for them.
    pub fn encode(&self, text: &str, pair: Option<&str>, add_special_tokens: bool) -> Encoding {
        let special = self.vocab.special();
        let mut encoding = Encoding::default();
        let add = |encoding: &mut Encoding, id, type_id| {
            if add_special_tokens {
                let place = Place {
                    type_id,
                    offsets: (0, 0),
                    word: None,
                };
                encoding.push(&self.vocab, id, &place);
            }
        };
        add(&mut encoding, special.cls, 0);
        self.encode_text(text, 0, &mut encoding);
        add(&mut encoding, special.sep, 0);
        if let Some(pair) = pair {
            self.encode_text(pair, 1, &mut encoding);
            add(&mut encoding, special.sep, 1);
        }
        encoding
    }

    fn encode_text(&self, text: &str, type_id: u32, encoding: &mut Encoding) {
        let mut word = 0;
        let (mut done, mut chars) = (0, 0);
        for (range, id) in self.special_pieces_in(text) {
            let before = &text[done..range.start];
            self.encode_stretch(before, chars, type_id, &mut word, encoding);
            chars += before.chars().count();
            let offsets = (chars, chars + range.len());
            encoding.push(
                &self.vocab,
                id,
                &Place {
                    type_id,
                    offsets,
                    word: Some(word),
                },
            );
            word += 1;
            chars = offsets.1;
            done = range.end;
        }
        self.encode_stretch(&text[done..], chars, type_id, &mut word, encoding);
    }

    /// A stretch of a text without special tokens, `base` characters from the text's beginning.
    fn encode_stretch(
        &self,
        text: &str,
        base: usize,
        type_id: u32,
        word_id: &mut u32,
        encoding: &mut Encoding,
    ) {
        let mut found = Vec::new();
        for_each_word_with_origins(&self.normalizer, text, |word, origins| {
            found.clear();
            let known = origins.len() <= self.options.max_input_chars_per_word
                && self
                    .pieces
                    .split(word, |piece| found.push((piece.id, piece.end)));
            if !known {
                found.clear();
                found.push((self.vocab.special().unk, word.len()));
            }
            let (mut start, mut first) = (0, 0);
            for &(id, end) in &found {
                let next = first + count_chars(&word[start..end]);
                let offsets = (base + origins[first], base + origins[next - 1] + 1);
                encoding.push(
                    &self.vocab,
                    id,
                    &Place {
                        type_id,
                        offsets,
                        word: Some(*word_id),
                    },
                );
                (start, first) = (end, next);
            }
            *word_id += 1;
        });
    }

    /// The special tokens in a raw text: their bytes and ids.
    pub(crate) fn special_pieces_in(
        &self,
        text: &str,
    ) -> impl Iterator<Item = (Range<usize>, u32)> {
        let special = self.vocab.special();
        let ids = [
            special.pad,
            special.unk,
            special.cls,
            special.sep,
            special.mask,
        ];
        // No special token begins another, so that the first that fits is the longest.
        memchr::memchr_iter(b'[', text.as_bytes()).filter_map(move |start| {
            let rest = &text[start..];
            let index = SPECIAL_PIECES
                .iter()
                .position(|piece| rest.starts_with(piece))?;
            Some((start..start + SPECIAL_PIECES[index].len(), ids[index]))
        })
    }

    /// A hash of pieces and options that is the same on every machine.
    pub fn fingerprint(&self) -> u64 {
        let mut hash = Fnv1a::default();
        for piece in self.vocab.lines() {
            hash.write(piece.as_bytes());
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

fn count_chars(bytes: &[u8]) -> usize {
    bytes.iter().filter(|&&byte| byte & 0xC0 != 0x80).count()
}

/// The 64-bit hash of Fowler, Noll and Vo, variant 1a: slow, simple, the same everywhere.
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
    use crate::ragged::RaggedEncoder;

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
        assert_eq!(tokenizer().encode("[MASK]", None, false).ids, [4]);
    }

    #[test]
    fn an_unknown_word_is_one_unk_and_its_neighbours_stand() {
        assert_eq!(plain("unaffable unaffablex Áb."), [5, 6, 7, 1, 8, 9, 10]);
    }

    #[test]
    fn a_word_of_more_than_a_hundred_characters_is_unk() {
        let word = |len: usize| format!("a{}", "b".repeat(len - 1));
        assert_eq!(plain(&word(100)).len(), 100);
        assert_eq!(plain(&word(101)), [1]);
    }

    #[test]
    fn a_pair_has_offsets_words_and_types() {
        let encoding = tokenizer().encode("a\u{301}b[MASK]a", Some("é unaff"), true);
        assert_eq!(
            encoding.tokens.join(" "),
            "[CLS] a ##b [MASK] a [SEP] [UNK] un ##aff [SEP]"
        );
        assert_eq!(encoding.type_ids, [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
        assert_eq!(encoding.special_tokens_mask, [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]);
        let offsets = [
            (0, 0),
            (0, 1),
            (2, 3),
            (3, 9),
            (9, 10),
            (0, 0),
            (0, 1),
            (2, 4),
            (4, 7),
            (0, 0),
        ];
        assert_eq!(encoding.offsets, offsets);
        let words: Vec<_> = encoding.word_ids.iter().flatten().copied().collect();
        assert_eq!(words, [0, 0, 1, 2, 0, 1, 1]);
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
