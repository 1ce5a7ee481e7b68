//! The options and the progress of vocabulary training.

use std::str::FromStr;

use crate::error::OptionError;
use crate::tokenizer::vocabulary::SPECIAL_TOKENS;
use crate::{Error, Result};

/// Which pair is merged next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// The most frequent pair.
    #[default]
    Count,
    /// The pair that is most frequent relative to its two tokens.
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
    /// The maximum number of tokens, special tokens and alphabet included. Text with few words gives
    /// fewer.
    pub vocab_size: usize,
    /// A less frequent pair is not merged.
    pub min_frequency: u64,
    /// The number of different characters that are kept: the most frequent ones, and of equally frequent
    /// ones the lower code point. A word with another character is `[UNK]` to the tokenizer and
    /// contributes no merges.
    pub limit_alphabet: Option<usize>,
    /// Characters that are always kept, normalized as the tokenizer does it; those that may continue a
    /// word have their `##` forms too.
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

/// The phases of a training.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Reading,
    Merging,
}

/// The progress of a phase: bytes of the corpus as stored, or tokens of the vocabulary.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub phase: Phase,
    pub done: u64,
    pub total: u64,
}

/// Receives the progress; an error, such as [`Error::Cancelled`](crate::Error::Cancelled), stops the
/// work.
pub type OnProgress<'a> = &'a mut dyn FnMut(Progress) -> Result<()>;
