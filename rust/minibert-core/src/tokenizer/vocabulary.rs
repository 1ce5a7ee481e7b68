//! The tokens of a vocabulary and their ids.

use std::path::Path;

use super::trie::Trie;
use crate::error::VocabularyError;
use crate::{Error, Result};

/// The prefix of a token that continues a word.
pub const CONTINUATION: &str = "##";

pub const PAD: &str = "[PAD]";
pub const UNK: &str = "[UNK]";
pub const CLS: &str = "[CLS]";
pub const SEP: &str = "[SEP]";
pub const MASK: &str = "[MASK]";

/// The special tokens, in their order at the beginning of a trained vocabulary.
pub const SPECIAL_TOKENS: [&str; 5] = [PAD, UNK, CLS, SEP, MASK];

/// The maximum number of ids: ten times that of the largest vocabularies in use.
const MAX_LEN: usize = Trie::MAX_VALUE as usize + 1;

/// The ids of BERT's special tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpecialIds {
    pub pad: u32,
    pub unk: u32,
    pub cls: u32,
    pub sep: u32,
    pub mask: u32,
}

impl SpecialIds {
    /// All of them, in the order of [`SPECIAL_TOKENS`].
    pub fn all(&self) -> [u32; 5] {
        [self.pad, self.unk, self.cls, self.sep, self.mask]
    }

    pub fn contains(&self, id: u32) -> bool {
        self.all().contains(&id)
    }
}

/// The lines of a `vocab.txt`: one token per id. A token that is listed twice has the later id, as in
/// the reference, and the earlier id has no token (see `WordPiece`).
#[derive(Clone, Debug)]
pub struct Vocab {
    /// The lines, end to end.
    text: String,
    /// Where the line of each id ends in the text.
    ends: Vec<u32>,
    special: SpecialIds,
}

impl Vocab {
    /// Reads a `vocab.txt` with one token per line; trailing white space is not part of a token.
    pub fn from_file(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|source| Error::io(path, source))?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            let error = VocabularyError::InvalidUtf8 {
                offset: error.valid_up_to(),
            };
            Error::from(error).within(path.display().to_string())
        })?;
        Self::from_lines(text).map_err(|error| match error {
            Error::Vocabulary(_) => error.within(path.display().to_string()),
            other => other,
        })
    }

    /// Reads the text of a `vocab.txt`.
    pub fn from_lines(text: &str) -> Result<Self> {
        let breaks = || memchr::memchr_iter(b'\n', text.as_bytes());
        let last = (!text.ends_with('\n')).then_some(text.len());
        let mut start = 0;
        let lines = breaks().chain(last).map(|end| {
            let line = &text[start..end];
            start = end + 1;
            line.trim_end()
        });
        Self::made(lines, breaks().count() + 1)
    }

    /// A vocabulary of tokens; the index of each is its id.
    pub fn from_tokens<S: AsRef<str>>(tokens: impl IntoIterator<Item = S>) -> Result<Self> {
        let tokens = tokens.into_iter();
        let expected = tokens.size_hint().0;
        let vocab = Self::made(tokens, expected)?;
        match memchr::memchr(b'\n', vocab.text.as_bytes()) {
            Some(place) => Err(vocab.line_break(place)),
            None => Ok(vocab),
        }
    }

    fn line_break(&self, place: usize) -> Error {
        let id = self.ends.partition_point(|&end| end as usize <= place) as u32;
        let token = self.line(id).to_owned();
        VocabularyError::LineBreak { token, id }.into()
    }

    fn made<S: AsRef<str>>(mut tokens: impl Iterator<Item = S>, expected: usize) -> Result<Self> {
        let mut vocab = Self {
            text: String::with_capacity(8 * expected),
            ends: Vec::with_capacity(expected),
            special: SpecialIds::default(),
        };
        let mut special = [None; SPECIAL_TOKENS.len()];
        tokens.try_for_each(|token| {
            let token = token.as_ref();
            if token.starts_with('[')
                && let Some(index) = SPECIAL_TOKENS.iter().position(|&special| special == token)
            {
                special[index] = Some(vocab.ends.len() as u32);
            }
            vocab.push(token)
        })?;
        vocab.special = special_ids(special)?;
        Ok(vocab)
    }

    fn push(&mut self, token: &str) -> Result<()> {
        if self.ends.len() == MAX_LEN {
            return Err(VocabularyError::TooManyTokens { limit: MAX_LEN }.into());
        }
        self.text.push_str(token);
        let end = u32::try_from(self.text.len()).map_err(|_| VocabularyError::TooLong {})?;
        self.ends.push(end);
        Ok(())
    }

    /// The number of ids: one more than the largest.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The line of an id, which is less than [`Self::len`].
    pub fn line(&self, id: u32) -> &str {
        let id = id as usize;
        let start = id.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start as usize..self.ends[id] as usize]
    }

    /// The lines of all ids.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        (0..self.len() as u32).map(|id| self.line(id))
    }

    pub fn special(&self) -> SpecialIds {
        self.special
    }
}

/// The ids of the special tokens, if all are present.
fn special_ids(ids: [Option<u32>; SPECIAL_TOKENS.len()]) -> Result<SpecialIds> {
    let id = |index: usize| {
        ids[index].ok_or_else(|| VocabularyError::NoSpecialToken {
            token: SPECIAL_TOKENS[index],
            needed: SPECIAL_TOKENS.join(", "),
        })
    };
    Ok(SpecialIds {
        pad: id(0)?,
        unk: id(1)?,
        cls: id(2)?,
        sep: id(3)?,
        mask: id(4)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\r\n##b  \n";

    #[test]
    fn a_token_is_a_line_without_the_white_space_at_its_end() {
        let vocab = Vocab::from_lines(LINES).unwrap();
        assert_eq!(vocab.len(), 7);
        assert_eq!((vocab.line(5), vocab.line(6)), ("a", "##b"));
        assert_eq!(
            vocab.special(),
            SpecialIds {
                pad: 0,
                unk: 1,
                cls: 2,
                sep: 3,
                mask: 4
            }
        );
    }

    #[test]
    fn a_special_token_that_is_there_twice_has_the_later_id() {
        let vocab = Vocab::from_lines(&format!("{LINES}[UNK]\n")).unwrap();
        assert_eq!(vocab.special().unk, 7);
    }

    #[test]
    fn a_token_with_a_line_break_is_refused() {
        let error = Vocab::from_tokens(SPECIAL_TOKENS.iter().chain(&["a\nb", "c"]))
            .unwrap_err()
            .to_string();
        assert!(error.contains(r#""a\nb" of id 5"#), "{error}");
    }

    #[test]
    fn a_missing_special_token_is_named() {
        let error = Vocab::from_lines("[PAD]\n[UNK]\n[CLS]\n[SEP]\n")
            .unwrap_err()
            .to_string();
        assert!(error.contains("has no [MASK]"), "{error}");
    }
}
