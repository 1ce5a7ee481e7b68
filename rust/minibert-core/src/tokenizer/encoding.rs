//! The encoding of a text or a pair: token ids, and where each token comes from.

use std::ops::Range;

use super::truncation::Parts;
use crate::options::Direction;

/// A token of an encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token {
    pub(crate) id: u32,
    /// The range of characters of its text that it comes from.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// The index of its word in its text, or [`NO_WORD`].
    pub(crate) word: u32,
}

/// Instead of the word of an added special token. No text has so many words.
pub(crate) const NO_WORD: u32 = u32::MAX;

impl Token {
    /// An added special token.
    pub(crate) fn special(id: u32) -> Self {
        Self {
            id,
            start: 0,
            end: 0,
            word: NO_WORD,
        }
    }

    fn word(self) -> Option<u32> {
        (self.word != NO_WORD).then_some(self.word)
    }

    fn offsets(self) -> (u32, u32) {
        (self.start, self.end)
    }
}

/// The special tokens that are added around texts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Frame {
    pub cls: u32,
    pub sep: u32,
}

/// The `[PAD]` tokens before and after the tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pads {
    pub id: u32,
    pub left: u32,
    pub right: u32,
}

/// A text, or a pair of texts, as BERT reads it: `[CLS] text [SEP] pair [SEP]`, padded.
///
/// All its lists have the same length. Only ids, offsets and words are stored; type ids, masks and
/// sequence ids follow from the lengths of the two texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoding {
    pub(crate) tokens: Box<[Token]>,
    /// Whether special tokens were added.
    pub(crate) framed: bool,
    /// The number of tokens of the first text, without the added special tokens.
    pub(crate) first: u32,
    pub(crate) second: Option<u32>,
    pub(crate) pads: Pads,
    pub(crate) overflowing: Vec<Encoding>,
}

impl Encoding {
    pub(crate) fn new(first: &[Token], second: Option<&[Token]>, frame: Option<Frame>) -> Self {
        let added = frame.map_or(0, |_| 2 + usize::from(second.is_some()));
        let len = first.len() + second.map_or(0, <[Token]>::len) + added;
        let mut tokens = Vec::with_capacity(len);
        tokens.extend(frame.map(|frame| Token::special(frame.cls)));
        tokens.extend_from_slice(first);
        tokens.extend(frame.map(|frame| Token::special(frame.sep)));
        if let Some(second) = second {
            tokens.extend_from_slice(second);
            tokens.extend(frame.map(|frame| Token::special(frame.sep)));
        }
        Self {
            tokens: tokens.into_boxed_slice(),
            framed: frame.is_some(),
            first: first.len() as u32,
            second: second.map(|second| second.len() as u32),
            pads: Pads::default(),
            overflowing: Vec::new(),
        }
    }

    /// The encoding of a text in parts: the first part, with the others as its overflowing parts.
    pub(crate) fn of_parted(text: &[Token], parts: &Parts, frame: Option<Frame>) -> Self {
        let of = |part: &Range<usize>| Self::new(&text[part.clone()], None, frame);
        let mut encoding = of(&parts[0]);
        encoding.overflowing = parts[1..].iter().map(of).collect();
        encoding
    }

    /// The encoding of a pair in parts. Every part of one text overflows with every part of the other,
    /// some twice: in the order of the reference, which merges texts one after the other, and with the
    /// same overflowing parts of their own.
    pub(crate) fn of_parted_pair(
        first: &[Token],
        first_parts: &Parts,
        second: &[Token],
        second_parts: &Parts,
        frame: Option<Frame>,
    ) -> Self {
        let of = |one: usize, other: usize| {
            let (one, other) = (first_parts[one].clone(), second_parts[other].clone());
            Self::new(&first[one], Some(&second[other]), frame)
        };
        let mut encoding = of(0, 0);
        for one in 1..first_parts.len() {
            let rest = || (1..second_parts.len()).map(|other| of(one, other));
            let mut part = of(one, 0);
            part.overflowing = rest().collect();
            encoding.overflowing.push(part);
            encoding.overflowing.extend(rest());
        }
        for other in 1..second_parts.len() {
            let mut part = of(0, other);
            part.overflowing = (1..first_parts.len()).map(|one| of(one, other)).collect();
            encoding.overflowing.push(part);
        }
        encoding
    }

    pub(crate) fn pad(&mut self, length: usize, id: u32, direction: Direction) {
        for part in &mut self.overflowing {
            part.pad(length, id, direction);
        }
        let missing = length.saturating_sub(self.len()) as u32;
        if missing > 0 {
            self.pads.id = id;
            match direction {
                Direction::Left => self.pads.left += missing,
                Direction::Right => self.pads.right += missing,
            }
        }
    }

