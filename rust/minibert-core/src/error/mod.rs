//! Every error of this crate. Each has a sentence that says what is wrong and where, the name of its
//! cause, and its facts by name. A caller may give advice from these; no sentence names an option of a
//! command line.

mod causes;
mod corpus;
mod option;
mod store;
mod text;
mod vocabulary;

use std::io;
use std::path::{Path, PathBuf};

pub use causes::Value;
pub use corpus::CorpusError;
pub use option::OptionError;
pub use store::StoreError;
pub use text::TextError;
pub use vocabulary::VocabularyError;

pub type Result<T, E = Error> = std::result::Result<T, E>;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    #[error(transparent)]
    Vocabulary(#[from] VocabularyError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Option(#[from] OptionError),
    #[error(transparent)]
    Text(#[from] TextError),

    /// The operating system refused to read or write a file.
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },

    /// An error in a file, or in one text of several.
    #[error("{place}: {source}")]
    In { place: String, source: Box<Error> },

    /// A thread could not be started.
    #[error(
        "no thread could be started to {work} ({reason}): end other programs, or raise the limit on processes"
    )]
    NoThread { work: &'static str, reason: String },

    /// A thread panicked, which no input should cause.
    #[error(
        "a thread that should {work} failed ({panic}): this is a mistake in minibert, please report it"
    )]
    Panicked { work: &'static str, panic: String },

    /// A progress callback asked to stop.
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

    pub(crate) fn damaged_store(path: &Path, reason: impl Into<String>) -> Self {
        let path = path.display().to_string();
        let reason = reason.into();
        StoreError::Damaged { path, reason }.into()
    }

    /// The same error, with the place where it happened before its sentence.
    #[must_use]
    pub(crate) fn within(self, place: impl Into<String>) -> Self {
        Self::In {
            place: place.into(),
            source: Box::new(self),
        }
    }

    /// The cause by name.
    pub fn cause(&self) -> &'static str {
        match self {
            Self::Corpus(error) => error.cause(),
            Self::Vocabulary(error) => error.cause(),
            Self::Store(error) => error.cause(),
            Self::Option(error) => error.cause(),
            Self::Text(error) => error.cause(),
            Self::Io { .. } => "file_error",
            Self::In { source, .. } => source.cause(),
            Self::NoThread { .. } => "no_thread",
            Self::Panicked { .. } => "thread_panicked",
            Self::Cancelled => "cancelled",
        }
    }

    /// The facts of the error by name.
    pub fn context(&self) -> Vec<(&'static str, Value)> {
        match self {
            Self::Corpus(error) => error.context(),
            Self::Vocabulary(error) => error.context(),
            Self::Store(error) => error.context(),
            Self::Option(error) => error.context(),
            Self::Text(error) => error.context(),
            Self::Io { path, .. } => vec![("path", Value::Text(path.display().to_string()))],
            Self::In { place, source } => {
                let mut context = source.context();
                context.push(("place", Value::Text(place.clone())));
                context
            }
            Self::NoThread { reason, .. } => vec![("reason", Value::Text(reason.clone()))],
            Self::Panicked { panic, .. } => vec![("reason", Value::Text(panic.clone()))],
            Self::Cancelled => Vec::new(),
        }
    }
}
