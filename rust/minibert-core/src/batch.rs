//! The batches station: any batch of any epoch by its number, as contiguous arrays.

use std::sync::{Arc, Mutex, PoisonError};

use crate::examples::{EpochPlan, Example, NextSentenceOptions, SPECIAL_TOKENS, check_documents};
use crate::masking::{MaskingOptions, choose, disguise};
use crate::rng::{Purpose, Stream};
use crate::store::TokenStore;
use crate::{Error, Result};

/// Around the end of an epoch, batches of two are asked for.
const PLANS_KEPT: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BatchOptions {
    pub pairs: NextSentenceOptions,
    pub masking: MaskingOptions,
    pub batch_size: usize,
    pub seed: u64,
    /// Whether the last batch of an epoch is left out when it is not full.
    pub drop_last: bool,
}

/// Which documents of a store a dataset is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    All,
    Train { held_out_fraction: f64 },
    HeldOut { held_out_fraction: f64 },
}

/// Examples as the model takes them; B of them, S tokens each. Rows follow each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    pub rows: usize,
    pub seq_len: usize,
    /// (B, S): `[CLS] A [SEP] B [SEP]`, masked, then `[PAD]`.
    pub input_ids: Vec<i64>,
    /// (B, S): 1 from the first token of B to the last `[SEP]`, else 0.
    pub token_type_ids: Vec<i64>,
    /// (B, S): 0 on padding, else 1.
    pub attention_mask: Vec<i64>,
    /// (N): the predicted tokens' places in the flattened `input_ids`, ascending.
    pub masked_lm_positions: Vec<i64>,
    /// (N): what they were.
    pub masked_lm_ids: Vec<i64>,
    /// (B): 0 where B follows A, 1 where it is random.
    pub next_sentence_label: Vec<i64>,
}

/// Makes batches from a store. Every batch is a function of the store, the options and its number.
#[derive(Debug)]
pub struct PretrainingDataset {
    store: Arc<TokenStore>,
    documents: Vec<usize>,
    options: BatchOptions,
    plans: Mutex<Vec<(u32, Arc<EpochPlan>)>>,
}

impl PretrainingDataset {
    pub fn new(store: Arc<TokenStore>, part: Part, options: BatchOptions) -> Result<Self> {
        options.pairs.check()?;
        options.masking.check()?;
        if options.batch_size == 0 {
            return Err(Error::Option(
                "the batch size must be 1 or more, not 0".to_owned(),
            ));
        }
        if store.replacements().is_empty() {
            return Err(Error::Vocabulary(
                "the vocabulary has special pieces only, so that there is nothing to predict: train \
                 one on the corpus"
                    .to_owned(),
            ));
        }
        let documents = match part {
            Part::All => (0..store.documents()).collect(),
            Part::Train { held_out_fraction } => {
                store.split(held_out_fraction, options.seed)?.train
            }
            Part::HeldOut { held_out_fraction } => {
                if held_out_fraction == 0.0 {
                    return Err(Error::Option(
                        "with a held-out fraction of 0 there are no held-out batches".to_owned(),
                    ));
                }
                store.split(held_out_fraction, options.seed)?.held_out
            }
        };
        check_documents(&documents)?;
        let dataset = Self {
            store,
            documents,
            options,
            plans: Mutex::new(Vec::new()),
        };
        dataset.check_size()?;
        Ok(dataset)
    }

    fn check_size(&self) -> Result<()> {
        let examples = self.plan(0).examples.len();
        let BatchOptions {
            pairs, batch_size, ..
        } = self.options;
        if self.batches(examples) > 0 {
            return Ok(());
        }
        Err(Error::Corpus(format!(
            "the corpus gives {examples} examples of up to {} tokens, too few for one batch of \
             {batch_size}: use a batch size of {examples} or less, or more text",
            pairs.seq_len
        )))
    }

    pub fn store(&self) -> &TokenStore {
        &self.store
    }

    /// The documents that the examples come from, by number.
    pub fn documents(&self) -> &[usize] {
        &self.documents
    }

    pub fn examples(&self, epoch: u32) -> usize {
        self.plan(epoch).examples.len()
    }

    pub fn random_next_share(&self, epoch: u32) -> f64 {
        self.plan(epoch).random_next_share()
    }

    pub fn batches_per_epoch(&self, epoch: u32) -> usize {
        self.batches(self.examples(epoch))
    }

    fn batches(&self, examples: usize) -> usize {
        if self.options.drop_last {
            examples / self.options.batch_size
        } else {
            examples.div_ceil(self.options.batch_size)
        }
    }

