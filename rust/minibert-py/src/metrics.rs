//! The rows of `metrics.jsonl` for Python.

use minibert_core::metrics::{Layout, read_rows};
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray2};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;

type Rows<'py> = (Bound<'py, PyArray2<f64>>, Bound<'py, PyArray2<f64>>, usize);

/// Reads the complete lines of `metrics.jsonl` into columns.
#[pyfunction]
#[pyo3(signature = (data, columns, *, required, format))]
pub fn read_metrics(
    py: Python<'_>,
    data: PyBackedBytes,
    columns: Vec<String>,
    required: Vec<String>,
    format: i64,
) -> Rows<'_> {
    let width = columns.len();
    let layout = Layout {
        columns,
        required,
        format,
    };
    let rows = py.detach(|| read_rows(&data, &layout));
    let array = |values: Vec<f64>| {
        let shape = (values.len() / width.max(1), width);
        let array = Array2::from_shape_vec(shape, values).expect("whole rows");
        array.into_pyarray(py)
    };
    (array(rows.train), array(rows.validation), rows.taken)
}
