//! The options of a tokenizer.

use std::str::FromStr;

use crate::error::OptionError;
use crate::{Error, Result};

/// How text is normalized, as in BERT's own tokenizer. The defaults are those of `bert-base-uncased`.
// Four independent switches of the reference.
#[allow(clippy::struct_excessive_bools)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenizerOptions {
    pub lowercase: bool,
    /// `None`: the value of `lowercase`.
    pub strip_accents: Option<bool>,
    /// Whether each Chinese character is a separate word.
    pub handle_chinese_chars: bool,
    /// Whether control characters are removed.
    pub clean_text: bool,
    /// A longer word, counted in normalized characters, becomes `[UNK]`.
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

/// An end of a text: where tokens are cut off, or padding is added.
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
