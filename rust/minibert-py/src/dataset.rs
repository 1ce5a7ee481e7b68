//! The token store and its batches for Python.

use std::sync::Arc;

use minibert_core::batch::{Batch, BatchOptions, Part, PretrainingDataset as CoreDataset};
use minibert_core::examples::NextSentenceOptions;
use minibert_core::masking::MaskingOptions;
use minibert_core::store::TokenStore as CoreStore;
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::exceptions::PyIndexError;
use pyo3::prelude::*;

use crate::errors::{OptionError, to_python};
use crate::text::{Corpus, CorpusSummary, watched};
use crate::tokenizer::Tokenizer;

#[pyclass(frozen, module = "minibert._core")]
pub struct TokenStore(Arc<CoreStore>);

#[pymethods]
impl TokenStore {
    #[staticmethod]
    #[pyo3(signature = (corpus, tokenizer, progress = None))]
    fn build(
        py: Python<'_>,
        corpus: &Corpus,
        tokenizer: &Tokenizer,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Self, CorpusSummary)> {
        let (store, summary) = watched(py, progress, |watch| {
            CoreStore::build(corpus.core(), tokenizer.core(), &mut |progress| {
                watch.progress(progress)
            })
        })?;
        Ok((Self(Arc::new(store)), CorpusSummary(summary)))
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
    fn fingerprint(&self) -> u64 {
        self.0.fingerprint()
    }

    #[getter]
    fn unigram_entropy(&self) -> f64 {
        self.0.unigram_entropy()
    }

    fn token_counts<'py>(&self, py: Python<'py>) -> Bound<'py, PyArray1<i64>> {
        let counts: Vec<i64> = self.0.token_counts().iter().map(|&n| n as i64).collect();
        counts.into_pyarray(py)
    }

    /// The ids of a document, sentence by sentence.
    #[pyo3(signature = (document))]
    fn document(&self, document: usize) -> PyResult<Vec<Vec<i64>>> {
        if document >= self.0.documents() {
            let message = format!("the store has no document {document}");
            return Err(PyIndexError::new_err(message));
        }
        let sentence = |number| {
            let mut ids = vec![0; self.0.sentence_len(number)];
            self.0.copy_ids(self.0.sentence_start(number), &mut ids);
            ids
        };
        Ok(self.0.document(document).map(sentence).collect())
    }
}

#[pyclass(frozen, module = "minibert._core")]
pub struct PretrainingDataset(Arc<CoreDataset>);

impl PretrainingDataset {
    pub fn core(&self) -> &Arc<CoreDataset> {
        &self.0
    }
}

type Ids<'py> = Bound<'py, PyArray2<i64>>;
type List<'py> = Bound<'py, PyArray1<i64>>;
/// The arrays of a batch, in the order of `minibert.batches.Batch`.
pub type BatchArrays<'py> = (
    Ids<'py>,
    Ids<'py>,
    Ids<'py>,
    List<'py>,
    List<'py>,
    List<'py>,
);

#[pymethods]
impl PretrainingDataset {
    #[new]
    #[pyo3(signature = (
        store, *, seq_len, batch_size, seed, split, held_out_fraction, short_seq_prob,
        masked_lm_prob, max_predictions_per_seq, drop_last,
    ))]
    // One argument for each option, all by name.
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        store: &TokenStore,
        seq_len: usize,
        batch_size: usize,
        seed: u64,
        split: &str,
        held_out_fraction: f64,
        short_seq_prob: f64,
        masked_lm_prob: f64,
        max_predictions_per_seq: Option<usize>,
        drop_last: bool,
    ) -> PyResult<Self> {
        let part = part(split, held_out_fraction)?;
        let options = BatchOptions {
            pairs: NextSentenceOptions {
                seq_len,
                short_seq_prob,
            },
            masking: MaskingOptions {
                masked_lm_prob,
                max_predictions_per_seq,
            },
            batch_size,
            seed,
            drop_last,
        };
        let store = Arc::clone(&store.0);
        py.detach(|| CoreDataset::new(store, part, options))
            .map(|dataset| Self(Arc::new(dataset)))
            .map_err(to_python)
    }

    #[getter]
    fn documents(&self) -> Vec<usize> {
        self.0.documents().to_vec()
    }

    #[pyo3(signature = (epoch))]
    fn examples(&self, py: Python<'_>, epoch: u32) -> usize {
        py.detach(|| self.0.examples(epoch))
    }

    #[pyo3(signature = (epoch))]
    fn random_next_share(&self, py: Python<'_>, epoch: u32) -> f64 {
        py.detach(|| self.0.random_next_share(epoch))
    }

    #[pyo3(signature = (epoch))]
    fn batches_per_epoch(&self, py: Python<'_>, epoch: u32) -> usize {
        py.detach(|| self.0.batches_per_epoch(epoch))
    }

    #[pyo3(signature = (epoch, index))]
    fn batch<'py>(&self, py: Python<'py>, epoch: u32, index: usize) -> PyResult<BatchArrays<'py>> {
        py.detach(|| self.0.batch(epoch, index))
            .map(|batch| arrays(py, batch))
            .map_err(to_python)
    }
}

pub fn arrays(py: Python<'_>, batch: Batch) -> BatchArrays<'_> {
    let Batch { rows, seq_len, .. } = batch;
    let ids = |values: Vec<i64>| {
        // The core fills rows × seq_len values, so that the shape always fits.
        let values = Array2::from_shape_vec((rows, seq_len), values).unwrap_or_default();
        values.into_pyarray(py)
    };
    (
        ids(batch.input_ids),
        ids(batch.token_type_ids),
        ids(batch.attention_mask),
        batch.masked_lm_positions.into_pyarray(py),
        batch.masked_lm_ids.into_pyarray(py),
        batch.next_sentence_label.into_pyarray(py),
    )
}

fn part(split: &str, held_out_fraction: f64) -> PyResult<Part> {
    match split {
        "all" => Ok(Part::All),
        "train" => Ok(Part::Train { held_out_fraction }),
        "held_out" => Ok(Part::HeldOut { held_out_fraction }),
        _ => Err(OptionError::new_err(format!(
            "there is no split {split:?}: use train, held_out or all"
        ))),
    }
}
