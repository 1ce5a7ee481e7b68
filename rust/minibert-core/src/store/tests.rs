//! Stores that are built in memory: boundaries, blocks, splits and statistics.

use super::document_encoder::{Encoded, hash};
use super::*;
use crate::corpus::CorpusSummary;
use crate::options::TokenizerOptions;
use crate::tokenizer::ragged::Ragged;
use crate::tokenizer::vocabulary::{SPECIAL_TOKENS, Vocab};

/// A store of documents given as sentences of letters; `a` is the first id after the five special
/// tokens.
fn store(documents: &[&[&str]]) -> TokenStore {
    let mut tokens: Vec<String> = SPECIAL_TOKENS.map(str::to_owned).to_vec();
    tokens.extend(('a'..='z').map(String::from));
    let vocab = Vocab::from_tokens(tokens).unwrap();
    let tokenizer = Tokenizer::new(vocab, TokenizerOptions::default()).unwrap();
    let mut writer = Writer::new(&tokenizer, None).unwrap();
    for document in documents {
        let letters = document.concat();
        let ids: Vec<u32> = letters
            .bytes()
            .map(|byte| u32::from(byte - b'a') + 5)
            .collect();
        let mut boundaries = vec![0];
        boundaries.extend(document.iter().scan(0, |end, sentence| {
            *end += sentence.len();
            Some(*end)
        }));
        let encoded = Encoded {
            documents: vec![(document.len(), hash(&ids))],
            sentences: Ragged { ids, boundaries },
        };
        writer.push(&encoded).unwrap();
    }
    writer.finish(CorpusSummary::default(), [7; 32]).unwrap()
}

fn numbered(count: u32) -> TokenStore {
    let letters = |number: u32| -> String {
        (0..6)
            .map(|digit| char::from(b'a' + (number >> (3 * digit) & 7) as u8))
            .collect()
    };
    let documents: Vec<[String; 2]> = (0..count).map(|n| [letters(n), "xyz".into()]).collect();
    let documents: Vec<Vec<&str>> = documents
        .iter()
        .map(|document| document.iter().map(String::as_str).collect())
        .collect();
    store(&documents.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

#[test]
fn boundaries_are_kept_and_empty_sentences_and_documents_dropped() {
    let store = store(&[&["ab", "", "c"], &[], &[""], &["def"]]);
    assert_eq!(
        (store.documents(), store.sentences(), store.tokens()),
        (2, 3, 6)
    );
    assert_eq!((store.document(0), store.document(1)), (0..2, 2..3));
    assert_eq!((store.sentence_start(2), store.sentence_len(2)), (3, 3));
    let mut ids = [0; 3];
    store.copy_ids(2, &mut ids);
    assert_eq!(ids, [7, 8, 9]);
    assert_eq!(store.token_counts().iter().sum::<u64>(), 6);
}

#[test]
fn the_entropy_of_equal_counts_is_the_logarithm_of_their_number() {
    let entropy = store(&[&["abcd", "dcba"]]).unigram_entropy();
    assert!((entropy - 4_f64.ln()).abs() < 1e-12);
}

#[test]
fn the_fingerprint_sees_tokens_and_both_kinds_of_boundary() {
    let fingerprint = |documents: &[&[&str]]| store(documents).fingerprint();
    let base = fingerprint(&[&["ab", "c"], &["d"]]);
    assert_eq!(base, fingerprint(&[&["ab", "c"], &["d"]]));
    assert_ne!(base, fingerprint(&[&["ab", "x"], &["d"]]));
    assert_ne!(base, fingerprint(&[&["a", "bc"], &["d"]]));
    assert_ne!(base, fingerprint(&[&["ab"], &["c", "d"]]));
    assert_eq!(
        base, 10_582_350_628_657_754_929,
        "the fingerprint must never move"
    );
}

#[test]
fn the_split_takes_its_share_and_shares_no_document() {
    let store = numbered(4000);
    let split = store.split(0.1, 3).unwrap();
    assert_eq!(split.train.len() + split.validation.len(), 4000);
    assert!(
        split
            .train
            .iter()
            .all(|document| !split.validation.contains(document))
    );
    // 400 are expected; the standard deviation is 19.
    assert!((300..500).contains(&split.validation.len()));
    assert_ne!(split, store.split(0.1, 4).unwrap());
}

#[test]
fn documents_do_not_change_sides_when_the_corpus_grows() {
    let before = numbered(1000).split(0.1, 0).unwrap().validation;
    let after = numbered(2000).split(0.1, 0).unwrap().validation;
    let kept: Vec<_> = after
        .into_iter()
        .filter(|&document| document < 1000)
        .collect();
    assert_eq!(before, kept);
}

#[test]
fn equal_documents_fall_on_one_side() {
    let one: &[&str] = &["ab", "cd"];
    let store = store(&[one, &["b"], one, &["c"], &["d"], one, &["e"]]);
    for seed in 0..20 {
        let split = store.split(0.5, seed).unwrap();
        let validation = [0, 2, 5].map(|document| split.validation.contains(&document));
        assert!(validation == [true; 3] || validation == [false; 3]);
    }
}

#[test]
fn a_tiny_corpus_holds_out_two_documents_and_a_tinier_one_is_refused() {
    let four = store(&[&["a"], &["b"], &["c"], &["d"]]);
    assert_eq!(four.split(0.01, 0).unwrap().validation.len(), 2);
    assert_eq!(four.split(0.99, 0).unwrap().train.len(), 2);
    assert_eq!(four.split(0.0, 0).unwrap().validation.len(), 0);
    let three = store(&[&["a"], &["b"], &["c"], &["c"]]);
    let message = three.split(0.1, 0).unwrap_err().to_string();
    assert!(message.contains("3 different documents"), "{message}");
    assert!(four.split(1.0, 0).is_err() && four.split(f64::NAN, 0).is_err());
}

#[test]
fn neighbors_count_by_their_distance_and_side_and_across_sentences() {
    let store = store(&[&["ab", "cd"], &["ad"]]);
    let [a, b, c, d] = [5, 6, 7, 8];
    let counts = store.context_counts(&[0, 1], &[d as u32, a as u32], 2);
    let near = |id: usize| &counts[4 * id..][..4]; // d and a before it, d and a behind it
    assert_eq!(near(a), [0.0, 0.0, 1.0, 0.0]); // three apart in the first document
    assert_eq!(near(b), [0.0, 1.0, 0.5, 0.0]);
    assert_eq!(near(c), [0.0, 0.5, 1.0, 0.0]);
    assert_eq!(near(d), [0.0, 1.0, 0.0, 0.0]);
    let halves: f32 = counts.iter().map(|count| 2.0 * count).sum();
    assert_eq!(halves as usize, 10);
}

#[test]
fn neighbors_are_counted_in_the_named_documents_alone() {
    let store = store(&[&["ab"], &["ac"]]);
    let counts = store.context_counts(&[1], &[5], 4);
    let seen: Vec<usize> = (0..counts.len()).filter(|&at| counts[at] > 0.0).collect();
    assert_eq!(seen, [2 * 7]);
}
