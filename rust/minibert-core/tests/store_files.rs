//! Token stores as files: what was written is read again, and everything else is refused.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use minibert_core::corpus::{Corpus, CorpusOptions, Input};
use minibert_core::options::TokenizerOptions;
use minibert_core::store::{BuildOptions, TokenStore};
use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::vocabulary::Vocab;
use minibert_core::{Error, Result};
use proptest::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

const HEADER: usize = 512;
const TOKENS: &str = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n[unused1]\nthe\ncat\n##s\nsat\n.\na";

fn tokenizer(tokens: &str) -> Tokenizer {
    let vocab = Vocab::from_lines(tokens).unwrap();
    Tokenizer::new(vocab, TokenizerOptions::default()).unwrap()
}

fn corpus(text: &str) -> Corpus {
    let input = Input::Memory {
        name: "text".to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    Corpus::open(&[input], CorpusOptions::default()).unwrap()
}

fn build(text: &str, tokens: &str, path: Option<&Path>) -> TokenStore {
    let options = BuildOptions {
        path,
        made_from: [9; 32],
        ..BuildOptions::default()
    };
    TokenStore::build(&corpus(text), &tokenizer(tokens), options, &mut |_| Ok(())).unwrap()
}

fn text() -> String {
    "The cats sat.\nA cat.\n\nThe the cats sat.\nThe dog.\nA.\n\n".repeat(300)
}

fn sentences(store: &TokenStore) -> Vec<Vec<i64>> {
    (0..store.sentences())
        .map(|sentence| {
            let mut ids = vec![0; store.sentence_len(sentence)];
            store.copy_ids(store.sentence_start(sentence), &mut ids);
            ids
        })
        .collect()
}

fn assert_same(one: &TokenStore, other: &TokenStore) {
    assert_eq!(sentences(one), sentences(other));
    assert_eq!(one.documents(), other.documents());
    for document in 0..one.documents() {
        assert_eq!(one.document(document), other.document(document));
    }
    assert_eq!(one.token_counts(), other.token_counts());
    assert_eq!(one.special(), other.special());
    assert_eq!(one.replacements(), other.replacements());
    assert_eq!(one.fingerprint(), other.fingerprint());
    assert_eq!(one.made_from(), other.made_from());
    assert_eq!(one.corpus_summary(), other.corpus_summary());
    assert_eq!(one.split(0.1, 3).ok(), other.split(0.1, 3).ok());
}

/// A whole store, as bytes.
static BYTES: LazyLock<Vec<u8>> = LazyLock::new(|| {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    build(&text(), TOKENS, Some(&path));
    fs::read(path).unwrap()
});

fn open(bytes: &[u8]) -> Result<TokenStore> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    fs::write(&path, bytes).unwrap();
    TokenStore::open(&path)
}

