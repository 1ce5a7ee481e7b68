//! The tokens of a vocabulary in training, and the alphabet that it begins with.

use std::cmp::Reverse;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::options::TrainOptions;
use super::word_counts::WordTable;
use crate::Result;
use crate::error::VocabularyError;
use crate::normalizer::Normalizer;
use crate::pre_tokenizer::for_each_word;
use crate::tokenizer::vocabulary::CONTINUATION;

/// Tokens in the order of their ids.
#[derive(Default)]
pub(super) struct TokenList {
    list: Vec<String>,
    ids: HashMap<String, u32, FixedState>,
}

impl TokenList {
    /// The special tokens and the alphabet.
    pub fn beginning(
        words: &WordTable,
        normalizer: &Normalizer,
        options: &TrainOptions,
    ) -> Result<Self> {
        let mut tokens = Self::default();
        for special in &options.special_tokens {
            tokens.add(special.clone());
        }
        let specials = tokens.len();
        let alphabet = Alphabet::of(words, normalizer, options);
        for c in &alphabet.chars {
            tokens.add(c.to_string());
        }
        for c in &alphabet.continuing {
            tokens.add(format!("{CONTINUATION}{c}"));
        }
        if tokens.len() > options.vocab_size {
            return Err(VocabularyError::TooSmall {
                vocab_size: options.vocab_size,
                special_tokens: specials,
                characters: tokens.len() - specials,
                needed: tokens.len(),
            }
            .into());
        }
        Ok(tokens)
    }

    pub fn len(&self) -> usize {
        self.list.len()
    }

    pub fn id(&self, token: &str) -> Option<u32> {
        self.ids.get(token).copied()
    }

    /// The id of two joined tokens, which may exist already.
    pub fn add_joined(&mut self, first: u32, second: u32) -> u32 {
        let second = &self.list[second as usize];
        let second = second.strip_prefix(CONTINUATION).unwrap_or(second);
        self.add([&self.list[first as usize], second].concat())
    }

    pub fn into_list(self) -> Vec<String> {
        self.list
    }

    fn add(&mut self, token: String) -> u32 {
        if let Some(id) = self.id(&token) {
            return id;
        }
        let id = self.list.len() as u32;
        self.list.push(token.clone());
        self.ids.insert(token, id);
        id
    }
}

/// The characters that are kept, by code point.
struct Alphabet {
    chars: Vec<char>,
    /// Those that may follow the first character of a word.
    continuing: Vec<char>,
}

/// What is known of a character.
#[derive(Clone, Copy, Default)]
struct Use {
    count: u64,
    /// Whether it continues a word.
    continues: bool,
    /// Whether it is in the initial alphabet.
    asked_for: bool,
}

impl Alphabet {
    fn of(words: &WordTable, normalizer: &Normalizer, options: &TrainOptions) -> Self {
        let mut found = asked_for(normalizer, &options.initial_alphabet);
        for (word, count) in words.iter() {
            for (index, c) in String::from_utf8_lossy(word).chars().enumerate() {
                let found = found.entry(c).or_default();
                found.count += count;
                found.continues |= index > 0;
            }
        }
        let mut chars: Vec<_> = found.keys().copied().collect();
        chars.sort_unstable_by_key(|c| (!found[c].asked_for, Reverse(found[c].count), *c));
        let asked_for = found.values().filter(|found| found.asked_for).count();
        chars.truncate(options.limit_alphabet.unwrap_or(usize::MAX).max(asked_for));
        chars.sort_unstable();
        let continuing = chars.iter().copied().filter(|c| found[c].continues);
        Self {
            continuing: continuing.collect(),
            chars,
        }
    }
}

/// The characters of the initial alphabet as the tokenizer normalizes them, one by one.
fn asked_for(normalizer: &Normalizer, text: &str) -> HashMap<char, Use, FixedState> {
    let mut found: HashMap<char, Use, FixedState> = HashMap::default();
    let mut buffer = [0; 4];
    for c in text.chars() {
        let c: &str = c.encode_utf8(&mut buffer);
        for_each_word(normalizer, c, |word, _| {
            for c in String::from_utf8_lossy(word).chars() {
                let found = found.entry(c).or_default();
                found.asked_for = true;
                found.continues = !is_word_by_itself(normalizer, c);
            }
        });
    }
    found
}

/// Whether a normalized character is always a separate word, as punctuation and Chinese characters are.
fn is_word_by_itself(normalizer: &Normalizer, c: char) -> bool {
    let mut words = 0;
    for_each_word(normalizer, &format!("x{c}"), |_, _| words += 1);
    words > 1
}
