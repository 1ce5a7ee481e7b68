//! Texts, options and datasets for the tests.

use std::sync::{Arc, LazyLock};

use minibert_core::Result;
use minibert_core::corpus::{Corpus, CorpusOptions, Input, Layout};
use minibert_core::dataset::{Batch, BatchOptions, PretrainingDataset, Shard, Subset};
use minibert_core::examples::{ExampleOptions, Objective};
use minibert_core::masking::{MaskUnit, MaskingOptions};
use minibert_core::options::TokenizerOptions;
use minibert_core::rng::mix64;
use minibert_core::store::{BuildOptions, TokenStore};
use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::vocabulary::Vocab;

pub const SPECIALS: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];
pub const WORDS: [&str; 12] = [
    "the", "a", "cat", "dog", "sat", "ran", "on", "mat", "warm", "older", "reddest", ".",
];
/// The tokens of the words, from id 6 on; two words have several tokens.
pub const TOKENS: [&str; 15] = [
    "the", "a", "cat", "dog", "sat", "ran", "on", "mat", "warm", "old", "##er", "red", "##de",
    "##st", ".",
];

pub static TOKENIZER: LazyLock<Tokenizer> = LazyLock::new(|| {
    let tokens = SPECIALS.iter().chain(&["[unused0]"]).chain(&TOKENS);
    let vocab = Vocab::from_tokens(tokens.map(ToString::to_string)).unwrap();
    Tokenizer::new(vocab, TokenizerOptions::default()).unwrap()
});

/// Simple sentences from arithmetic, without a random generator.
pub fn text(documents: usize) -> String {
    let mut text = String::new();
    let mut number = 1;
    for document in 0..documents {
        for _ in 0..3 + document % 7 {
            for _ in 0..3 + number % 8 {
                number = mix64(number);
                text.push_str(WORDS[(number >> 32) as usize % 11]);
                text.push(' ');
            }
            text.push_str(".\n");
        }
        text.push('\n');
    }
    text
}

pub fn corpus(text: &str) -> Result<Corpus> {
    let input = Input::Memory {
        name: "text".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    let options = CorpusOptions {
        layout: Some(Layout::Sentences),
        ..CorpusOptions::default()
    };
    Corpus::open(&[input], options)
}

pub fn store(text: &str) -> Result<Arc<TokenStore>> {
    let store = TokenStore::build(
        &corpus(text)?,
        &TOKENIZER,
        BuildOptions::default(),
        &mut |_| Ok(()),
    )?;
    Ok(Arc::new(store))
}

pub const OBJECTIVES: [Objective; 5] = [
    Objective::NextSentence,
    Objective::SentenceOrder,
    Objective::FullSentences,
    Objective::DocSentences,
    Objective::Line,
];
pub const UNITS: [MaskUnit; 4] = [
    MaskUnit::Token,
    MaskUnit::WholeWord,
    MaskUnit::Span,
    MaskUnit::Ngram,
];

pub fn options(seq_len: usize, batch_size: usize) -> BatchOptions {
    BatchOptions {
        examples: ExampleOptions {
            objective: Objective::NextSentence,
            seq_len,
            short_seq_prob: 0.1,
            hard_negative_prob: 0.0,
            balanced_labels: false,
        },
        masking: MaskingOptions {
            unit: MaskUnit::Token,
            masked_lm_prob: 0.15,
            final_masked_lm_prob: 0.15,
            masked_lm_prob_epochs: 1.0,
            max_predictions_per_seq: None,
            mask_replace_prob: 0.8,
            random_replace_prob: 0.1,
        },
        batch_size,
        seed: 42,
        drop_last: false,
        shard: Shard {
            rank: 0,
            world_size: 1,
        },
    }
}

pub fn with_objective(objective: Objective, seq_len: usize, batch_size: usize) -> BatchOptions {
    let mut options = options(seq_len, batch_size);
    options.examples.objective = objective;
    options
}

pub fn dataset(text: &str, part: Subset, options: BatchOptions) -> Result<PretrainingDataset> {
    PretrainingDataset::new(store(text)?, part, options)
}

pub fn hash(batch: &Batch) -> u64 {
    [
        &batch.input_ids,
        &batch.token_type_ids,
        &batch.attention_mask,
        &batch.masked_lm_positions,
        &batch.masked_lm_ids,
        &batch.next_sentence_label,
    ]
    .into_iter()
    .flatten()
    .fold(0, |hash, &value| mix64(hash ^ value as u64))
}

pub fn document_at(store: &TokenStore, token: usize) -> usize {
    let begins = |document: &usize| store.sentence_start(store.document(*document).start) <= token;
    (0..store.documents()).rfind(begins).unwrap()
}