fn refusal(bytes: &[u8]) -> String {
    match open(bytes).unwrap_err() {
        Error::Store(error) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

/// Corrects the header's checksum.
fn sealed(mut bytes: Vec<u8>) -> Vec<u8> {
    let checksum = xxh3_64(&bytes[..HEADER - 8]);
    bytes[HEADER - 8..HEADER].copy_from_slice(&checksum.to_le_bytes());
    bytes
}

#[test]
fn a_store_in_a_file_is_the_store_in_a_temporary_file_and_comes_back_when_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    let temporary = build(&text(), TOKENS, None);
    let written = build(&text(), TOKENS, Some(&path));
    let opened = TokenStore::open(&path).unwrap();
    assert!(opened.sentences() > 1024, "more than one block");
    assert_same(&temporary, &written);
    assert_same(&temporary, &opened);
    assert_eq!(opened.made_from(), &[9; 32]);
    assert_eq!(
        fs::metadata(&path).unwrap().len(),
        opened.stored_bytes() as u64
    );
    let names: Vec<_> = fs::read_dir(&folder).unwrap().collect();
    assert_eq!(names.len(), 1, "nothing else is left in the folder");
}

#[test]
fn the_bytes_of_a_store_never_move() {
    assert_eq!(xxh3_64(&BYTES), GOLDEN);
}

const GOLDEN: u64 = 3_070_875_754_470_701_249;

#[test]
fn ids_of_a_large_vocabulary_have_four_bytes() {
    let mut tokens = TOKENS.to_owned();
    for number in 0..70_000 {
        write!(tokens, "\nw{number}").unwrap();
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    build(
        "w69999 the w1.\n\nw65530.\n\na.\n\nthe.",
        &tokens,
        Some(&path),
    );
    let store = TokenStore::open(&path).unwrap();
    assert_eq!(sentences(&store)[0], [70_011, 6, 13, 10]);
    assert_eq!(sentences(&store)[1], [65_542, 10]);
}

#[test]
fn kinds_say_what_may_replace_and_what_continues() {
    let store = open(&BYTES).unwrap();
    assert_eq!(store.replacements(), [6, 7, 8, 9, 10, 11]);
    let continues: Vec<u32> = (0..40).filter(|&id| store.is_continuation(id)).collect();
    assert_eq!(continues, [8]);
}

#[test]
fn a_build_that_is_stopped_or_fails_leaves_nothing_and_takes_nothing_away() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("store");
    fs::write(&path, "what was there before").unwrap();
    let options = BuildOptions {
        path: Some(&path),
        ..BuildOptions::default()
    };
    let stopped = &mut |_| Err(Error::Cancelled);
    let result = TokenStore::build(&corpus(&text()), &tokenizer(TOKENS), options, stopped);
    assert!(matches!(result, Err(Error::Cancelled)));
    let wordless = corpus("\u{200B}\n");
    let result = TokenStore::build(&wordless, &tokenizer(TOKENS), options, &mut |_| Ok(()));
    assert!(matches!(result, Err(Error::Corpus(_))));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    assert_eq!(fs::read(&path).unwrap(), b"what was there before");
}

#[test]
fn what_cannot_be_written_or_read_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing").join("store");
    let options = BuildOptions {
        path: Some(&path),
        ..BuildOptions::default()
    };
    let result = TokenStore::build(&corpus("a."), &tokenizer(TOKENS), options, &mut |_| Ok(()));
    assert!(matches!(result, Err(Error::Io { path: named, .. }) if named == path));
    assert!(matches!(TokenStore::open(&path), Err(Error::Io { .. })));
    assert!(TokenStore::open(folder.path()).is_err());
    let little = BuildOptions {
        memory: 1 << 20,
        ..BuildOptions::default()
    };
    let result = TokenStore::build(&corpus("a."), &tokenizer(TOKENS), little, &mut |_| Ok(()));
    assert!(matches!(result, Err(Error::Option(error)) if error.to_string().contains("128 MB")));
}

#[test]
fn other_files_and_other_versions_are_told_apart_from_damage() {
    for bytes in [b"".as_slice(), b"MBTOKENS", b"{\"version\": 1}", &[0; 4096]] {
        assert!(refusal(bytes).contains("is not a token store"));
    }
    let mut newer = BYTES.clone();
    newer[8] = 3;
    assert!(refusal(&newer).contains("version 3, and this minibert reads version 2"));
    assert!(refusal(&BYTES[..HEADER]).contains("is damaged: it has 512 bytes and should have"));
}

#[test]
fn numbers_that_make_no_sense_are_refused_even_with_a_right_checksum() {
    // The position of a number of 8 bytes in the header, and its new value.
    for at in [12, 64, 72, 80, 88] {
        for number in [
            0,
            1,
            3,
            u64::from(u32::MAX),
            u64::MAX / 2,
            u64::MAX - 5,
            u64::MAX,
        ] {
            let mut bytes = BYTES.clone();
            bytes[at..at + 8].copy_from_slice(&number.to_le_bytes());
            assert!(
                refusal(&sealed(bytes)).contains("is damaged"),
                "{number} at {at}"
            );
        }
    }
    let mut bytes = BYTES.clone();
    bytes[96..100].copy_from_slice(&12_u32.to_le_bytes());
    assert!(refusal(&sealed(bytes)).contains("special tokens are beyond"));
}

