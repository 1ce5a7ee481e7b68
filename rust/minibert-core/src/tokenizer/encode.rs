//! From a text or a pair to an [`Encoding`]: ids with offsets and words, truncated and padded.
//!
//! A run of ASCII is lowercased at once and split by a table; its offsets are its positions. The text
//! between two spaces that contains anything else goes through the normalizer.

use super::Tokenizer;
use super::encoding::{Encoding, Frame, Token};
use super::padding::Padding;
use super::truncation::Truncation;
use crate::Result;
use crate::error::TextError;
use crate::normalizer::ascii::CharClass;
use crate::normalizer::encoded_char::count_chars;
use crate::pre_tokenizer::for_each_word_with_origins;

/// How a text, or each text of a batch, is encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EncodeOptions {
    pub add_special_tokens: bool,
    pub truncation: Option<Truncation>,
    pub padding: Option<Padding>,
}

impl Default for EncodeOptions {
    fn default() -> Self {
        Self {
            add_special_tokens: true,
            truncation: None,
            padding: None,
        }
    }
}

/// Buffers that are used again for each text.
#[derive(Debug, Default)]
pub(crate) struct EncodeBuffers {
    lowered: Vec<u8>,
    matches: Vec<(u32, usize)>,
    tokens: Vec<Token>,
}

/// A position in a text.
#[derive(Clone, Copy, Debug, Default)]
struct Position {
    /// The number of characters before it.
    chars: u32,
    /// The number of words before it.
    words: u32,
}

impl Tokenizer {
    /// Encodes a text or a pair: `[CLS] text [SEP]` or `[CLS] text [SEP] pair [SEP]`. The name of a
    /// special token in the text becomes that token.
    pub fn encode(
        &self,
        text: &str,
        pair: Option<&str>,
        options: &EncodeOptions,
    ) -> Result<Encoding> {
        let mut encoding =
            self.encode_unpadded(text, pair, options, &mut EncodeBuffers::default())?;
        if let Some(padding) = &options.padding {
            padding.pad(
                std::slice::from_mut(&mut encoding),
                self.vocab().special().pad,
            );
        }
        Ok(encoding)
    }

    pub(crate) fn encode_unpadded(
        &self,
        text: &str,
        pair: Option<&str>,
        options: &EncodeOptions,
        scratch: &mut EncodeBuffers,
    ) -> Result<Encoding> {
        scratch.tokens.clear();
        self.encode_text(text, scratch)?;
        let first = scratch.tokens.len();
        if let Some(pair) = pair {
            self.encode_text(pair, scratch)?;
        }
        let (first, second) = scratch.tokens.split_at(first);
        let second = pair.map(|_| second);
        let special = self.vocab().special();
        let frame = options.add_special_tokens.then_some(Frame {
            cls: special.cls,
            sep: special.sep,
        });
        let Some(truncation) = &options.truncation else {
            return Ok(Encoding::new(first, second, frame));
        };
        let added = frame.map_or(0, |_| 2 + usize::from(pair.is_some()));
        let parts = truncation.parts(first.len(), second.map(<[Token]>::len), added)?;
        Ok(match (parts, second) {
            (None, _) => Encoding::new(first, second, frame),
            (Some((first_parts, Some(second_parts))), Some(second)) => {
                Encoding::of_parted_pair(first, &first_parts, second, &second_parts, frame)
            }
            (Some((parts, _)), _) => Encoding::of_parted(first, &parts, frame),
        })
    }

    /// Appends the tokens of a text to the buffers.
    fn encode_text(&self, text: &str, scratch: &mut EncodeBuffers) -> Result<()> {
        if u32::try_from(text.len()).is_err() {
            return Err(TextError::TooLong { bytes: text.len() }.into());
        }
        // A token with its space is seldom shorter.
        scratch.tokens.reserve(text.len() / 4);
        let mut position = Position::default();
        let mut done = 0;
        for (range, id) in self.special_tokens_in(text) {
            self.encode_stretch(&text[done..range.start], &mut position, scratch);
            let end = position.chars + range.len() as u32;
            scratch.tokens.push(Token {
                id,
                start: position.chars,
                end,
                word: position.words,
            });
            position.chars = end;
            position.words += 1;
            done = range.end;
        }
        self.encode_stretch(&text[done..], &mut position, scratch);
        Ok(())
    }