    pub fn len(&self) -> usize {
        self.pads.left as usize + self.tokens.len() + self.pads.right as usize
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The parts that were cut off; for a pair, each part of one text with each part of the other.
    pub fn overflowing(&self) -> &[Encoding] {
        &self.overflowing
    }

    /// The number of texts: 1, or 2 for a pair.
    pub fn n_sequences(&self) -> usize {
        1 + usize::from(self.second.is_some())
    }

    pub fn ids(&self) -> Vec<u32> {
        self.each(self.pads.id, |_, token| token.id)
    }

    /// 1 for the second text and its `[SEP]`, else 0.
    pub fn type_ids(&self) -> Vec<u32> {
        let second = self.second_start();
        self.each(0, |index, _| u32::from(index >= second))
    }

    /// The range of characters that each token comes from; (0, 0) for an added special token.
    pub fn offsets(&self) -> Vec<(u32, u32)> {
        self.each((0, 0), |_, token| token.offsets())
    }

    /// 0 for padding, else 1.
    pub fn attention_mask(&self) -> Vec<u32> {
        self.each(0, |_, _| 1)
    }

    /// 1 for padding and added special tokens, else 0 (also for a special token in the text).
    pub fn special_tokens_mask(&self) -> Vec<u32> {
        self.each(1, |_, token| u32::from(token.word().is_none()))
    }

    /// The index of each token's word in its text; `None` for padding and added special tokens.
    pub fn word_ids(&self) -> Vec<Option<u32>> {
        self.each(None, |_, token| token.word())
    }

    /// 0 for tokens of the first text, 1 for the second, `None` for padding and added special tokens.
    pub fn sequence_ids(&self) -> Vec<Option<u32>> {
        let second = self.second_start();
        self.each(None, |index, token| {
            token.word().map(|_| u32::from(index >= second))
        })
    }

    /// One value for each token, by its index in the unpadded encoding, and `pad` for each `[PAD]`.
    fn each<T: Copy>(&self, pad: T, value: impl Fn(usize, Token) -> T) -> Vec<T> {
        let mut values = Vec::with_capacity(self.len());
        values.resize(self.pads.left as usize, pad);
        let tokens = self.tokens.iter().enumerate();
        values.extend(tokens.map(|(index, &token)| value(index, token)));
        values.resize(self.len(), pad);
        values
    }

    /// The index of the first token of the second text, in the unpadded encoding; the length if there is
    /// no second text.
    fn second_start(&self) -> usize {
        self.second.map_or(self.tokens.len(), |second| {
            self.tokens.len() - usize::from(self.framed) - second as usize
        })
    }

    fn token(&self, index: usize) -> Option<Token> {
        let index = index.checked_sub(self.pads.left as usize)?;
        self.tokens.get(index).copied()
    }

    /// The tokens of a text; all tokens if there is no such text, as in the reference.
    fn sequence_range(&self, sequence: usize) -> Range<usize> {
        let framed = usize::from(self.framed);
        let left = self.pads.left as usize;
        match (sequence, self.second) {
            (0, _) => left + framed..left + framed + self.first as usize,
            (1, Some(second)) => {
                let start = left + self.second_start();
                start..start + second as usize
            }
            _ => 0..self.len(),
        }
    }

    /// The text that the token belongs to: 0 or 1.
    pub fn token_to_sequence(&self, token: usize) -> Option<usize> {
        (0..self.n_sequences()).find(|&sequence| self.sequence_range(sequence).contains(&token))
    }

    /// The characters that the token comes from.
    pub fn token_to_chars(&self, token: usize) -> Option<(u32, u32)> {
        self.token_to_sequence(token)?;
        self.token(token).map(Token::offsets)
    }

    /// The word that the token is part of.
    pub fn token_to_word(&self, token: usize) -> Option<u32> {
        self.token_to_sequence(token)?;
        self.token(token)?.word()
    }

    /// The first token that comes from the character, also if from others.
    pub fn char_to_token(&self, char: usize, sequence: usize) -> Option<usize> {
        let holds = |token: Token| token.start as usize <= char && char < token.end as usize;
        self.sequence_range(sequence)
            .find(|&index| self.token(index).is_some_and(holds))
    }

    /// The word that the character is part of.
    pub fn char_to_word(&self, char: usize, sequence: usize) -> Option<u32> {
        self.token_to_word(self.char_to_token(char, sequence)?)
    }

    /// The tokens of a word: the first, and the one after the last.
    pub fn word_to_tokens(&self, word: u32, sequence: usize) -> Option<(usize, usize)> {
        let word_of = |index| self.token(index).and_then(Token::word);
        let mut of_word = self
            .sequence_range(sequence)
            .take_while(|&index| word_of(index) <= Some(word))
            .filter(|&index| word_of(index) == Some(word));
        let first = of_word.next()?;
        Some((first, of_word.last().unwrap_or(first) + 1))
    }

    /// The characters of a word.
    pub fn word_to_chars(&self, word: u32, sequence: usize) -> Option<(u32, u32)> {
        let (first, end) = self.word_to_tokens(word, sequence)?;
        Some((self.token(first)?.start, self.token(end - 1)?.end))
    }
}
