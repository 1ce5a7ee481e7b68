//! Batches for Python.

use std::sync::Arc;

use minibert_core::dataset::{
    Batch, BatchOptions, PretrainingDataset as CoreDataset, Shard, Subset, UnpaddedBatch,
};
use minibert_core::error::OptionError;
use minibert_core::examples::{ExampleOptions, Objective};
use minibert_core::masking::{MaskUnit, MaskingOptions};
use numpy::ndarray::Array2;
use numpy::{IntoPyArray, PyArray1, PyArray2};
use pyo3::prelude::*;

use crate::errors::to_python;
use crate::store::TokenStore;

#[pyclass(frozen, module = "minibert._core")]
pub struct PretrainingDataset(Arc<CoreDataset>);

impl PretrainingDataset {
    pub fn core(&self) -> &Arc<CoreDataset> {
        &self.0
    }
}

type Ids<'py> = Bound<'py, PyArray2<i64>>;
type List<'py> = Bound<'py, PyArray1<i64>>;
/// The arrays of a batch, in the order of Python's `Batch`.
pub type BatchArrays<'py> = (
    Ids<'py>,
    Ids<'py>,
    Ids<'py>,
    List<'py>,
    List<'py>,
    List<'py>,
);
type UnpaddedArrays<'py> = (
    List<'py>,
    List<'py>,
    Bound<'py, PyArray1<i32>>,
    usize,
    List<'py>,
    List<'py>,
    List<'py>,
);

#[pymethods]
impl PretrainingDataset {
    #[new]
    #[pyo3(signature = (
        store, *, objective, seq_len, batch_size, seed, split, validation_fraction, short_seq_prob,
        hard_negative_prob, balanced_labels, mask_unit, masked_lm_prob, final_masked_lm_prob,
        masked_lm_prob_epochs, max_predictions_per_seq, mask_replace_prob, random_replace_prob,
        drop_last, rank, world_size,
    ))]
    // One keyword argument for each option.
    #[allow(clippy::too_many_arguments)]
    fn new(
        py: Python<'_>,
        store: &TokenStore,
        objective: &str,
        seq_len: usize,
        batch_size: usize,
        seed: u64,
        split: &str,
        validation_fraction: f64,
        short_seq_prob: f64,
        hard_negative_prob: f64,
        balanced_labels: bool,
        mask_unit: &str,
        masked_lm_prob: f64,
        final_masked_lm_prob: Option<f64>,
        masked_lm_prob_epochs: f64,
        max_predictions_per_seq: Option<usize>,
        mask_replace_prob: f64,
        random_replace_prob: f64,
        drop_last: bool,
        rank: usize,
        world_size: usize,
    ) -> PyResult<Self> {
        let subset = subset(split, validation_fraction)?;
        let options = BatchOptions {
            examples: ExampleOptions {
                objective: Objective::from_name(objective).map_err(to_python)?,
                seq_len,
                short_seq_prob,
                hard_negative_prob,
                balanced_labels,
            },
            masking: MaskingOptions {
                unit: MaskUnit::from_name(mask_unit).map_err(to_python)?,
                masked_lm_prob,
                final_masked_lm_prob: final_masked_lm_prob.unwrap_or(masked_lm_prob),
                masked_lm_prob_epochs,
                max_predictions_per_seq,
                mask_replace_prob,
                random_replace_prob,
            },
            batch_size,
            seed,
            drop_last,
            shard: Shard { rank, world_size },
        };
        let store = store.core();
        py.detach(|| CoreDataset::new(store, subset, options))
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

    /// The arrays of a batch without padding, in the order of Python's `UnpaddedBatch`.
    #[pyo3(signature = (epoch, index))]
    fn unpadded_batch<'py>(
        &self,
        py: Python<'py>,
        epoch: u32,
        index: usize,
    ) -> PyResult<UnpaddedArrays<'py>> {
        let UnpaddedBatch {
            input_ids,
            token_type_ids,
            cu_seqlens,
            max_seqlen,
            masked_lm_positions,
            masked_lm_ids,
            next_sentence_label,
        } = py
            .detach(|| self.0.unpadded_batch(epoch, index))
            .map_err(to_python)?;
        Ok((
            input_ids.into_pyarray(py),
            token_type_ids.into_pyarray(py),
            cu_seqlens.into_pyarray(py),
            max_seqlen,
            masked_lm_positions.into_pyarray(py),
            masked_lm_ids.into_pyarray(py),
            next_sentence_label.into_pyarray(py),
        ))
    }
}

pub fn arrays(py: Python<'_>, batch: Batch) -> BatchArrays<'_> {
    let Batch { rows, seq_len, .. } = batch;
    let ids = |values: Vec<i64>| {
        // The core fills rows × `seq_len` values, so the shape always fits.
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

fn subset(split: &str, validation_fraction: f64) -> PyResult<Subset> {
    match split {
        "all" => Ok(Subset::All),
        "train" => Ok(Subset::Train {
            validation_fraction,
        }),
        "validation" => Ok(Subset::Validation {
            validation_fraction,
        }),
        _ => {
            let (option, allowed) = ("split", "train, validation or all");
            let value = split.to_owned();
            Err(to_python(
                OptionError::UnknownName {
                    option,
                    value,
                    allowed,
                }
                .into(),
            ))
        }
    }
}