    /// The examples of an epoch. They are kept, since planning one takes longer than a batch.
    pub fn plan(&self, epoch: u32) -> Arc<EpochPlan> {
        let mut plans = self.plans.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, plan)) = plans.iter().find(|(kept, _)| *kept == epoch) {
            return Arc::clone(plan);
        }
        let BatchOptions { pairs, seed, .. } = &self.options;
        let plan = EpochPlan::new(&self.store, &self.documents, pairs, *seed, epoch);
        let plan = Arc::new(plan);
        if plans.len() == PLANS_KEPT {
            plans.remove(0);
        }
        plans.push((epoch, Arc::clone(&plan)));
        plan
    }

    pub fn batch(&self, epoch: u32, index: usize) -> Result<Batch> {
        let plan = self.plan(epoch);
        let batches = self.batches(plan.examples.len());
        if index >= batches {
            return Err(Error::Option(format!(
                "epoch {epoch} has {batches} batches, so that there is no batch {index}"
            )));
        }
        let first = index * self.options.batch_size;
        let end = (first + self.options.batch_size).min(plan.examples.len());
        let examples = &plan.examples[first..end];
        let mut batch = self.empty(examples);
        // On one thread: a batch takes microseconds, less than it takes to start a second one.
        for (row, (example, mut slices)) in self.rows(examples, &mut batch).enumerate() {
            let number = (first + row) as u64;
            let mut rng = Stream::new(self.options.seed, Purpose::Masking, epoch, number);
            self.fill(example, &mut slices, &mut rng);
        }
        Ok(batch)
    }

    fn predictions(&self, example: &Example) -> usize {
        let candidates = (example.a_len + example.b_len) as usize;
        self.options
            .masking
            .predictions(candidates + SPECIAL_TOKENS, candidates)
    }

    fn empty(&self, examples: &[Example]) -> Batch {
        let rows = examples.len();
        let seq_len = self.options.pairs.seq_len;
        let predictions = examples
            .iter()
            .map(|example| self.predictions(example))
            .sum();
        let label = |example: &Example| i64::from(example.is_random_next);
        Batch {
            rows,
            seq_len,
            input_ids: vec![i64::from(self.store.special().pad); rows * seq_len],
            token_type_ids: vec![0; rows * seq_len],
            attention_mask: vec![0; rows * seq_len],
            masked_lm_positions: vec![0; predictions],
            masked_lm_ids: vec![0; predictions],
            next_sentence_label: examples.iter().map(label).collect(),
        }
    }

    /// Cuts the arrays of a batch into what belongs to each example.
    fn rows<'a>(
        &self,
        examples: &'a [Example],
        batch: &'a mut Batch,
    ) -> impl Iterator<Item = (&'a Example, Row<'a>)> {
        let seq_len = batch.seq_len;
        let mut positions = batch.masked_lm_positions.as_mut_slice();
        let mut ids = batch.masked_lm_ids.as_mut_slice();
        let arrays = batch
            .input_ids
            .chunks_exact_mut(seq_len)
            .zip(batch.token_type_ids.chunks_exact_mut(seq_len))
            .zip(batch.attention_mask.chunks_exact_mut(seq_len));
        let rows = examples.iter().zip(arrays).enumerate();
        rows.map(
            move |(row, (example, ((input_ids, token_type_ids), attention_mask)))| {
                let predictions = self.predictions(example);
                let slices = Row {
                    first_position: row * seq_len,
                    input_ids,
                    token_type_ids,
                    attention_mask,
                    masked_lm_positions: positions.split_off_mut(..predictions).unwrap_or_default(),
                    masked_lm_ids: ids.split_off_mut(..predictions).unwrap_or_default(),
                };
                (example, slices)
            },
        )
    }

    fn fill(&self, example: &Example, row: &mut Row<'_>, rng: &mut Stream) {
        let special = self.store.special();
        let (a_len, b_len) = (example.a_len as usize, example.b_len as usize);
        let b_at = a_len + 2;
        let end = b_at + b_len + 1;
        row.input_ids[0] = i64::from(special.cls);
        self.store
            .copy_ids(example.a_start, &mut row.input_ids[1..=a_len]);
        row.input_ids[b_at - 1] = i64::from(special.sep);
        self.store
            .copy_ids(example.b_start, &mut row.input_ids[b_at..b_at + b_len]);
        row.input_ids[end - 1] = i64::from(special.sep);
        row.token_type_ids[b_at..end].fill(1);
        row.attention_mask[..end].fill(1);

        let mut predicted = 0;
        choose(a_len + b_len, row.masked_lm_ids.len(), rng, |candidate| {
            let at = candidate + if candidate < a_len { 1 } else { 2 };
            row.masked_lm_positions[predicted] = (row.first_position + at) as i64;
            row.masked_lm_ids[predicted] = row.input_ids[at];
            predicted += 1;
        });
        for (&position, &id) in row.masked_lm_positions.iter().zip(&*row.masked_lm_ids) {
            row.input_ids[position as usize - row.first_position] =
                disguise(id, special, self.store.replacements(), rng);
        }
    }
}

/// The part of a batch that belongs to one example.
struct Row<'a> {
    /// Where it begins in the flattened `input_ids`.
    first_position: usize,
    input_ids: &'a mut [i64],
    token_type_ids: &'a mut [i64],
    attention_mask: &'a mut [i64],
    masked_lm_positions: &'a mut [i64],
    masked_lm_ids: &'a mut [i64],
}