    /// Encodes a part of a text without special tokens.
    fn encode_stretch(&self, text: &str, position: &mut Position, scratch: &mut EncodeBuffers) {
        let mut lowered = std::mem::take(&mut scratch.lowered);
        lowered.clear();
        lowered.extend_from_slice(text.as_bytes());
        if self.options().lowercase {
            lowered.make_ascii_lowercase();
        }
        let mut done = 0;
        while done < text.len() {
            done += self.encode_ascii(&lowered[done..], position, &mut scratch.tokens);
            if done < text.len() {
                let end = done + self.beyond_ascii(&text.as_bytes()[done..]);
                self.encode_normalized(&text[done..end], position, scratch);
                done = end;
            }
        }
        scratch.lowered = lowered;
    }

    /// Encodes lowercased ASCII up to the first chunk, between white space, that contains anything else;
    /// returns the number of its bytes.
    fn encode_ascii(&self, text: &[u8], position: &mut Position, tokens: &mut Vec<Token>) -> usize {
        let class_at = |at: usize| text.get(at).map(|&byte| self.ascii().of(byte));
        let base = position.chars;
        let (mut at, mut words) = (0, position.words);
        // Where the chunk begins, and the numbers of tokens and words before it.
        let mut chunk = (0, tokens.len(), words);
        loop {
            let start = at;
            while class_at(at) == Some(CharClass::Letter) {
                at += 1;
            }
            if at > start {
                self.push_word(&text[start..at], base + start as u32, words, tokens);
                words += 1;
            }
            match class_at(at) {
                Some(CharClass::Punctuation) => {
                    self.push_word(&text[at..=at], base + at as u32, words, tokens);
                    words += 1;
                }
                Some(CharClass::Other) => {
                    tokens.truncate(chunk.1);
                    (at, words) = (chunk.0, chunk.2);
                    break;
                }
                Some(_) => chunk = (at + 1, tokens.len(), words),
                None => break,
            }
            at += 1;
        }
        *position = Position {
            chars: base + at as u32,
            words,
        };
        at
    }

    /// Appends the tokens of an ASCII word that begins at character `start`.
    #[inline]
    fn push_word(&self, word: &[u8], start: u32, index: u32, tokens: &mut Vec<Token>) {
        let before = tokens.len();
        let mut from = start;
        let known = word.len() <= self.options().max_input_chars_per_word
            && self.wordpiece().split(word, |found| {
                let end = start + found.end as u32;
                tokens.push(Token {
                    id: found.id,
                    start: from,
                    end,
                    word: index,
                });
                from = end;
            });
        if !known {
            tokens.truncate(before);
            tokens.push(Token {
                id: self.vocab().special().unk,
                start,
                end: start + word.len() as u32,
                word: index,
            });
        }
    }

    /// The length of the chunks, between white space, up to the first that is plain ASCII.
    fn beyond_ascii(&self, text: &[u8]) -> usize {
        let class_of = |&byte: &u8| self.ascii().of(byte);
        let mut done = 0;
        while done < text.len() {
            let rest = &text[done..];
            let stops = |byte: &u8| matches!(class_of(byte), CharClass::Space | CharClass::Other);
            let plain = rest.iter().position(stops);
            match plain.map(|at| class_of(&rest[at])) {
                Some(CharClass::Other) => {}
                _ => break,
            }
            let space = rest
                .iter()
                .position(|byte| class_of(byte) == CharClass::Space);
            done += space.map_or(rest.len(), |at| at + 1);
        }
        done
    }

    /// Encodes any text with the normalizer.
    fn encode_normalized(&self, text: &str, position: &mut Position, scratch: &mut EncodeBuffers) {
        let Position { chars, mut words } = *position;
        for_each_word_with_origins(self.normalizer(), text, |word, origins| {
            self.push_matches(word, origins, Position { chars, words }, scratch);
            words += 1;
        });
        *position = Position {
            chars: chars + count_chars(text.as_bytes()) as u32,
            words,
        };
    }

