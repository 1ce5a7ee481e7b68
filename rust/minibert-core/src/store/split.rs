//! Splits the documents into a training set and a validation set, by a seeded hash.

use super::token_store::TokenStore;
use crate::Result;
use crate::error::{CorpusError, OptionError};
use crate::rng::{Purpose, Stream};

/// A smaller set cannot give next-sentence pairs.
const FEWEST_DOCUMENTS: usize = 2;

/// The numbers of the documents of each set, ascending. The sets are disjoint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    pub train: Vec<usize>,
    pub validation: Vec<usize>,
}

impl TokenStore {
    /// Splits the documents by a seeded hash of their tokens: equal documents are in one set, and no
    /// document changes sets when the corpus grows. `fraction` is the share of the validation set. If
    /// that is fewer than two different documents, as in a tiny corpus, the two with the lowest hashes
    /// are used.
    pub fn split(&self, fraction: f64, seed: u64) -> Result<Split> {
        if !(0.0..1.0).contains(&fraction) {
            return Err(OptionError::OutOfRange {
                option: "the validation fraction",
                range: "at least 0 and less than 1",
                value: fraction,
            }
            .into());
        }
        let all = 0..self.documents();
        if fraction == 0.0 {
            return Ok(Split {
                train: all.collect(),
                validation: Vec::new(),
            });
        }
        let keys: Vec<u64> = self
            .document_hashes()
            .iter()
            .map(|&hash| Stream::new(seed, Purpose::Split, 0, hash).next_u64())
            .collect();
        let end = first_key_to_train_on(&keys, fraction)?;
        let (validation, train) = all.partition(|&document| keys[document] < end);
        Ok(Split { train, validation })
    }
}

fn first_key_to_train_on(keys: &[u64], fraction: f64) -> Result<u64> {
    let mut distinct = keys.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 2 * FEWEST_DOCUMENTS {
        return Err(CorpusError::TooFewForValidation {
            documents: distinct.len(),
            needed: 2 * FEWEST_DOCUMENTS,
        }
        .into());
    }
    let end = (fraction * 2_f64.powi(64)) as u64;
    let validation = distinct
        .partition_point(|&key| key < end)
        .clamp(FEWEST_DOCUMENTS, distinct.len() - FEWEST_DOCUMENTS);
    Ok(distinct[validation])
}
