//! Prefetched batches for Python.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use minibert_core::dataset::PretrainingDataset as CoreDataset;
use minibert_core::dataset::prefetch::{BatchPool as CorePool, PoolOptions, Taken};
use pyo3::prelude::*;

use crate::dataset::{BatchArrays, PretrainingDataset, arrays};
use crate::errors::{out_of_range, to_python};

/// The interval at which a waiting caller checks for Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(50);

#[pyclass(frozen, module = "minibert._core")]
pub struct BatchPool(CorePool<CoreDataset>);

#[pymethods]
impl BatchPool {
    #[new]
    #[pyo3(signature = (dataset, *, epoch, index, threads, ahead))]
    fn new(
        dataset: &PretrainingDataset,
        epoch: u32,
        index: usize,
        threads: usize,
        ahead: usize,
    ) -> PyResult<Self> {
        let options = PoolOptions {
            threads: at_least_one("the number of threads", threads)?,
            ahead: at_least_one("the number of batches ahead", ahead)?,
        };
        CorePool::start(Arc::clone(dataset.core()), epoch, index, options)
            .map(Self)
            .map_err(to_python)
    }

    /// The epoch, number and arrays of the next batch; None after the pool has ended.
    #[pyo3(signature = ())]
    fn take<'py>(&self, py: Python<'py>) -> PyResult<Option<(u32, usize, BatchArrays<'py>)>> {
        loop {
            match py.detach(|| self.0.take(PATIENCE)).map_err(to_python)? {
                Taken::Batch {
                    epoch,
                    index,
                    batch,
                } => return Ok(Some((epoch, index, arrays(py, batch)))),
                Taken::Ended => return Ok(None),
                Taken::NotYet => py.check_signals()?,
            }
        }
    }

    /// Returns at once; each thread ends after its current work.
    #[pyo3(signature = ())]
    fn stop(&self) {
        self.0.stop();
    }

    /// Stops, and waits for the threads to end.
    #[pyo3(signature = ())]
    fn join(&self, py: Python<'_>) {
        py.detach(|| self.0.join());
    }
}

fn at_least_one(option: &'static str, number: usize) -> PyResult<NonZero<usize>> {
    NonZero::new(number).ok_or_else(|| out_of_range(option, "1 or more", 0.0))
}
