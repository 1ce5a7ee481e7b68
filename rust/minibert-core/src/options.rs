//! What a tokenizer can be told.

use std::str::FromStr;

use crate::error::OptionError;
use crate::{Error, Result};

/// How text is normalised, as in BERT's own tokenizer; the defaults are those of `bert-base-uncased`.
// Four switches, each the reference's own: they are independent of each other.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenizerOptions {
    pub lowercase: bool,
    /// `None`: as `lowercase`.
    pub strip_accents: Option<bool>,
    /// Whether each Chinese character is a word of its own.
    pub handle_chinese_chars: bool,
    /// Whether control characters are deleted.
    pub clean_text: bool,
    /// A word of more characters than this, once normalised, is `[UNK]`.
    pub max_input_chars_per_word: usize,
}

impl TokenizerOptions {
    pub fn strips_accents(&self) -> bool {
        self.strip_accents.unwrap_or(self.lowercase)
    }
}

impl Default for TokenizerOptions {
    fn default() -> Self {
        Self {
            lowercase: true,
            strip_accents: None,
            handle_chinese_chars: true,
            clean_text: true,
            max_input_chars_per_word: 100,
        }
    }
}

/// An end of a text, where something is cut off or put.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    Left,
    #[default]
    Right,
}

impl FromStr for Direction {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        match name {
            "left" => Ok(Self::Left),
            "right" => Ok(Self::Right),
            _ => Err(OptionError::UnknownName {
                option: "direction",
                value: name.to_owned(),
                allowed: "left or right",
            }
            .into()),
        }
    }
}
