//! The token store for Python.

use std::path::PathBuf;
use std::sync::Arc;

use minibert_core::store::{BuildOptions, TokenStore as CoreStore};
use numpy::{IntoPyArray, PyArray1, PyArray2, PyArrayMethods};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::corpus::{Corpus, CorpusSummary, watched};
use crate::errors::to_python;
use crate::tokenizer::Tokenizer;

#[pyclass(frozen, module = "minibert._core")]
pub struct TokenStore(Arc<CoreStore>);

#[pymethods]
impl TokenStore {
    #[staticmethod]
    #[pyo3(signature = (corpus, tokenizer, path, memory, made_from, progress = None))]
    fn build(
        py: Python<'_>,
        corpus: &Corpus,
        tokenizer: &Tokenizer,
        path: Option<PathBuf>,
        memory: u64,
        made_from: [u8; 32],
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Self> {
        let options = BuildOptions {
            path: path.as_deref(),
            memory,
            made_from,
        };
        let store = watched(py, progress, |watch| {
            CoreStore::build(corpus.core(), tokenizer.core(), options, &mut |progress| {
                watch.progress(progress)
            })
        })?;
        Ok(Self(Arc::new(store)))
    }

    #[staticmethod]
    #[pyo3(signature = (path))]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        let store = py.detach(|| CoreStore::open(&path)).map_err(to_python)?;
        Ok(Self(Arc::new(store)))
    }

    #[getter]
    fn documents(&self) -> usize {
        self.0.documents()
    }

    #[getter]
    fn sentences(&self) -> usize {
        self.0.sentences()
    }

    #[getter]
    fn tokens(&self) -> usize {
        self.0.tokens()
    }

    #[getter]
    fn stored_bytes(&self) -> usize {
        self.0.stored_bytes()
    }

    #[getter]
    fn fingerprint(&self) -> u64 {
        self.0.fingerprint()
    }

    #[getter]
    fn tokenizer_fingerprint(&self) -> u64 {
        self.0.tokenizer_fingerprint()
    }

    #[getter]
    fn made_from<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.0.made_from())
    }

    #[getter]
    fn corpus_summary(&self) -> CorpusSummary {
        CorpusSummary(self.0.corpus_summary().clone())
    }

    #[getter]
    fn unigram_entropy(&self) -> f64 {
        self.0.unigram_entropy()
    }

    #[pyo3(signature = (documents=None))]
    fn token_counts<'py>(
        &self,
        py: Python<'py>,
        documents: Option<Vec<usize>>,
    ) -> PyResult<Bound<'py, PyArray1<i64>>> {
        let signed = |counts: &[u64]| counts.iter().map(|&n| n as i64).collect::<Vec<_>>();
        let counts = match documents {
            None => signed(self.0.token_counts()),
            Some(documents) => {
                self.check_documents(&documents)?;
                signed(&py.detach(|| self.0.token_counts_in(&documents)))
            }
        };
        Ok(counts.into_pyarray(py))
    }

    /// For each id, a row with the counts of the contexts before it, and behind it.
    #[pyo3(signature = (documents, contexts, window))]
    fn context_counts<'py>(
        &self,
        py: Python<'py>,
        documents: Vec<usize>,
        contexts: Vec<u32>,
        window: u16,
    ) -> PyResult<Bound<'py, PyArray2<f32>>> {
        let rows = self.0.token_counts().len();
        self.check_documents(&documents)?;
        if let Some(id) = contexts.iter().find(|&&id| id as usize >= rows) {
            return Err(PyIndexError::new_err(format!("the store has no id {id}")));
        }
        let counts = py.detach(|| self.0.context_counts(&documents, &contexts, window));
        counts.into_pyarray(py).reshape([rows, 2 * contexts.len()])
    }

    /// The ids of a document, sentence by sentence.
    #[pyo3(signature = (document))]
    fn document(&self, document: usize) -> PyResult<Vec<Vec<i64>>> {
        self.check_documents(&[document])?;
        let sentence = |number| {
            let mut ids = vec![0; self.0.sentence_len(number)];
            self.0.copy_ids(self.0.sentence_start(number), &mut ids);
            ids
        };
        Ok(self.0.document(document).map(sentence).collect())
    }
}

impl TokenStore {
    pub fn core(&self) -> Arc<CoreStore> {
        Arc::clone(&self.0)
    }

    fn check_documents(&self, documents: &[usize]) -> PyResult<()> {
        match documents.iter().find(|&&n| n >= self.0.documents()) {
            Some(n) => Err(PyIndexError::new_err(format!(
                "the store has no document {n}"
            ))),
            None => Ok(()),
        }
    }
}
