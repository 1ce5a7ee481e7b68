//! Corpora that are very small or odd give well-formed batches, or one clear error.

use std::sync::Arc;

use minibert_core::dataset::{Batch, BatchOptions, PretrainingDataset, Subset};
use minibert_core::examples::Objective;
use minibert_core::masking::MaskUnit;
use minibert_core::options::TokenizerOptions;
use minibert_core::store::{BuildOptions, TokenStore};
use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::vocabulary::Vocab;
use minibert_core::{Error, Result};
use proptest::prelude::*;

use crate::samples::{
    OBJECTIVES, SPECIALS, TOKENIZER, UNITS, WORDS, corpus, dataset, options, text, with_objective,
};

#[test]
fn corpora_too_small_are_refused_with_what_would_work() {
    let message = |result: Result<PretrainingDataset>| match result {
        Err(Error::Corpus(error)) => error.to_string(),
        other => panic!("{other:?}"),
    };
    let one = message(dataset(
        "The cat sat.\nIt ran.\n",
        Subset::All,
        options(32, 1),
    ));
    assert!(one.contains("needs at least two documents"), "{one}");
    let mut full = options(32, 1000);
    full.drop_last = true;
    let few = message(dataset(&text(20), Subset::All, full));
    assert!(
        few.contains("too few for one batch of 1000: use a batch size of"),
        "{few}"
    );
}

#[test]
fn a_vocabulary_of_special_tokens_is_refused() {
    let vocab = Vocab::from_tokens(SPECIALS).unwrap();
    let tokenizer = Tokenizer::new(vocab, TokenizerOptions::default()).unwrap();
    let corpus = corpus(&text(10)).unwrap();
    let store = TokenStore::build(
        &corpus,
        &tokenizer,
        BuildOptions::default(),
        &mut |_| Ok(()),
    )
    .unwrap();
    let result = PretrainingDataset::new(Arc::new(store), Subset::All, options(32, 2));
    assert!(matches!(result, Err(Error::Vocabulary(_))));
}

#[test]
fn a_request_to_stop_stops_the_work() {
    let corpus = corpus(&text(10)).unwrap();
    let result = TokenStore::build(&corpus, &TOKENIZER, BuildOptions::default(), &mut |_| {
        Err(Error::Cancelled)
    });
    assert!(matches!(result, Err(Error::Cancelled)));
}

fn assert_well_formed(batch: &Batch, options: &BatchOptions) {
    let seq_len = batch.seq_len;
    let has_pairs = options.examples.objective.has_pairs();
    assert_eq!(batch.input_ids.len(), batch.rows * seq_len);
    let labels = if has_pairs { batch.rows } else { 0 };
    assert_eq!(batch.next_sentence_label.len(), labels);
    assert!(batch.masked_lm_positions.is_sorted_by(|a, b| a < b));
    let mut original = batch.input_ids.clone();
    let mut predictions = vec![0; batch.rows];
    for (&position, &id) in batch.masked_lm_positions.iter().zip(&batch.masked_lm_ids) {
        let seen = std::mem::replace(&mut original[position as usize], id);
        assert!(id > 5, "a special token was chosen");
        assert!(seen >= 4 && seen != 5, "a special token stands in");
        predictions[position as usize / seq_len] += 1;
    }
    for (row, predicted) in predictions.into_iter().enumerate() {
        let range = row * seq_len..(row + 1) * seq_len;
        let (ids, types) = (
            &original[range.clone()],
            &batch.token_type_ids[range.clone()],
        );
        let mask = &batch.attention_mask[range];
        let len = mask.iter().sum::<i64>() as usize;
        assert!(mask[..len].iter().all(|&one| one == 1));
        assert!(ids[len..].iter().all(|&id| id == 0) && types[len..].iter().all(|&id| id == 0));
        let seps: Vec<_> = (0..len).filter(|&at| ids[at] == 3).collect();
        assert_eq!((ids[0], seps.last()), (2, Some(&(len - 1))));
        assert!(seps[0] > 1 && seps.is_sorted_by(|a, b| a + 1 < *b));
        if has_pairs {
            assert_eq!(seps.len(), 2);
        } else if options.examples.objective != Objective::FullSentences {
            assert_eq!(seps.len(), 1);
        }
        let second = if has_pairs { seps[0] } else { len };
        assert!((0..len).all(|at| types[at] == i64::from(at > second)));
        let candidates = ids[..len].iter().filter(|&&id| id > 5).count();
        let most = (len as f64 * 0.15).round_ties_even().max(1.0) as usize;
        assert!(predicted <= most.min(candidates) && (predicted > 0) == (candidates > 0));
        if options.masking.unit == MaskUnit::Token {
            assert_eq!(predicted, most.min(candidates));
        }
    }
}

fn odd_corpus() -> impl Strategy<Value = String> {
    let sentence = prop_oneof![
        4 => proptest::collection::vec(0..WORDS.len(), 1..8),
        1 => Just(vec![0]),
        1 => Just(vec![WORDS.len()]),
        1 => proptest::collection::vec(0..WORDS.len(), 60..90),
    ];
    let sentence = sentence.prop_map(|words| {
        let words: Vec<_> = words
            .into_iter()
            .map(|word| *WORDS.get(word).unwrap_or(&"unknown"))
            .collect();
        words.join(" ") + " .\n"
    });
    let document =
        proptest::collection::vec(sentence, 0..6).prop_map(|lines| lines.concat() + "\n");
    proptest::collection::vec(document, 0..12).prop_map(|documents| documents.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn odd_corpora_give_well_formed_batches_or_one_clear_error(
        text in odd_corpus(),
        seq_len in 5_usize..40,
        batch_size in 1_usize..5,
        epoch in 0_u32..3,
        validation in proptest::bool::ANY,
        objective in proptest::sample::select(&OBJECTIVES[..]),
        unit in proptest::sample::select(&UNITS[..]),
        hard_negative_prob in proptest::sample::select(&[0.0, 0.5][..]),
        balanced_labels in proptest::bool::ANY,
    ) {
        let mut options = with_objective(objective, seq_len, batch_size);
        options.masking.unit = unit;
        options.examples.balanced_labels = balanced_labels;
        if objective == Objective::NextSentence {
            options.examples.hard_negative_prob = hard_negative_prob;
        }
        let part = if validation { Subset::Validation { validation_fraction: 0.3 } } else { Subset::All };
        match dataset(&text, part, options) {
            Err(Error::Corpus(error)) => prop_assert!(!error.to_string().contains('\n')),
            Err(other) => panic!("{other:?}"),
            Ok(dataset) => {
                let batches = dataset.batches_per_epoch(epoch);
                let mut rows = 0;
                for index in 0..batches {
                    let batch = dataset.batch(epoch, index).unwrap();
                    rows += batch.rows;
                    assert_well_formed(&batch, &options);
                }
                prop_assert_eq!(rows, dataset.examples(epoch));
                prop_assert!(dataset.batch(epoch, batches).is_err());
            }
        }
    }
}
