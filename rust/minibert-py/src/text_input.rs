//! Texts from Python: checks that they are texts, and names the one that is not.

use minibert_core::error::Value;
use pyo3::exceptions::PyUnicodeEncodeError;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyString, PyTuple};

use crate::errors::{TextError, TextTypeError, raised};

/// A text, or a text and its pair.
pub struct Input {
    text: PyBackedStr,
    pair: Option<PyBackedStr>,
}

impl Input {
    pub fn as_strs(&self) -> (&str, Option<&str>) {
        (&self.text, self.pair.as_deref())
    }
}

/// A single text; `name` is what messages call it.
pub fn text(given: &Bound<'_, PyAny>, name: &str) -> PyResult<PyBackedStr> {
    let Ok(given) = given.cast::<PyString>() else {
        return Err(not_a_text(given, name, "a str"));
    };
    PyBackedStr::try_from(given.clone()).map_err(|error| {
        if !error.is_instance_of::<PyUnicodeEncodeError>(given.py()) {
            return error;
        }
        let place = error.value(given.py()).getattr("start");
        let place = place.and_then(|place| place.extract::<usize>());
        let at = place.map_or(String::new(), |place| format!(" at character {place}"));
        let message = format!(
            "{name} has a lone surrogate{at}, which no text can have: decode its bytes with \
             errors=\"replace\""
        );
        let context = vec![("text", Value::Text(name.to_owned()))];
        raised::<TextError>(message, "lone_surrogate", context)
    })
}

/// The texts and pairs of a batch.
pub fn batch(given: &Bound<'_, PyAny>) -> PyResult<Vec<Input>> {
    let mut inputs = Vec::with_capacity(given.len().unwrap_or(0));
    for (index, item) in members(given)?.enumerate() {
        inputs.push(input(&item?, index)?);
    }
    Ok(inputs)
}

fn input(item: &Bound<'_, PyAny>, index: usize) -> PyResult<Input> {
    if let Ok(given) = item.cast::<PyString>()
        && let Ok(text) = PyBackedStr::try_from(given.clone())
    {
        return Ok(Input { text, pair: None });
    }
    let name = format!("text {index} of the batch");
    if let Ok(both) = item.cast::<PyTuple>()
        && both.len() == 2
    {
        let both_name = |which| format!("the {which} text of pair {index} of the batch");
        return Ok(Input {
            text: text(&both.get_item(0)?, &both_name("first"))?,
            pair: Some(text(&both.get_item(1)?, &both_name("second"))?),
        });
    }
    if item.is_instance_of::<PyString>() {
        text(item, &name).map(|text| Input { text, pair: None })
    } else {
        Err(not_a_text(item, &name, "a str or a tuple of two"))
    }
}

/// The members of a list of texts. A single text is refused.
fn members<'py>(given: &Bound<'py, PyAny>) -> PyResult<Bound<'py, pyo3::types::PyIterator>> {
    let single = given.is_instance_of::<PyString>() || given.is_instance_of::<PyBytes>();
    match given.try_iter() {
        Ok(members) if !single => Ok(members),
        _ => Err(not_a_text(given, "the batch", "a list of texts")),
    }
}

pub fn not_a_text(given: &Bound<'_, PyAny>, name: &str, wanted: &str) -> PyErr {
    let kind = given.get_type();
    let kind = kind
        .name()
        .map_or("object".to_owned(), |name| name.to_string());
    let hint = if given.is_instance_of::<PyBytes>() {
        "; decode it"
    } else {
        ""
    };
    let message = format!("{name} is of type {kind}, not {wanted}{hint}");
    let context = [("text", name.to_owned()), ("type", kind)];
    let context = context.map(|(name, value)| (name, Value::Text(value)));
    raised::<TextTypeError>(message, "not_a_text", context.to_vec())
}
