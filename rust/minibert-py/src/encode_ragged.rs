//! Many texts from Python to ids in `NumPy` arrays, without a Python object for each id.

use std::num::NonZero;
use std::path::PathBuf;

use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::ragged::Ragged;
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString, PyTuple};

use crate::errors::to_python;
use crate::text_input;

pub type RaggedArrays<'py> = (Bound<'py, PyArray1<i32>>, Bound<'py, PyArray1<i64>>);

/// Encodes a list of texts, or the lines of the file at a path.
pub fn encode<'py>(
    tokenizer: &Tokenizer,
    texts: &Bound<'py, PyAny>,
    add_special_tokens: bool,
    threads: Option<NonZero<usize>>,
) -> PyResult<RaggedArrays<'py>> {
    let py = texts.py();
    let made = if let Some(path) = path(texts)? {
        let read = || tokenizer.encode_ragged_file(&path, add_special_tokens, threads);
        py.detach(|| read().map(Arrays::from)).map_err(to_python)?
    } else {
        let texts = members(texts)?;
        let feed = |take: &mut dyn FnMut(_)| borrow(&texts, take);
        let join = |work: &mut (dyn FnMut() + Send)| py.detach(work);
        let number = texts.len();
        let (ragged, returned) =
            tokenizer.encode_ragged_fed(number, add_special_tokens, threads, feed, join);
        returned?;
        ragged.into()
    };
    Ok((made.ids.into_pyarray(py), made.boundaries.into_pyarray(py)))
}

/// The path, if it is one. A `str` is a text that was not put into a list.
fn path(given: &Bound<'_, PyAny>) -> PyResult<Option<PathBuf>> {
    let is_list = given.is_instance_of::<PyList>() || given.is_instance_of::<PyTuple>();
    if is_list || !given.hasattr("__fspath__")? {
        return Ok(None);
    }
    given.extract().map(Some)
}

/// The texts as a tuple, which unlike a list cannot change while the GIL is released.
fn members<'py>(given: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    if let Ok(list) = given.cast::<PyList>() {
        return Ok(list.to_tuple());
    }
    if let Ok(tuple) = given.cast::<PyTuple>() {
        return Ok(tuple.clone());
    }
    if given.is_instance_of::<PyString>() || given.is_instance_of::<PyBytes>() {
        return Err(text_input::not_a_text(
            given,
            "the batch",
            "a list of texts, or a path",
        ));
    }
    let Ok(texts) = given.try_iter() else {
        return Err(text_input::not_a_text(
            given,
            "the batch",
            "a list of texts, or a path",
        ));
    };
    PyTuple::new(given.py(), texts.collect::<PyResult<Vec<_>>>()?)
}

/// Passes the texts of a tuple to `take`, without a Python reference to each.
#[allow(unsafe_code)]
fn borrow<'t>(texts: &'t Bound<'_, PyTuple>, take: &mut dyn FnMut(&'t str)) -> PyResult<()> {
    for (index, item) in texts.iter_borrowed().enumerate() {
        let string = item.cast::<PyString>();
        let Some(text) = string.as_ref().ok().and_then(|string| string.to_str().ok()) else {
            text_input::text(&item, &format!("text {index} of the batch"))?;
            continue;
        };
        // SAFETY: the text lies in a `str` object, which is immutable and keeps its UTF-8 form until it
        // is freed. The tuple, immutable too, owns a reference to it for at least as long as `'t`.
        take(unsafe { std::mem::transmute::<&str, &'t str>(text) });
    }
    Ok(())
}

/// Ids and boundaries with the types of the `NumPy` arrays.
struct Arrays {
    ids: Vec<i32>,
    boundaries: Vec<i64>,
}

impl From<Ragged> for Arrays {
    fn from(ragged: Ragged) -> Self {
        Self {
            ids: bytemuck::cast_vec(ragged.ids),
            // Without a copy where a `usize` has 64 bits.
            boundaries: bytemuck::try_cast_vec(ragged.boundaries).unwrap_or_else(
                |(_, boundaries)| boundaries.into_iter().map(|end| end as i64).collect(),
            ),
        }
    }
}
