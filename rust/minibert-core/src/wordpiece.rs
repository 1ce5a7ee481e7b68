//! From a word to the ids of its pieces: the longest piece first, from left to right.

use crate::trie::{Builder, State, Trie};
use crate::vocab::{CONTINUATION, Vocab};

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
    trie: Trie,
    initial: State,
    continuing: State,
}

impl WordPiece {
    pub fn new(vocab: &Vocab) -> Self {
        let mut initial = Vec::with_capacity(vocab.len());
        let mut continuing = Vec::new();
        for (piece, id) in vocab.iter() {
            // No word begins with `##`: a number sign is a word of its own.
            match piece.strip_prefix(CONTINUATION) {
                Some(rest) => continuing.push(Sortable::new(rest, id)),
                None => initial.push(Sortable::new(piece, id)),
            }
        }
        let mut builder = Builder::new();
        let [initial, continuing] = [initial, continuing].map(|mut pieces| {
            pieces.sort_unstable();
            let sorted: Vec<_> = pieces.iter().map(|piece| (piece.text, piece.id)).collect();
            builder.add(&sorted)
        });
        Self {
            trie: builder.build(),
            initial,
            continuing,
        }
    }

    /// Calls `found` with each piece of the word. `false`: the word cannot be made of pieces, and what
    /// `found` was given of it does not count.
    pub fn split(&self, word: &[u8], mut found: impl FnMut(Match)) -> bool {
        let mut start = 0;
        let mut state = self.initial;
        while start < word.len() {
            let Some((id, len)) = self.trie.longest(state, &word[start..]) else {
                return false;
            };
            start += len;
            found(Match { id, end: start });
            state = self.continuing;
        }
        true
    }
}

/// A piece, to be sorted by its bytes: most are told apart by the first eight.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Sortable<'v> {
    beginning: u64,
    text: &'v [u8],
    id: u32,
}

impl<'v> Sortable<'v> {
    fn new(text: &'v str, id: u32) -> Self {
        let text = text.as_bytes();
        let mut beginning = [0; 8];
        let len = text.len().min(beginning.len());
        beginning[..len].copy_from_slice(&text[..len]);
        Self {
            beginning: u64::from_be_bytes(beginning),
            text,
            id,
        }
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
