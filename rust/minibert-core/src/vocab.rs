//! The pieces of a vocabulary and their ids.

use std::hash::BuildHasher;
use std::path::Path;

use foldhash::fast::FixedState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

use crate::trie::Trie;
use crate::{Error, Result};

/// What a piece that continues a word begins with.
pub const CONTINUATION: &str = "##";

pub const PAD: &str = "[PAD]";
pub const UNK: &str = "[UNK]";
pub const CLS: &str = "[CLS]";
pub const SEP: &str = "[SEP]";
pub const MASK: &str = "[MASK]";

/// The special pieces, in the order in which a trained vocabulary begins with them.
pub const SPECIAL_PIECES: [&str; 5] = [PAD, UNK, CLS, SEP, MASK];

/// The largest number of ids: ten times as many as the largest vocabularies in use have.
const MAX_LEN: usize = Trie::MAX_VALUE as usize + 1;

/// The ids of the pieces that BERT gives a meaning.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpecialIds {
    pub pad: u32,
    pub unk: u32,
    pub cls: u32,
    pub sep: u32,
    pub mask: u32,
}

impl SpecialIds {
    /// All of them, in the order of [`SPECIAL_PIECES`].
    pub fn all(&self) -> [u32; 5] {
        [self.pad, self.unk, self.cls, self.sep, self.mask]
    }

    pub fn contains(&self, id: u32) -> bool {
        self.all().contains(&id)
    }
}

/// Pieces by id and ids by piece. A piece that is listed twice has the later id, as in the reference,
/// and the earlier id has no piece.
#[derive(Clone, Debug)]
pub struct Vocab {
    /// The pieces of all ids, end to end.
    text: String,
    /// Where the piece of each id ends in the text, and the next one begins.
    ends: Vec<u32>,
    /// Whether the piece of each id has no later one.
    is_last: Vec<bool>,
    /// The ids of the pieces, by hash.
    ids: HashTable<u32>,
    special: SpecialIds,
}

