//! Documents in two sets, by a seeded hash of each.

use super::token_store::TokenStore;
use crate::Result;
use crate::error::{CorpusError, OptionError};
use crate::rng::{Purpose, Stream};

/// A set smaller than this cannot give next-sentence pairs.
const FEWEST_DOCUMENTS: usize = 2;

/// Documents by number, in order, in two sets that share none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    pub train: Vec<usize>,
    pub validation: Vec<usize>,
}

impl TokenStore {
    /// Parts the documents by a seeded hash of their tokens: equal documents fall on one side, and
    /// none changes sides when the corpus grows. `fraction` is the share held out; where that is
    /// fewer than two different documents, as in a tiny corpus, the two with the lowest hashes are.
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
