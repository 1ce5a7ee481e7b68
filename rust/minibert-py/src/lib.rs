//! `minibert._core`: the Rust core as Python sees it. No algorithm lives here.

use pyo3::prelude::*;

mod dataset;
mod errors;
mod text;
mod tokenizer;

#[pymodule]
mod _core {
    use super::{Bound, PyModule, PyModuleMethods, PyResult};

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
