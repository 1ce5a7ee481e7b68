//! Batches: any batch of any epoch by its number, as contiguous arrays.

mod batch;
mod options;
pub mod prefetch;

use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::Result;
pub use batch::{Batch, UnpaddedBatch};
pub use options::{BatchOptions, Shard, Subset};

use crate::error::{CorpusError, OptionError};
use crate::examples::{
    EpochPlan, Example, ExampleOptions, ExampleSource, balanced_random_next_prob, check_documents,
};
use crate::masking::{Masking, Predictions, Scratch};
use crate::rng::{Purpose, Stream};
use crate::store::TokenStore;

/// A plan that is computed when it is first used.
type KeptPlan = Arc<OnceLock<Arc<EpochPlan>>>;

/// Around the end of an epoch, batches of two epochs are requested.
const PLANS_KEPT: usize = 2;
const HALF: f64 = 0.5;

/// Makes batches from a store. A batch is a function of the store, the options, its epoch and its
/// number.
#[derive(Debug)]
pub struct PretrainingDataset {
    store: Arc<TokenStore>,
    documents: Vec<usize>,
    options: BatchOptions,
    masking: Masking,
    random_next_prob: f64,
    plans: Mutex<Vec<(u32, KeptPlan)>>,
}

impl PretrainingDataset {
    pub fn new(store: Arc<TokenStore>, subset: Subset, options: BatchOptions) -> Result<Self> {
        options.check()?;
        let masking = Masking::new(&store, options.masking)?;
        let documents = subset.documents(&store, options.seed)?;
        check_documents(&store, &documents, options.examples.objective)?;
        let mut dataset = Self {
            store,
            documents,
            options,
            masking,
            random_next_prob: HALF,
            plans: Mutex::new(Vec::new()),
        };
        let ExampleOptions {
            objective,
            balanced_labels,
            ..
        } = options.examples;
        if balanced_labels && objective.has_random_segments() {
            dataset.random_next_prob = balanced_random_next_prob(&dataset.source());
        }
        dataset.check_size()?;
        Ok(dataset)
    }