#[test]
fn a_store_that_is_cut_short_anywhere_is_refused() {
    let ends = (0..BYTES.len()).step_by(61);
    for end in ends.chain([BYTES.len() - 1]) {
        refusal(&BYTES[..end]);
    }
    let longer = [&BYTES[..], &[0; 64]].concat();
    assert!(refusal(&longer).contains("should have"));
}

/// The ranges of the sections, by the formula of docs/reference/token-store.md, and the positions of
/// their checksums in the header.
fn sections(bytes: &[u8]) -> Vec<(std::ops::Range<usize>, usize)> {
    let count = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap()) as usize;
    let (documents, sentences, tokens, vocab) = (count(64), count(72), count(80), count(88));
    let sizes = [
        2 * tokens,
        4 * (sentences + 1),
        8 * (sentences / 1024 + 1),
        8 * (documents + 1),
        8 * documents,
        8 * vocab,
        vocab,
    ];
    let mut at = HEADER;
    let place = |(number, size): (usize, usize)| {
        let place = at..(at + size).next_multiple_of(64);
        at = place.end;
        (place, 224 + 8 * number)
    };
    sizes.into_iter().enumerate().map(place).collect()
}

#[test]
fn contents_that_contradict_each_other_are_refused_even_with_right_checksums() {
    let said = [
        "token ids go beyond",
        "sentences do not follow",
        "sentences do not follow",
        "documents do not follow",
        "",
        "token counts do not add up",
        "",
    ];
    for ((place, checksum_at), said) in sections(&BYTES).into_iter().zip(said) {
        for value in [0xFF, 0x7F] {
            let mut bytes = BYTES.clone();
            bytes[place.start..place.start + 8].fill(value);
            assert!(refusal(&bytes).contains("are not what was written"));
            let checksum = xxh3_64(&bytes[place.clone()]);
            bytes[checksum_at..checksum_at + 8].copy_from_slice(&checksum.to_le_bytes());
            match open(&sealed(bytes)) {
                Ok(_) => assert_eq!(said, ""),
                Err(error) => assert!(error.to_string().contains(said), "{error}"),
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_bytes_change_it_is_found_and_nothing_panics(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 1_u8..), 1..4),
    ) {
        let mut bytes = BYTES.clone();
        for (place, by) in changes {
            bytes[place.index(BYTES.len())] ^= by;
        }
        prop_assume!(bytes != *BYTES);
        refusal(&bytes);
    }

    #[test]
    fn whatever_the_header_says_with_a_right_checksum_nothing_panics(
        at in 8_usize..HEADER - 16,
        value in any::<u64>(),
        shift in 0_u32..64,
    ) {
        let mut bytes = BYTES.clone();
        bytes[at..at + 8].copy_from_slice(&(value >> shift).to_le_bytes());
        if let Ok(store) = open(&sealed(bytes)) {
            sentences(&store);
            store.unigram_entropy();
        }
    }

    #[test]
    fn whatever_stands_in_a_section_with_right_checksums_nothing_panics(
        section in 0_usize..7,
        place in any::<prop::sample::Index>(),
        value in any::<u64>(),
    ) {
        let mut bytes = BYTES.clone();
        let (range, checksum_at) = sections(&bytes).swap_remove(section);
        let at = range.start + place.index(range.len() - 8);
        bytes[at..at + 8].copy_from_slice(&value.to_le_bytes());
        let checksum = xxh3_64(&bytes[range]);
        bytes[checksum_at..checksum_at + 8].copy_from_slice(&checksum.to_le_bytes());
        if let Ok(store) = open(&sealed(bytes)) {
            sentences(&store);
            let documents = 0..store.documents();
            documents.for_each(|document| assert!(store.document_len(document) > 0));
            store.split(0.1, 0).ok();
        }
    }
}
