//! What is true of every example: its documents, its segments, and its label.

use std::sync::Arc;

use minibert_core::dataset::{PretrainingDataset, Subset};
use minibert_core::examples::Objective;

use crate::samples::{OBJECTIVES, dataset, document_at, options, store, text, with_objective};

#[test]
fn validation_and_training_sets_share_no_document_and_hold_them_all() {
    let text = text(300);
    let validation_fraction = 0.1;
    let train = dataset(
        &text,
        Subset::Train {
            validation_fraction,
        },
        options(32, 8),
    )
    .unwrap();
    let validation = dataset(
        &text,
        Subset::Validation {
            validation_fraction,
        },
        options(32, 8),
    )
    .unwrap();
    let mut all = [train.documents(), validation.documents()].concat();
    all.sort_unstable();
    assert_eq!(all, (0..300).collect::<Vec<_>>());
    for dataset in [&train, &validation] {
        for example in dataset.plan(0).examples() {
            for start in [example.a_start, example.b_start] {
                let document = document_at(dataset.store(), start);
                assert!(dataset.documents().contains(&document));
            }
        }
    }
}

fn seen(dataset: &PretrainingDataset, epoch: u32) -> Vec<u32> {
    let mut seen = vec![0; dataset.store().tokens()];
    let mut see = |start: usize, len: usize| {
        for times in &mut seen[start..start + len] {
            *times += 1;
        }
    };
    let is_next_sentence = dataset.options().examples.objective == Objective::NextSentence;
    for example in dataset.plan(epoch).examples() {
        see(example.a_start, example.a_len);
        if example.b_len > 0 && !(is_next_sentence && example.is_random_next) {
            see(example.b_start, example.b_len);
        }
    }
    seen
}

/// An epoch loses tokens by truncation only: where pairs fit, all tokens occur.
#[test]
fn every_token_is_seen_once_where_no_pair_is_truncated() {
    for objective in OBJECTIVES {
        let mut options = with_objective(objective, 1024, 8);
        options.examples.short_seq_prob = 0.0;
        let dataset = dataset(&text(100), Subset::All, options).unwrap();
        for epoch in 0..5 {
            let seen = seen(&dataset, epoch);
            assert!(seen.iter().all(|&times| times == 1), "{objective:?}");
        }
    }
}

#[test]
fn single_segments_lose_no_token_of_a_sentence_longer_than_the_sequence() {
    let store = store(&text(9)).unwrap();
    for objective in [
        Objective::FullSentences,
        Objective::DocSentences,
        Objective::Line,
    ] {
        for seq_len in 4..20 {
            let options = with_objective(objective, seq_len, 2);
            let dataset =
                PretrainingDataset::new(Arc::clone(&store), Subset::All, options).unwrap();
            let seen = seen(&dataset, 1);
            assert!(seen.iter().all(|&times| times == 1), "{objective:?}");
        }
    }
}

#[test]
fn a_random_segment_is_never_of_the_same_document_nor_the_true_successor() {
    let dataset = dataset(&text(4), Subset::All, options(16, 2)).unwrap();
    for epoch in 0..300 {
        for example in dataset.plan(epoch).examples() {
            let a = document_at(dataset.store(), example.a_start);
            let b = document_at(dataset.store(), example.b_start);
            assert_eq!(example.is_random_next, a != b);
            let a_end = example.a_start + example.a_len;
            assert!(!example.is_random_next || example.b_start != a_end);
        }
    }
}

/// Half of the documents are twice in the corpus, and some have a sentence that follows itself.
#[test]
fn a_random_segment_never_begins_with_the_sentence_that_follows_even_in_another_document() {
    let once = text(12).replace("the cat", "the cat .\nthe cat");
    let half = &once[..once.len() / 2];
    let text = format!("{once}\n{half}\n\n{}", ". the\n".repeat(9));
    for hard_negative_prob in [0.0, 0.5] {
        let mut options = options(1024, 1);
        options.examples.short_seq_prob = 0.9;
        options.examples.hard_negative_prob = hard_negative_prob;
        let dataset = dataset(&text, Subset::All, options).unwrap();
        let store = dataset.store();
        let start = |sentence| store.sentence_start(sentence);
        let sentence_at = |token| {
            let found = (0..store.sentences()).find(|&sentence| start(sentence) == token);
            found.unwrap_or(store.sentences())
        };
        let (mut seen, mut refused) = (0, 0);
        for epoch in 0..100 {
            for example in dataset.plan(epoch).examples() {
                let (a, follows) = (
                    document_at(store, example.a_start),
                    example.a_start + example.a_len,
                );
                let is_last = follows == start(store.document(a).end);
                let [next, drawn] = [follows, example.b_start].map(sentence_at);
                if example.is_random_next && !is_last {
                    assert!(!store.is_same_sentence(next, drawn));
                    seen += 1;
                } else if !example.is_random_next {
                    assert_eq!(next, drawn);
                    refused += usize::from(a + 1 == store.documents());
                }
            }
        }
        assert!(seen > 1000 && refused > 50, "{seen} {refused}");
    }
}

/// In a corpus that repeats one sentence, there is no other text for B.
#[test]
fn a_corpus_of_one_sentence_repeated_labels_no_successor_as_random() {
    let text = ("the cat sat .\n".repeat(5) + "\n").repeat(20);
    let dataset = dataset(&text, Subset::All, options(64, 1)).unwrap();
    for example in dataset.plan(0).examples() {
        let follows = example.a_start + example.a_len;
        assert_eq!(example.is_random_next, follows % 20 == 0);
        assert!(example.is_random_next || example.b_start == follows);
    }
}
