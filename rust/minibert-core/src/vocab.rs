//! The pieces of a vocabulary and their ids.

use std::path::Path;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

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

pub(crate) type PieceIds = HashMap<Box<str>, u32, FixedState>;

/// The ids of the pieces that BERT gives a meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SpecialIds {
    pub pad: u32,
    pub unk: u32,
    pub cls: u32,
    pub sep: u32,
    pub mask: u32,
}

impl SpecialIds {
    pub fn contains(&self, id: u32) -> bool {
        [self.pad, self.unk, self.cls, self.sep, self.mask].contains(&id)
    }
}

/// Pieces by id and ids by piece. A piece that is listed twice has the later id, as in the reference,
/// and the earlier id has no piece.
#[derive(Clone, Debug)]
pub struct Vocab {
    pieces: Vec<Option<Box<str>>>,
    ids: PieceIds,
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
        Self::from_pieces(
            text.lines()
                .map(|line| line.trim_end().to_owned())
                .collect(),
        )
    }

    /// The pieces, each with its index as its id.
    pub fn from_pieces(pieces: Vec<String>) -> Result<Self> {
        if pieces.len() > MAX_LEN {
            return Err(Error::Vocabulary(format!(
                "the vocabulary has {} pieces; at most {MAX_LEN} can be used",
                pieces.len()
            )));
        }
        let mut ids = PieceIds::with_capacity_and_hasher(pieces.len(), FixedState::default());
        let mut by_id: Vec<Option<Box<str>>> = Vec::with_capacity(pieces.len());
        for (id, piece) in pieces.into_iter().enumerate() {
            if piece.contains('\n') {
                return Err(Error::Vocabulary(format!(
                    "the piece {piece:?} of id {id} holds a line break, which no word does; take it out"
                )));
            }
            let piece = piece.into_boxed_str();
            if let Some(earlier) = ids.insert(piece.clone(), id as u32) {
                by_id[earlier as usize] = None;
            }
            by_id.push(Some(piece));
        }
        let special = special_ids(&ids)?;
        Ok(Self {
            pieces: by_id,
            ids,
            special,
        })
    }

    /// The number of ids: one more than the largest.
    pub fn len(&self) -> usize {
        self.pieces.len()
    }

    pub fn is_empty(&self) -> bool {
        self.pieces.is_empty()
    }

    pub fn id(&self, piece: &str) -> Option<u32> {
        self.ids.get(piece).copied()
    }

    pub fn piece(&self, id: u32) -> Option<&str> {
        self.pieces.get(id as usize)?.as_deref()
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
        let pieces = self.pieces.iter().enumerate();
        pieces.filter_map(|(id, piece)| Some((piece.as_deref()?, id as u32)))
    }

    /// One piece for each id, so that [`Self::from_pieces`] makes the same vocabulary again: an id
    /// without a piece gets the next piece, whose later id wins.
    pub fn lines(&self) -> Vec<&str> {
        let mut lines = Vec::with_capacity(self.len());
        let mut next = "";
        for piece in self.pieces.iter().rev() {
            next = piece.as_deref().unwrap_or(next);
            lines.push(next);
        }
        lines.reverse();
        lines
    }
}

fn special_ids(ids: &PieceIds) -> Result<SpecialIds> {
    let id = |piece: &str| {
        ids.get(piece).copied().ok_or_else(|| {
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
        let pieces = vocab.lines().into_iter().map(str::to_owned).collect();
        let again = Vocab::from_pieces(pieces).unwrap();
        assert!(vocab.iter().eq(again.iter()));
    }

    #[test]
    fn a_piece_with_a_line_break_is_refused() {
        let error = Vocab::from_pieces(vec!["a\nb".to_owned()])
            .unwrap_err()
            .to_string();
        assert!(error.contains(r#""a\nb" of id 0"#), "{error}");
    }

    #[test]
    fn a_missing_special_piece_is_named() {
        let error = Vocab::from_lines("[PAD]\n[UNK]\n[CLS]\n[SEP]\n")
            .unwrap_err()
            .to_string();
        assert!(error.contains("has no [MASK]"), "{error}");
    }
}
