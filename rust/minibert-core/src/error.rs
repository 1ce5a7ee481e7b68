//! Every way this crate can fail, in one enum. Each message is one sentence that a person can act on.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, Error)]
pub enum Error {
    /// A corpus that is missing, empty, binary, not UTF-8, or too small for what is asked of it.
    #[error("{0}")]
    Corpus(String),

    /// A vocabulary or tokenizer that cannot be made, read or used.
    #[error("{0}")]
    Vocabulary(String),

    /// A token store that is damaged, of another version, or none at all.
    #[error("{0}")]
    Store(String),

    /// An option whose value cannot be used.
    #[error("{0}")]
    Option(String),

    /// A text that cannot be encoded as asked.
    #[error("{0}")]
    Text(String),

    /// The operating system refused to read or write a file.
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },

    /// A thread that could not be started, or failed in a way that no input should make it fail.
    #[error("{0}")]
    Internal(String),

    /// The caller asked to stop, from a progress callback.
    #[error("stopped on request")]
    Cancelled,
}

impl Error {
    pub(crate) fn io(path: &Path, source: io::Error) -> Self {
        Self::Io {
            path: path.to_path_buf(),
            source,
        }
    }
}
