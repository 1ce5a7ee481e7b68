//! `WordPiece`: from a word to the ids of its tokens, the longest match first, from left to right.

use super::trie::Trie;
use super::vocabulary::{CONTINUATION, Vocab};
use crate::parallel;

/// A token that was found in a word: its id, and where it ends in bytes of the word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match {
    pub id: u32,
    pub end: usize,
}

/// The tokens of a vocabulary in two tries: those that begin a word, and those that continue one.
///
/// Tokens are matched as bytes. A token is valid UTF-8, so a match that begins at a character also ends
/// at one.
#[derive(Clone, Debug)]
pub struct WordPiece {
    initial: Trie,
    continuing: Trie,
}

impl WordPiece {
    pub fn new(vocab: &Vocab) -> Self {
        Self::new_with(vocab, || ()).0
    }

    /// Builds the tries of a vocabulary and, on another thread, `other`: most tokens begin a word, so
    /// one of the two threads has time left.
    pub fn new_with<R>(vocab: &Vocab, other: impl FnOnce() -> R) -> (Self, R) {
        let (initial, (continuing, made)) = parallel::both(
            || {
                let tokens = vocab.lines().map(str::as_bytes).zip(0..);
                // No word begins with `##`: a number sign is a separate word.
                let initial =
                    tokens.filter(|(token, _)| !token.starts_with(CONTINUATION.as_bytes()));
                Trie::new(initial, |id| vocab.line(id).as_bytes())
            },
            || {
                let tokens = vocab.lines().zip(0..);
                let continuing = tokens.filter_map(|(token, id)| {
                    Some((token.strip_prefix(CONTINUATION)?.as_bytes(), id))
                });
                let rest = |id| &vocab.line(id).as_bytes()[CONTINUATION.len()..];
                (Trie::new(continuing, rest), other())
            },
        );
        let tokens = Self {
            initial,
            continuing,
        };
        (tokens, made)
    }

    /// The id of a token; if it is listed twice, the later one.
    pub fn id(&self, token: &str) -> Option<u32> {
        match token.strip_prefix(CONTINUATION) {
            Some(rest) => self.continuing.get(rest.as_bytes()),
            None => self.initial.get(token.as_bytes()),
        }
    }

    /// Calls `found` with each token of the word. If it returns `false`, the word cannot be split into
    /// tokens, and what `found` received must be discarded.
    pub fn split(&self, word: &[u8], mut found: impl FnMut(Match)) -> bool {
        let mut start = 0;
        let mut trie = &self.initial;
        while start < word.len() {
            let Some((id, len)) = trie.longest(&word[start..]) else {
                return false;
            };
            start += len;
            found(Match { id, end: start });
            trie = &self.continuing;
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(word: &str) -> Option<Vec<(u32, usize)>> {
        let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nun\n##aff\n##able\n##a\né\n##é";
        let tokens = WordPiece::new(&Vocab::from_lines(lines).unwrap());
        let mut found = Vec::new();
        tokens
            .split(word.as_bytes(), |token| found.push((token.id, token.end)))
            .then_some(found)
    }

    #[test]
    fn the_longest_token_is_taken_first() {
        assert_eq!(split("unaffable"), Some(vec![(5, 2), (6, 5), (7, 9)]));
        assert_eq!(split("éa"), Some(vec![(9, 2), (8, 3)]));
    }

    #[test]
    fn a_token_that_is_there_twice_has_the_later_id() {
        let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\n##b\n##\na\n\n##b\nc\n\n##\n";
        let tokens = WordPiece::new(&Vocab::from_lines(lines).unwrap());
        let ids = ["[PAD]", "a", "##b", "", "##", "c", "##a", "b"].map(|token| tokens.id(token));
        let expected = [Some(0), Some(8), Some(10), Some(12), Some(13), Some(11)];
        assert_eq!(ids[..6], expected);
        assert_eq!(ids[6..], [None, None]);
        let mut found = Vec::new();
        assert!(tokens.split(b"ab", |token| found.push(token.id)));
        assert_eq!(found, [8, 10]);
    }

    #[test]
    fn a_word_with_an_unknown_end_has_no_tokens() {
        assert_eq!(split("unaffabled"), None);
        assert_eq!(split("able"), None);
        assert_eq!(split("unè"), None);
    }
}
