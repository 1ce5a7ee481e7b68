//! The one place where an error of the core becomes a Python exception.
//!
//! Besides its sentence an exception has `cause`, a short name, and `context`, a dict of the facts in
//! the sentence, so that a program can give its own advice.

use minibert_core::Error;
use minibert_core::error::{OptionError as CoreOptionError, Value};
use pyo3::exceptions::PyKeyboardInterrupt;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use pyo3::{PyTypeInfo, import_exception};

import_exception!(minibert.errors, CorpusError);
import_exception!(minibert.errors, VocabularyError);
import_exception!(minibert.errors, StoreError);
import_exception!(minibert.errors, OptionError);
import_exception!(minibert.errors, FileError);
import_exception!(minibert.errors, InternalError);
import_exception!(minibert.errors, TextError);
import_exception!(minibert.errors, TextTypeError);

/// For `.map_err(to_python)` where the core is called.
pub fn to_python(error: Error) -> PyErr {
    let message = error.to_string();
    let (cause, context) = (error.cause(), error.context());
    match kind(&error) {
        Error::Corpus(_) => raised::<CorpusError>(message, cause, context),
        Error::Vocabulary(_) => raised::<VocabularyError>(message, cause, context),
        Error::Store(_) => raised::<StoreError>(message, cause, context),
        Error::Option(_) => raised::<OptionError>(message, cause, context),
        Error::Text(_) => raised::<TextError>(message, cause, context),
        Error::Io { .. } => raised::<FileError>(message, cause, context),
        Error::NoThread { .. } | Error::Panicked { .. } | Error::In { .. } => {
            raised::<InternalError>(message, cause, context)
        }
        Error::Cancelled => PyKeyboardInterrupt::new_err(message),
    }
}

/// The error without the places where it happened.
fn kind(error: &Error) -> &Error {
    match error {
        Error::In { source, .. } => kind(source),
        error => error,
    }
}

/// An exception with `cause` and `context`.
pub fn raised<E: PyTypeInfo>(
    message: String,
    cause: &'static str,
    context: Vec<(&'static str, Value)>,
) -> PyErr {
    let error = PyErr::new::<E, _>(message);
    let noted = Python::attach(|py| {
        let facts = PyDict::new(py);
        for (name, value) in context {
            match value {
                Value::Text(text) => facts.set_item(name, text)?,
                Value::Integer(number) => facts.set_item(name, number)?,
                Value::Number(number) => facts.set_item(name, number)?,
            }
        }
        let exception = error.value(py);
        exception.setattr("cause", cause)?;
        exception.setattr("context", facts)
    });
    noted.map_or_else(|failed| failed, |()| error)
}

/// An option whose value is not in a range.
pub fn out_of_range(option: &'static str, range: &'static str, value: f64) -> PyErr {
    to_python(
        CoreOptionError::OutOfRange {
            option,
            range,
            value,
        }
        .into(),
    )
}
