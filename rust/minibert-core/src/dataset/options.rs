//! The options of a dataset: its documents, examples and batches, and the shard of a process.

use crate::Result;
use crate::error::OptionError;
use crate::examples::ExampleOptions;
use crate::masking::MaskingOptions;
use crate::store::TokenStore;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchOptions {
    pub examples: ExampleOptions,
    pub masking: MaskingOptions,
    pub batch_size: usize,
    pub seed: u64,
    /// Whether the last batch of an epoch is dropped if it is not full.
    pub drop_last: bool,
    pub shard: Shard,
}

/// The shard of one of several processes: of the examples of an epoch, it has those with the numbers
/// `rank`, `rank + world_size`, and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    pub rank: usize,
    pub world_size: usize,
}

/// The documents of a store that a dataset uses.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Subset {
    All,
    Train { validation_fraction: f64 },
    Validation { validation_fraction: f64 },
}

impl BatchOptions {
    pub(super) fn check(&self) -> Result<()> {
        self.examples.check()?;
        self.masking.check()?;
        let Shard { rank, world_size } = self.shard;
        if rank >= world_size {
            return Err(OptionError::Rank { rank, world_size }.into());
        }
        if self.batch_size == 0 {
            return Err(OptionError::OutOfRange {
                option: "the batch size",
                range: "1 or more",
                value: 0.0,
            }
            .into());
        }
        let tokens = self.batch_size.checked_mul(self.examples.seq_len);
        if tokens.is_none_or(|tokens| i32::try_from(tokens).is_err()) {
            return Err(OptionError::BatchTooLarge {
                batch_size: self.batch_size,
                seq_len: self.examples.seq_len,
            }
            .into());
        }
        Ok(())
    }
}

impl Subset {
    /// The documents by number, ascending.
    pub(super) fn documents(self, store: &TokenStore, seed: u64) -> Result<Vec<usize>> {
        Ok(match self {
            Self::All => (0..store.documents()).collect(),
            Self::Train {
                validation_fraction,
            } => store.split(validation_fraction, seed)?.train,
            Self::Validation {
                validation_fraction,
            } => {
                if validation_fraction == 0.0 {
                    return Err(OptionError::NothingHeldOut {}.into());
                }
                store.split(validation_fraction, seed)?.validation
            }
        })
    }
}
