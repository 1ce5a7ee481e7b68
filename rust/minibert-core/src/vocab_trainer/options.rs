//! What the training of a vocabulary is given, and what it reports.

use std::str::FromStr;

use crate::error::OptionError;
use crate::tokenizer::vocabulary::SPECIAL_TOKENS;
use crate::{Error, Result};

/// Which pair is merged next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// The one that occurs most.
    #[default]
    Count,
    /// The one that occurs most for how common its two tokens are.
    Likelihood,
}

impl FromStr for Algorithm {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "count" => Ok(Self::Count),
            "likelihood" => Ok(Self::Likelihood),
            _ => Err(OptionError::UnknownName {
                option: "algorithm",
                value: name.to_owned(),
                allowed: "count or likelihood",
            }
            .into()),
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainOptions {
    pub algorithm: Algorithm,
    /// The number of tokens, specials and alphabet included, that the vocabulary has at most. Text with
    /// too few words gives a smaller one.
    pub vocab_size: usize,
    /// A pair that occurs less often than this is not merged.
    pub min_frequency: u64,
    /// How many different characters are kept, the commonest first and the lower code point of two
    /// equally common ones. A word with a dropped character is `[UNK]` to the tokenizer, so that
    /// nothing is merged on its account.
    pub limit_alphabet: Option<usize>,
    /// Characters that are kept before all others, whether they occur or not, as the tokenizer
    /// normalises them; those that may continue a word have their `##` forms too.
    pub initial_alphabet: String,
    pub special_tokens: Vec<String>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            algorithm: Algorithm::Count,
            vocab_size: 8192,
            min_frequency: 2,
            limit_alphabet: Some(1000),
            initial_alphabet: String::new(),
            special_tokens: SPECIAL_TOKENS.map(str::to_owned).to_vec(),
        }
    }
}

/// What a training does: first it reads, then it merges.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Reading,
    Merging,
}

/// How far a phase has come: in bytes of the corpus as stored, then in tokens of the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub phase: Phase,
    pub done: u64,
    pub total: u64,
}

/// Told how far the work is; an error, such as [`Error::Cancelled`], stops it.
pub type OnProgress<'a> = &'a mut dyn FnMut(Progress) -> Result<()>;
