//! The one place where an error of the core becomes a Python exception.

use minibert_core::Error;
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::{PyErr, import_exception};

import_exception!(minibert.errors, CorpusError);
import_exception!(minibert.errors, VocabularyError);
import_exception!(minibert.errors, StoreError);
import_exception!(minibert.errors, OptionError);
import_exception!(minibert.errors, FileError);
import_exception!(minibert.errors, InternalError);
import_exception!(minibert.errors, TextError);
import_exception!(minibert.errors, TextTypeError);

/// For `.map_err(to_python)` at the border.
pub fn to_python(error: Error) -> PyErr {
    let message = error.to_string();
    match error {
        Error::Corpus(_) => CorpusError::new_err(message),
        Error::Vocabulary(_) => VocabularyError::new_err(message),
        Error::Store(_) => StoreError::new_err(message),
        Error::Option(_) => OptionError::new_err(message),
        Error::Text(_) => TextError::new_err(message),
        Error::Io { .. } => FileError::new_err(message),
        Error::Internal(_) => InternalError::new_err(message),
        Error::Cancelled => PyKeyboardInterrupt::new_err(message),
    }
}
