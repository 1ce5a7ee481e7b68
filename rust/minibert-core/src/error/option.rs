//! Why the value of an option cannot be used.

use super::causes::causes;

causes! {
    /// An option, or two options together, whose values cannot be used.
    OptionError {
        UnknownName { option: &'static str, value: String, allowed: &'static str } = "unknown_name",
            "there is no {option} {value:?}: use {allowed}";
        OutOfRange { option: &'static str, range: &'static str, value: f64 } = "out_of_range",
            "{option} must be {range}, not {value}";
        ReplacementAboveOne { mask_replace_prob: f64, random_replace_prob: f64 } = "replacement_above_one",
            "mask_replace_prob {mask_replace_prob} and random_replace_prob {random_replace_prob} add up to \
             more than 1: make one of them smaller";
        HardNegatives {} = "hard_negatives_without_next_sentence",
            "hard_negative_prob applies to the objective next_sentence only: leave it at 0";
        SeqLenTooShort { seq_len: usize, minimum: usize } = "seq_len_too_short",
            "a sequence length of {seq_len} has no room for an example: give {minimum} or more";
        SeqLenTooLong { seq_len: usize, maximum: usize } = "seq_len_too_long",
            "a sequence length of {seq_len} is too long: give {maximum} or less";
        Rank { rank: usize, world_size: usize } = "rank_out_of_range",
            "there is no rank {rank} in a world size of {world_size}: give a rank from 0 to below the world \
             size";
        BatchTooLarge { batch_size: usize, seq_len: usize } = "batch_too_large",
            "a batch of {batch_size} examples of {seq_len} tokens is larger than the maximum of \
             2,147,483,647 tokens: make it smaller";
        NoSuchBatch { epoch: u32, batches: usize, index: usize } = "no_such_batch",
            "epoch {epoch} has {batches} batches, so there is no batch {index}";
        NoSuchEpoch { epoch: u32 } = "no_such_epoch",
            "there is no epoch after {epoch}";
        NothingHeldOut {} = "no_validation_documents",
            "with a validation fraction of 0 there are no validation batches";
        StoreMemory { memory: u64, minimum_mb: u64 } = "too_little_memory",
            "a store cannot be made in {memory} bytes of memory: allow {minimum_mb} MB or more";
        Stride { stride: usize, max_length: usize, room: usize, limit: usize } = "stride_too_large",
            "a stride of {stride} is too large for max_length {max_length}, of which the special tokens \
             leave {room}: give a stride below {limit}";
        StrideOfText { stride: usize, max_length: usize, kept: usize } = "stride_too_large_for_text",
            "a stride of {stride} is too large where max_length {max_length} leaves {kept} tokens of a \
             text: give a smaller stride or a larger max_length";
        MaxLength { max_length: usize, special_tokens: usize } = "max_length_too_small",
            "a max_length of {max_length} has no room for the {special_tokens} special tokens: give at \
             least {special_tokens}, or add_special_tokens=False";
        PaddingTooLarge { option: &'static str, value: usize, maximum: usize } = "padding_too_large",
            "a padding {option} of {value} is too large: give at most {maximum}";
    }
}

impl OptionError {
    /// Refuses what is not a probability.
    pub(crate) fn check_probability(option: &'static str, value: f64) -> Result<(), Self> {
        let range = "between 0 and 1";
        let refused = Self::OutOfRange {
            option,
            range,
            value,
        };
        (0.0..=1.0).contains(&value).then_some(()).ok_or(refused)
    }
}
