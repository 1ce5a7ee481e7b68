//! The corpus for Python.

use std::collections::BTreeMap;
use std::path::PathBuf;

use minibert_core::corpus::{
    Corpus as CoreCorpus, CorpusOptions, CorpusSummary as CoreSummary, DecodingErrors, Input,
    Progress,
};
use minibert_core::{Error, Result as CoreResult};
use pyo3::call::PyCallArgs;
use pyo3::prelude::*;

use crate::errors::to_python;

/// A file or folder by its path, or bytes in memory and their name in messages.
#[derive(FromPyObject)]
enum Source {
    Memory(String, Vec<u8>),
    Path(PathBuf),
}

impl From<Source> for Input {
    fn from(source: Source) -> Self {
        match source {
            Source::Memory(name, bytes) => Self::Memory { name, bytes },
            Source::Path(path) => Self::Path(path),
        }
    }
}

#[pyclass(frozen, module = "minibert._core")]
pub struct Corpus(CoreCorpus);

#[pymethods]
impl Corpus {
    #[new]
    #[pyo3(signature = (sources, *, layout, replace_errors))]
    fn new(sources: Vec<Source>, layout: Option<&str>, replace_errors: bool) -> PyResult<Self> {
        let inputs: Vec<Input> = sources.into_iter().map(Input::from).collect();
        let layout = layout.map(str::parse).transpose().map_err(to_python)?;
        let errors = if replace_errors {
            DecodingErrors::Replace
        } else {
            DecodingErrors::Strict
        };
        CoreCorpus::open(&inputs, CorpusOptions { layout, errors })
            .map(Self)
            .map_err(to_python)
    }

    #[getter]
    fn names(&self) -> Vec<String> {
        self.0.names()
    }

    #[getter]
    fn stored_bytes(&self) -> u64 {
        self.0.stored_bytes()
    }

    /// Calls `each` with batches of documents; a document is a list of sentences.
    #[pyo3(signature = (each))]
    fn for_each_batch(&self, py: Python<'_>, each: Py<PyAny>) -> PyResult<CorpusSummary> {
        watched(py, None, |watch| {
            self.0.for_each_batch(&mut |documents, progress| {
                let sentences: Vec<Vec<String>> = documents
                    .into_iter()
                    .map(|document| document.sentences)
                    .collect();
                watch.call(|py| each.call1(py, (sentences,)).map(drop))?;
                watch.progress(progress)
            })
        })
        .map(CorpusSummary)
    }

    /// Reads the corpus once and returns its summary.
    #[pyo3(signature = (progress = None))]
    fn summary(&self, py: Python<'_>, progress: Option<Py<PyAny>>) -> PyResult<CorpusSummary> {
        watched(py, progress, |watch| {
            self.0
                .for_each_batch(&mut |_, progress| watch.progress(progress))
        })
        .map(CorpusSummary)
    }
}

impl Corpus {
    pub fn core(&self) -> &CoreCorpus {
        &self.0
    }
}

#[pyclass(frozen, module = "minibert._core")]
pub struct CorpusSummary(pub CoreSummary);

#[pymethods]
impl CorpusSummary {
    #[getter]
    fn files(&self) -> u64 {
        self.0.files
    }

    #[getter]
    fn bytes(&self) -> u64 {
        self.0.bytes
    }

    #[getter]
    fn documents(&self) -> u64 {
        self.0.documents
    }

    #[getter]
    fn sentences(&self) -> u64 {
        self.0.sentences
    }

    #[getter]
    fn characters(&self) -> u64 {
        self.0.characters
    }

    #[getter]
    fn lines(&self) -> u64 {
        self.0.lines
    }

    #[getter]
    fn joined_lines(&self) -> u64 {
        self.0.joined_lines
    }

    #[getter]
    fn wrap_width(&self) -> Option<usize> {
        self.0.wrap_width
    }

    #[getter]
    fn layouts(&self) -> BTreeMap<String, u64> {
        self.0.layouts.clone()
    }
}

/// Checks for Ctrl-C, and reports the progress of work without the GIL to Python.
pub struct Watch {
    progress: Option<Py<PyAny>>,
    raised: Option<PyErr>,
}

impl Watch {
    /// For the core's progress callbacks. A Python exception stops the work.
    pub fn progress(&mut self, progress: Progress) -> CoreResult<()> {
        let Progress {
            bytes,
            total_bytes,
            documents,
            sentences,
        } = progress;
        self.tell((bytes, total_bytes, documents, sentences))
    }

    /// Calls the callback, if there is one, with `counts`.
    pub fn tell(&mut self, counts: impl for<'py> PyCallArgs<'py>) -> CoreResult<()> {
        let callback = self.progress.take();
        let told = self.call(|py| match &callback {
            Some(callback) => callback.call1(py, counts).map(drop),
            None => Ok(()),
        });
        self.progress = callback;
        told
    }

    fn call(&mut self, work: impl FnOnce(Python<'_>) -> PyResult<()>) -> CoreResult<()> {
        Python::attach(|py| py.check_signals().and_then(|()| work(py))).map_err(|raised| {
            self.raised = Some(raised);
            Error::Cancelled
        })
    }
}

/// Runs long work without the GIL. An exception that Python raises meanwhile is raised again.
pub fn watched<T: Send>(
    py: Python<'_>,
    progress: Option<Py<PyAny>>,
    work: impl Send + FnOnce(&mut Watch) -> CoreResult<T>,
) -> PyResult<T> {
    let mut watch = Watch {
        progress,
        raised: None,
    };
    let done = py.detach(|| work(&mut watch));
    done.map_err(|error| watch.raised.take().unwrap_or_else(|| to_python(error)))
}