    /// Appends the tokens of a normalized word whose characters come from those at `origins` after
    /// `place`.
    fn push_matches(
        &self,
        word: &[u8],
        origins: &[usize],
        position: Position,
        scratch: &mut EncodeBuffers,
    ) {
        let EncodeBuffers {
            matches, tokens, ..
        } = scratch;
        matches.clear();
        let known = origins.len() <= self.options().max_input_chars_per_word
            && self
                .wordpiece()
                .split(word, |found| matches.push((found.id, found.end)));
        if !known {
            matches.clear();
            matches.push((self.vocab().special().unk, word.len()));
        }
        let (mut start, mut first) = (0, 0);
        for &(id, end) in &*matches {
            let next = first + count_chars(&word[start..end]);
            tokens.push(Token {
                id,
                start: position.chars + origins[first] as u32,
                end: position.chars + origins[next - 1] as u32 + 1,
                word: position.words,
            });
            (start, first) = (end, next);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::{Direction, TokenizerOptions};
    use crate::tokenizer::truncation::TruncationStrategy;
    use crate::tokenizer::vocabulary::Vocab;

    const LINES: &str =
        "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\na\n##b\n.\n[\n]\nmask\nc\nd\ne";

    fn tokenizer() -> Tokenizer {
        let vocab = Vocab::from_lines(LINES).unwrap();
        Tokenizer::new(vocab, TokenizerOptions::default()).unwrap()
    }

    fn encode(text: &str, pair: Option<&str>, options: &EncodeOptions) -> Encoding {
        tokenizer().encode(text, pair, options).unwrap()
    }

    fn tokens(encoding: &Encoding) -> String {
        let tokenizer = tokenizer();
        let token = |id| tokenizer.token(id).unwrap().to_owned();
        let matches: Vec<String> = encoding.ids().into_iter().map(token).collect();
        matches.join(" ")
    }

    #[test]
    fn a_pair_has_offsets_words_and_types() {
        let encoding = encode(
            "a\u{301}b[MASK]a",
            Some("é unaff"),
            &EncodeOptions::default(),
        );
        assert_eq!(
            tokens(&encoding),
            "[CLS] a ##b [MASK] a [SEP] e un ##aff [SEP]"
        );
        assert_eq!(encoding.type_ids(), [0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
        assert_eq!(
            encoding.special_tokens_mask(),
            [1, 0, 0, 0, 0, 1, 0, 0, 0, 1]
        );
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
        assert_eq!(encoding.offsets(), offsets);
        let words: Vec<_> = encoding.word_ids().into_iter().flatten().collect();
        assert_eq!(words, [0, 0, 1, 2, 0, 1, 1]);
    }

    #[test]
    fn ascii_beside_other_characters_is_encoded_as_alone() {
        let mixed = encode(
            "un. Unaffé AB\u{b}b \u{301} c\té é.é d.",
            None,
            &EncodeOptions::default(),
        );
        assert_eq!(
            tokens(&mixed),
            "[CLS] un . [UNK] a ##b ##b c e e . e d . [SEP]"
        );
        assert_eq!(
            mixed.offsets()[4..8],
            [(11, 12), (12, 13), (14, 15), (18, 19)]
        );
    }

    #[test]
    fn parts_of_a_pair_overflow_each_with_each() {
        let truncation =
            Truncation::new(5, TruncationStrategy::LongestFirst, 0, Direction::Right).unwrap();
        let options = EncodeOptions {
            truncation: Some(truncation),
            padding: Some(Padding::new(Some(6), None, Direction::Left).unwrap()),
            ..EncodeOptions::default()
        };
        let encoding = encode("a c", Some("d e"), &options);
        assert_eq!(tokens(&encoding), "[PAD] [CLS] a [SEP] d [SEP]");
        let overflowing: Vec<String> = encoding.overflowing().iter().map(tokens).collect();
        assert_eq!(
            overflowing,
            [
                "[PAD] [CLS] c [SEP] d [SEP]",
                "[PAD] [CLS] c [SEP] e [SEP]",
                "[PAD] [CLS] a [SEP] e [SEP]"
            ]
        );
        let nested = |index: usize| tokens(&encoding.overflowing()[index].overflowing()[0]);
        assert_eq!(nested(0), "[PAD] [CLS] c [SEP] e [SEP]");
        assert_eq!(nested(2), "[PAD] [CLS] c [SEP] e [SEP]");
        assert_eq!(encoding.token_to_sequence(4), Some(1));
        assert_eq!(encoding.sequence_ids()[2..], [Some(0), None, Some(1), None]);
    }
}
