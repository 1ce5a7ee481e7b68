//! `minibert._core`: the Rust core as Python sees it. No algorithm lives here.

// PyO3 hands what it extracts over by value, and `map_err` its errors.
#![allow(clippy::needless_pass_by_value)]

use pyo3::prelude::*;

mod dataset;
mod encoding;
mod errors;
mod input;
mod metrics;
mod pool;
mod ragged;
mod store;
mod text;
mod tokenizer;
mod vocabulary;

#[pymodule]
mod _core {
    use super::{Bound, PyModule, PyModuleMethods, PyResult};

    #[pymodule_export]
    use super::dataset::PretrainingDataset;
    #[pymodule_export]
    use super::encoding::Encoding;
    #[pymodule_export]
    use super::metrics::read_metrics;
    #[pymodule_export]
    use super::pool::BatchPool;
    #[pymodule_export]
    use super::store::TokenStore;
    #[pymodule_export]
    use super::text::Corpus;
    #[pymodule_export]
    use super::text::CorpusSummary;
    #[pymodule_export]
    use super::tokenizer::Tokenizer;
    #[pymodule_export]
    use super::vocabulary::train_vocabulary;
    #[pymodule_export]
    use super::vocabulary::train_vocabulary_from_texts;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
