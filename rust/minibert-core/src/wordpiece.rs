//! From a word to the ids of its pieces: the longest piece first, from left to right.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::vocab::{CONTINUATION, Vocab};

/// A piece found in a word: its id and its end, in bytes of the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub id: u32,
    pub end: usize,
}

/// The pieces of a vocabulary, ready to be matched.
///
/// Pieces are looked up as bytes: a piece is whole UTF-8, so that one which matches from a character's
/// first byte on also ends with a character.
#[derive(Clone, Debug)]
pub struct WordPiece {
    initial: Matcher,
    continuing: Matcher,
}

impl WordPiece {
    pub fn new(vocab: &Vocab) -> Self {
        let mut initial = Matcher::default();
        let mut continuing = Matcher::default();
        for (piece, id) in vocab.iter() {
            initial.insert(piece, id);
            if let Some(rest) = piece.strip_prefix(CONTINUATION) {
                continuing.insert(rest, id);
            }
        }
        Self {
            initial,
            continuing,
        }
    }

    /// Calls `found` with each piece of the word. `false`: the word cannot be made of pieces, and what
    /// `found` was given of it does not count.
    pub fn split(&self, word: &[u8], mut found: impl FnMut(Match)) -> bool {
        let mut start = 0;
        let mut matcher = &self.initial;
        while start < word.len() {
            let Some((id, len)) = matcher.longest(&word[start..]) else {
                return false;
            };
            start += len;
            found(Match { id, end: start });
            matcher = &self.continuing;
        }
        true
    }
}

/// Finds the longest piece at the start of some bytes. No probe is longer than the longest piece, so
/// that the time for a word is linear in its length, whatever the word.
#[derive(Clone, Debug, Default)]
struct Matcher {
    ids: HashMap<Box<[u8]>, u32, FixedState>,
    /// `lengths[n]`: whether a piece is n bytes long.
    lengths: Vec<bool>,
}

impl Matcher {
    fn insert(&mut self, piece: &str, id: u32) {
        if piece.is_empty() {
            return;
        }
        if self.lengths.len() <= piece.len() {
            self.lengths.resize(piece.len() + 1, false);
        }
        self.lengths[piece.len()] = true;
        self.ids.insert(piece.as_bytes().into(), id);
    }

    fn longest(&self, bytes: &[u8]) -> Option<(u32, usize)> {
        let longest = bytes.len().min(self.lengths.len().saturating_sub(1));
        (1..=longest)
            .rev()
            .filter(|&len| self.lengths[len])
            .find_map(|len| {
                let id = self.ids.get(&bytes[..len])?;
                Some((*id, len))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(word: &str) -> Option<Vec<(u32, usize)>> {
        let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\n##a\né\n##é";
        let pieces = WordPiece::new(&Vocab::from_lines(lines).unwrap());
        let mut found = Vec::new();
        pieces
            .split(word.as_bytes(), |piece| found.push((piece.id, piece.end)))
            .then_some(found)
    }

    #[test]
    fn the_longest_piece_is_taken_first() {
        assert_eq!(split("unaffable"), Some(vec![(5, 2), (6, 5), (7, 9)]));
        assert_eq!(split("éa"), Some(vec![(9, 2), (8, 3)]));
    }

    #[test]
    fn a_word_with_an_unknown_end_has_no_pieces() {
        assert_eq!(split("unaffabled"), None);
        assert_eq!(split("able"), None);
        assert_eq!(split("unè"), None);
    }
}
