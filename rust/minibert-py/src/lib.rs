//! `minibert._core`: the Rust core for Python. It contains no algorithm.

// `PyO3` passes extracted values by value, and `map_err` its errors.
#![allow(clippy::needless_pass_by_value)]
#![deny(unsafe_code)]

use pyo3::prelude::*;

mod corpus;
mod dataset;
mod encode_ragged;
mod encoding;
mod errors;
mod metrics;
mod prefetch;
mod store;
mod text_input;
mod tokenizer;
mod vocab_trainer;

#[pymodule]
mod _core {
    use super::{Bound, PyModule, PyModuleMethods, PyResult};

    #[pymodule_export]
    use super::corpus::Corpus;
    #[pymodule_export]
    use super::corpus::CorpusSummary;
    #[pymodule_export]
    use super::dataset::PretrainingDataset;
    #[pymodule_export]
    use super::encoding::Encoding;
    #[pymodule_export]
    use super::metrics::read_metrics;
    #[pymodule_export]
    use super::prefetch::BatchPool;
    #[pymodule_export]
    use super::store::TokenStore;
    #[pymodule_export]
    use super::tokenizer::Tokenizer;
    #[pymodule_export]
    use super::vocab_trainer::train_vocabulary;
    #[pymodule_export]
    use super::vocab_trainer::train_vocabulary_from_texts;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}
