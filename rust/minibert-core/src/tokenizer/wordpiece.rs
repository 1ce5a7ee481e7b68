//! From a word to the ids of its pieces: the longest piece first, from left to right.

use super::trie::Trie;
use super::vocabulary::{CONTINUATION, Vocab};
use crate::parallel;

/// A piece found in a word: its id and its end, in bytes of the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub id: u32,
    pub end: usize,
}

/// The pieces of a vocabulary, ready to be matched.
///
/// Pieces are matched as bytes: a piece is whole UTF-8, so that one which matches from a character's
/// first byte on also ends with a character.
#[derive(Clone, Debug)]
pub struct WordPiece {
    initial: Trie,
    continuing: Trie,
}

impl WordPiece {
    pub fn new(vocab: &Vocab) -> Self {
        Self::new_beside(vocab, || ()).0
    }

    /// Those of a vocabulary, and what `other` makes meanwhile, on two threads: most pieces begin a
    /// word, so that one thread is free for more.
    pub fn new_beside<R>(vocab: &Vocab, other: impl FnOnce() -> R) -> (Self, R) {
        let (initial, (continuing, made)) = parallel::both(
            || {
                let pieces = vocab.lines().map(str::as_bytes).zip(0..);
                // No word begins with `##`: a number sign is a word of its own.
                let initial =
                    pieces.filter(|(piece, _)| !piece.starts_with(CONTINUATION.as_bytes()));
                Trie::new(initial, |id| vocab.line(id).as_bytes())
            },
            || {
                let pieces = vocab.lines().zip(0..);
                let continuing = pieces.filter_map(|(piece, id)| {
                    Some((piece.strip_prefix(CONTINUATION)?.as_bytes(), id))
                });
                let rest = |id| &vocab.line(id).as_bytes()[CONTINUATION.len()..];
                (Trie::new(continuing, rest), other())
            },
        );
        let pieces = Self {
            initial,
            continuing,
        };
        (pieces, made)
    }

    /// The id of a piece: of those that are there twice, the later one.
    pub fn id(&self, piece: &str) -> Option<u32> {
        match piece.strip_prefix(CONTINUATION) {
            Some(rest) => self.continuing.get(rest.as_bytes()),
            None => self.initial.get(piece.as_bytes()),
        }
    }

    /// Calls `found` with each piece of the word. `false`: the word cannot be made of pieces, and what
    /// `found` was given of it does not count.
    pub fn split(&self, word: &[u8], mut found: impl FnMut(Match)) -> bool {
        let mut start = 0;
        let mut pieces = &self.initial;
        while start < word.len() {
            let Some((id, len)) = pieces.longest(&word[start..]) else {
                return false;
            };
            start += len;
            found(Match { id, end: start });
            pieces = &self.continuing;
        }
        true
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
    fn a_piece_that_is_there_twice_has_the_later_id() {
        let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n##\na\n\n##b\nc\n\n##\n";
        let pieces = WordPiece::new(&Vocab::from_lines(lines).unwrap());
        let ids = ["[PAD]", "a", "##b", "", "##", "c", "##a", "b"].map(|piece| pieces.id(piece));
        let expected = [Some(0), Some(8), Some(10), Some(12), Some(13), Some(11)];
        assert_eq!(ids[..6], expected);
        assert_eq!(ids[6..], [None, None]);
        let mut found = Vec::new();
        assert!(pieces.split(b"ab", |piece| found.push(piece.id)));
        assert_eq!(found, [8, 10]);
    }

    #[test]
    fn a_word_with_an_unknown_end_has_no_pieces() {
        assert_eq!(split("unaffabled"), None);
        assert_eq!(split("able"), None);
        assert_eq!(split("unè"), None);
    }
}
