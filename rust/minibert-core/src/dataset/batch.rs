//! The arrays of a batch, padded and unpadded.

/// A batch as the model reads it: B examples of S tokens each, row by row.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    pub rows: usize,
    pub seq_len: usize,
    /// (B, S): `[CLS] A [SEP] B [SEP]` or `[CLS] A [SEP]`, masked, then `[PAD]`.
    pub input_ids: Vec<i64>,
    /// (B, S): 1 from the first token of B to the last `[SEP]`, else 0.
    pub token_type_ids: Vec<i64>,
    /// (B, S): 0 on padding, else 1.
    pub attention_mask: Vec<i64>,
    /// (N): the positions of the predicted tokens in the flattened `input_ids`, ascending.
    pub masked_lm_positions: Vec<i64>,
    /// (N): their original ids.
    pub masked_lm_ids: Vec<i64>,
    /// (B): 1 if B is random, or swapped with A, else 0. Empty for single segments.
    pub next_sentence_label: Vec<i64>,
}

/// The same examples end to end, without padding: T tokens in total.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UnpaddedBatch {
    /// (T): the examples.
    pub input_ids: Vec<i64>,
    /// (T): as in [`Batch`].
    pub token_type_ids: Vec<i64>,
    /// (B + 1): the position at which each example begins, and the end of the last one.
    pub cu_seqlens: Vec<i32>,
    /// The length of the longest example.
    pub max_seqlen: usize,
    /// (N): the positions of the predicted tokens in `input_ids`, ascending.
    pub masked_lm_positions: Vec<i64>,
    /// (N): their original ids.
    pub masked_lm_ids: Vec<i64>,
    /// (B), or empty, as in [`Batch`].
    pub next_sentence_label: Vec<i64>,
}