impl Vocab {
    /// Reads the lines of a `vocab.txt`, one piece a line; white space at the end is not part of it.
    pub fn from_file(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|source| Error::Io {
            path: path.to_path_buf(),
            source,
        })?;
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            Error::Vocabulary(format!(
                "{}: not UTF-8 at byte {}; a vocabulary is a text file with one piece a line",
                path.display(),
                error.valid_up_to()
            ))
        })?;
        Self::from_lines(text).map_err(|error| match error {
            Error::Vocabulary(message) => {
                Error::Vocabulary(format!("{}: {message}", path.display()))
            }
            other => other,
        })
    }

    /// The pieces of the text of a `vocab.txt`.
    pub fn from_lines(text: &str) -> Result<Self> {
        let lines = memchr::memchr_iter(b'\n', text.as_bytes()).count() + 1;
        Self::made(text.lines().map(str::trim_end), lines)
    }

    /// The pieces, each with its index as its id.
    pub fn from_pieces<S: AsRef<str>>(pieces: impl IntoIterator<Item = S>) -> Result<Self> {
        let pieces = pieces.into_iter();
        let expected = pieces.size_hint().0;
        let vocab = Self::made(pieces, expected)?;
        match memchr::memchr(b'\n', vocab.text.as_bytes()) {
            Some(place) => Err(vocab.line_break(place)),
            None => Ok(vocab),
        }
    }

    fn line_break(&self, place: usize) -> Error {
        let id = self.ends.partition_point(|&end| end as usize <= place) as u32;
        let piece = at(&self.text, &self.ends, id);
        Error::Vocabulary(format!(
            "the piece {piece:?} of id {id} holds a line break, which no word does; take it out"
        ))
    }

    fn made<S: AsRef<str>>(mut pieces: impl Iterator<Item = S>, expected: usize) -> Result<Self> {
        let mut vocab = Self {
            text: String::with_capacity(8 * expected),
            ends: Vec::with_capacity(expected),
            is_last: Vec::with_capacity(expected),
            ids: HashTable::with_capacity(expected),
            special: SpecialIds::default(),
        };
        pieces.try_for_each(|piece| vocab.push(piece.as_ref()))?;
        vocab.special = vocab.find_special()?;
        Ok(vocab)
    }

    fn push(&mut self, piece: &str) -> Result<()> {
        let id = self.ends.len();
        if id == MAX_LEN {
            return Err(Error::Vocabulary(format!(
                "the vocabulary has more than {MAX_LEN} pieces, which is as many as can be used"
            )));
        }
        self.text.push_str(piece);
        let end = u32::try_from(self.text.len()).map_err(|_| {
            Error::Vocabulary(
                "the pieces of the vocabulary are longer than 4 GB together".to_owned(),
            )
        })?;
        self.ends.push(end);
        self.is_last.push(true);
        let Self {
            text,
            ends,
            is_last,
            ids,
            ..
        } = self;
        let same = |&id: &u32| at(text, ends, id) == piece;
        match ids.entry(hash(piece), same, |&id| hash(at(text, ends, id))) {
            Entry::Occupied(mut earlier) => {
                is_last[*earlier.get() as usize] = false;
                *earlier.get_mut() = id as u32;
            }
            Entry::Vacant(free) => {
                free.insert(id as u32);
            }
        }
        Ok(())
    }

    fn find_special(&self) -> Result<SpecialIds> {
        let id = |piece: &str| {
            self.id(piece).ok_or_else(|| {
                Error::Vocabulary(format!(
                    "the vocabulary has no {piece}; BERT needs {}",
                    SPECIAL_PIECES.join(", ")
                ))
            })
        };
        Ok(SpecialIds {
            pad: id(PAD)?,
            unk: id(UNK)?,
            cls: id(CLS)?,
            sep: id(SEP)?,
            mask: id(MASK)?,
        })
    }

    /// The number of ids: one more than the largest.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn id(&self, piece: &str) -> Option<u32> {
        let same = |&id: &u32| at(&self.text, &self.ends, id) == piece;
        self.ids.find(hash(piece), same).copied()
    }

    pub fn piece(&self, id: u32) -> Option<&str> {
        let is_last = *self.is_last.get(id as usize)?;
        is_last.then(|| at(&self.text, &self.ends, id))
    }

    /// Whether the piece continues a word, that is, begins with `##`.
    pub fn is_continuation(&self, id: u32) -> bool {
        self.piece(id)
            .is_some_and(|piece| piece.starts_with(CONTINUATION))
    }

    pub fn special(&self) -> SpecialIds {
        self.special
    }

    /// The pieces and their ids, by id.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u32)> {
        (0..self.len() as u32).filter_map(|id| Some((self.piece(id)?, id)))
    }

    /// The pieces that [`Self::from_pieces`] makes the same vocabulary of again: also those that a later
    /// one hides.
    pub fn lines(&self) -> Vec<&str> {
        let ids = 0..self.len() as u32;
        ids.map(|id| at(&self.text, &self.ends, id)).collect()
    }
}

/// The piece of an id.
fn at<'t>(text: &'t str, ends: &[u32], id: u32) -> &'t str {
    let id = id as usize;
    let start = id.checked_sub(1).map_or(0, |before| ends[before]);
    &text[start as usize..ends[id] as usize]
}

fn hash(piece: &str) -> u64 {
    FixedState::default().hash_one(piece)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINES: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\r\n##b  \n";

    #[test]
    fn a_piece_is_a_line_without_the_white_space_at_its_end() {
        let vocab = Vocab::from_lines(LINES).unwrap();
        assert_eq!(vocab.len(), 7);
        assert_eq!(vocab.id("a"), Some(5));
        assert_eq!(vocab.piece(6), Some("##b"));
        assert!(vocab.is_continuation(6) && !vocab.is_continuation(5));
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
    fn a_duplicate_takes_the_later_id_and_survives_a_round_trip() {
        let vocab = Vocab::from_lines(&format!("{LINES}a\nc\n")).unwrap();
        assert_eq!((vocab.id("a"), vocab.piece(5)), (Some(7), None));
        let again = Vocab::from_pieces(vocab.lines()).unwrap();
        assert!(vocab.iter().eq(again.iter()));
    }

    #[test]
    fn a_piece_with_a_line_break_is_refused() {
        let error = Vocab::from_pieces(SPECIAL_PIECES.iter().chain(&["a\nb", "c"]))
            .unwrap_err()
            .to_string();
        assert!(error.contains(r#""a\nb" of id 5"#), "{error}");
    }

    #[test]
    fn a_missing_special_piece_is_named() {
        let error = Vocab::from_lines("[PAD]\n[UNK]\n[CLS]\n[SEP]\n")
            .unwrap_err()
            .to_string();
        assert!(error.contains("has no [MASK]"), "{error}");
    }
}