    fn source(&self) -> ExampleSource<'_> {
        ExampleSource {
            store: &self.store,
            documents: &self.documents,
            options: self.options.examples,
            seed: self.options.seed,
            random_next_prob: self.random_next_prob,
        }
    }

    fn check_size(&self) -> Result<()> {
        let all = self.plan(0).len();
        if self.batches(all) > 0 {
            return Ok(());
        }
        let examples = self.examples_of_every_shard(all);
        let seq_len = self.options.examples.seq_len;
        let batch_size = self.options.batch_size;
        let Shard { world_size, .. } = self.options.shard;
        let error = match (examples, world_size) {
            (0, 1) => CorpusError::NoExample { seq_len },
            (0, _) => CorpusError::TooFewForRanks {
                examples: all,
                seq_len,
                world_size,
            },
            _ => CorpusError::TooFewForBatch {
                examples,
                seq_len,
                batch_size,
            },
        };
        Err(error.into())
    }

    pub fn store(&self) -> &TokenStore {
        &self.store
    }

    pub fn options(&self) -> &BatchOptions {
        &self.options
    }

    /// The documents that the examples come from, by number.
    pub fn documents(&self) -> &[usize] {
        &self.documents
    }

    /// The number of examples of an epoch in this shard.
    pub fn examples(&self, epoch: u32) -> usize {
        self.in_shard(self.plan(epoch).len())
    }

    /// The share of an epoch's examples, of all shards, with label 1.
    pub fn random_next_share(&self, epoch: u32) -> f64 {
        self.plan(epoch).random_next_share()
    }

    pub fn batches_per_epoch(&self, epoch: u32) -> usize {
        self.batches(self.plan(epoch).len())
    }

    /// The number of examples in this shard, of `all` examples of an epoch.
    fn in_shard(&self, all: usize) -> usize {
        let Shard { rank, world_size } = self.options.shard;
        all.saturating_sub(rank).div_ceil(world_size)
    }

    fn examples_of_every_shard(&self, all: usize) -> usize {
        all / self.options.shard.world_size
    }

    /// If only full batches count, every shard has the same number of them.
    fn batches(&self, all: usize) -> usize {
        if self.options.drop_last {
            self.examples_of_every_shard(all) / self.options.batch_size
        } else {
            self.in_shard(all).div_ceil(self.options.batch_size)
        }
    }

    /// The examples of an epoch. Plans are kept, since planning takes longer than a batch. While one
    /// epoch is planned, other threads may use others.
    pub fn plan(&self, epoch: u32) -> Arc<EpochPlan> {
        let plan = self.kept_plan(epoch);
        Arc::clone(plan.get_or_init(|| Arc::new(EpochPlan::new(&self.source(), epoch))))
    }

    fn kept_plan(&self, epoch: u32) -> KeptPlan {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, plan)) = plans.iter().find(|(kept, _)| *kept == epoch) {
            return Arc::clone(plan);
        }
        if plans.len() == PLANS_KEPT {
            plans.remove(0);
        }
        let plan = Arc::default();
        plans.push((epoch, Arc::clone(&plan)));
        plan
    }

    pub fn batch(&self, epoch: u32, index: usize) -> Result<Batch> {
        let mut batch = Batch::default();
        self.fill_batch(epoch, index, &mut batch)?;
        Ok(batch)
    }

    /// Like [`Self::batch`], in the memory of a used batch.
    pub fn fill_batch(&self, epoch: u32, index: usize, batch: &mut Batch) -> Result<()> {
        let rows = self.rows(epoch, index)?;
        let seq_len = self.options.examples.seq_len;
        let (count, tokens) = (rows.numbers.len(), rows.numbers.len() * seq_len);
        (batch.rows, batch.seq_len) = (count, seq_len);
        for array in [
            &mut batch.input_ids,
            &mut batch.token_type_ids,
            &mut batch.attention_mask,
        ] {
            // The rows overwrite every element, so the old values may stay.
            array.resize(tokens, 0);
        }
        self.clear(
            &rows,
            &mut batch.masked_lm_positions,
            &mut batch.masked_lm_ids,
        );
        batch.next_sentence_label.clear();
        let pad = i64::from(self.store.special().pad);
        let mut scratch = Scratch::default();
        let arrays = batch
            .input_ids
            .chunks_exact_mut(seq_len)
            .zip(batch.token_type_ids.chunks_exact_mut(seq_len))
            .zip(batch.attention_mask.chunks_exact_mut(seq_len));
        // On one thread: a batch takes microseconds, less than starting another thread.
        for (row, ((ids, types), mask)) in arrays.enumerate() {
            let (number, example) = rows.row(self.options.shard, row);
            let len = self.len(&example);
            let (ids, padding) = ids.split_at_mut(len);
            padding.fill(pad);
            types[len..].fill(0);
            mask[..len].fill(1);
            mask[len..].fill(0);
            self.write(&example, ids, &mut types[..len]);
            let mut predictions = Predictions {
                first_position: row * seq_len,
                positions: &mut batch.masked_lm_positions,
                ids: &mut batch.masked_lm_ids,
                scratch: &mut scratch,
            };
            self.mask(&rows, number, ids, &mut predictions);
            self.label(&example, &mut batch.next_sentence_label);
        }
        Ok(())
    }

    /// The examples of [`Self::batch`] without their padding.
    pub fn unpadded_batch(&self, epoch: u32, index: usize) -> Result<UnpaddedBatch> {
        let rows = self.rows(epoch, index)?;
        let mut batch = UnpaddedBatch {
            cu_seqlens: vec![0],
            ..UnpaddedBatch::default()
        };
        for row in 0..rows.numbers.len() {
            let (_, example) = rows.row(self.options.shard, row);
            let len = self.len(&example);
            let begin = batch.cu_seqlens[row];
            // A batch has fewer than 2³¹ tokens, which `BatchOptions::check` ensures.
            batch.cu_seqlens.push(begin + len as i32);
            batch.max_seqlen = batch.max_seqlen.max(len);
        }
        let tokens = batch.cu_seqlens[rows.numbers.len()] as usize;
        batch.input_ids = vec![0; tokens];
        batch.token_type_ids = vec![0; tokens];
        self.clear(
            &rows,
            &mut batch.masked_lm_positions,
            &mut batch.masked_lm_ids,
        );
        let mut scratch = Scratch::default();
        for (row, ends) in batch.cu_seqlens.windows(2).enumerate() {
            let (number, example) = rows.row(self.options.shard, row);
            let range = ends[0] as usize..ends[1] as usize;
            let first_position = range.start;
            let ids = &mut batch.input_ids[range.clone()];
            self.write(&example, ids, &mut batch.token_type_ids[range]);
            let mut predictions = Predictions {
                first_position,
                positions: &mut batch.masked_lm_positions,
                ids: &mut batch.masked_lm_ids,
                scratch: &mut scratch,
            };
            self.mask(&rows, number, ids, &mut predictions);
            self.label(&example, &mut batch.next_sentence_label);
        }
        Ok(batch)
    }

    /// The examples of a batch.
    fn rows(&self, epoch: u32, index: usize) -> Result<BatchRows> {
        let plan = self.plan(epoch);
        let batches = self.batches(plan.len());
        if index >= batches {
            return Err(OptionError::NoSuchBatch {
                epoch,
                batches,
                index,
            }
            .into());
        }
        let first = index * self.options.batch_size;
        let end = (first + self.options.batch_size).min(self.in_shard(plan.len()));
        let epochs = f64::from(epoch) + index as f64 / batches as f64;
        Ok(BatchRows {
            epoch,
            plan,
            numbers: first..end,
            rate: self.masking.options().rate(epochs),
        })
    }

    /// Empties the arrays and reserves room for the maximum number of predictions, apart from rounding.
    fn clear(&self, rows: &BatchRows, positions: &mut Vec<i64>, ids: &mut Vec<i64>) {
        let options = self.masking.options();
        let seq_len = self.options.examples.seq_len;
        let most = rows.numbers.len() * options.predictions(rows.rate, seq_len, seq_len);
        for array in [positions, ids] {
            array.clear();
            array.reserve(most);
        }
    }

    /// Masks the example with this number in the epoch.
    fn mask(
        &self,
        rows: &BatchRows,
        number: u64,
        ids: &mut [i64],
        predictions: &mut Predictions<'_>,
    ) {
        let mut rng = Stream::new(self.options.seed, Purpose::Masking, rows.epoch, number);
        self.masking.mask(ids, rows.rate, &mut rng, predictions);
    }

    fn label(&self, example: &Example, labels: &mut Vec<i64>) {
        if self.options.examples.objective.has_pairs() {
            labels.push(i64::from(example.is_random_next));
        }
    }

    /// The number of tokens of an example, special tokens included.
    fn len(&self, example: &Example) -> usize {
        let mut len = 1;
        self.each_run(example, |run| len += run.len() + 1);
        len
    }

    /// Writes an example into arrays of its length.
    fn write(&self, example: &Example, ids: &mut [i64], types: &mut [i64]) {
        let special = self.store.special();
        ids[0] = i64::from(special.cls);
        let mut at = 1;
        self.each_run(example, |run| {
            let end = at + run.len();
            self.store.copy_ids(run.start, &mut ids[at..end]);
            ids[end] = i64::from(special.sep);
            at = end + 1;
        });
        let first_segment = if self.options.examples.objective.has_pairs() {
            example.a_len + 2
        } else {
            types.len()
        };
        types[..first_segment].fill(0);
        types[first_segment..].fill(1);
    }

    /// The ranges of tokens of the store after each of which a `[SEP]` follows.
    fn each_run(&self, example: &Example, mut each: impl FnMut(Range<usize>)) {
        if self.options.examples.objective.has_pairs() {
            each(example.a_start..example.a_start + example.a_len);
            each(example.b_start..example.b_start + example.b_len);
            return;
        }
        let mut left = example.a_len;
        for &document in &self.documents[example.b_start..] {
            let begin = self
                .store
                .sentence_start(self.store.document(document).start);
            let end = begin + self.store.document_len(document);
            // Only the first document may be used from its middle on.
            let start = if left == example.a_len {
                example.a_start
            } else {
                begin
            };
            let run = start..end.min(start + left);
            left -= run.len();
            each(run);
            if left == 0 {
                return;
            }
        }
    }
}

/// The examples of a batch, by their numbers in the shard, and the share of their tokens that is
/// predicted.
struct BatchRows {
    epoch: u32,
    plan: Arc<EpochPlan>,
    numbers: Range<usize>,
    rate: f64,
}

impl BatchRows {
    /// The number of the example in a row, in the epoch, and the example.
    fn row(&self, shard: Shard, row: usize) -> (u64, Example) {
        let number = shard.rank + shard.world_size * (self.numbers.start + row);
        (number as u64, self.plan.example(number))
    }
}
