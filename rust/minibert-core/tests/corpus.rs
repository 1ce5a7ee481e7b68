//! The corpus reader as a whole: no text is lost, and nothing panics.

use minibert_core::corpus::{
    Corpus, CorpusOptions, CorpusSummary, DecodingErrors, Document, Input, Layout,
};
use minibert_core::{Error, Result};
use proptest::prelude::*;

const LAYOUTS: [Option<Layout>; 5] = [
    None,
    Some(Layout::Sentences),
    Some(Layout::Paragraphs),
    Some(Layout::Wrapped),
    Some(Layout::Files),
];

fn read(
    texts: &[&[u8]],
    layout: Option<Layout>,
    errors: DecodingErrors,
) -> Result<(Vec<Document>, CorpusSummary)> {
    let memory = |(number, bytes): (usize, &&[u8])| Input::Memory {
        name: format!("text {number}"),
        bytes: bytes.to_vec(),
    };
    let inputs: Vec<Input> = texts.iter().enumerate().map(memory).collect();
    let corpus = Corpus::open(&inputs, CorpusOptions { layout, errors })?;
    let mut documents = Vec::new();
    let summary = corpus.for_each_document(&mut |document| {
        documents.push(document);
        Ok(())
    })?;
    Ok((documents, summary))
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Lines as texts have them, in any order.
fn odd_text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        Just(String::new()),
        Just("CHAPTER II".to_owned()),
        Just("- an item of a list, which is rather long and ends without a dot".to_owned()),
        "[A-Z][a-z]{1,9}( [a-z]{1,9}){0,30}[.!?]?",
        "( [a-zA-Z]{1,12}){9,13}",
        "\"[A-Z][a-z ]{1,60}[,.!?]\"( said Mr. [A-Z][a-z]{2,6}.)?",
        "[  \t]{0,6}\\PC{0,80}",
        "[漢字仮名。「」]{1,60}",
    ];
    let end = prop_oneof![8 => Just("\n"), 1 => Just("\r\n"), 1 => Just("\r"), 1 => Just("\u{0C}")];
    let lines = proptest::collection::vec((line, end), 0..60);
    lines.prop_map(|lines| {
        lines
            .into_iter()
            .flat_map(|(line, end)| [line, end.to_owned()])
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_character_of_a_text_comes_out_in_order(text in odd_text(), layout in 0..LAYOUTS.len()) {
        let layout = LAYOUTS[layout];
        match read(&[text.as_bytes()], layout, DecodingErrors::Strict) {
            Err(error) => {
                prop_assert!(matches!(error, Error::Corpus(_)));
                prop_assert!(without_spaces(&text).is_empty() || error.to_string().contains("binary"));
            }
            Ok((documents, summary)) => {
                let sentences: Vec<_> = documents.iter().flat_map(|d| &d.sentences).collect();
                let found: String = sentences.iter().map(|s| without_spaces(s)).collect();
                prop_assert_eq!(found, without_spaces(&text));
                prop_assert!(sentences.iter().all(|sentence| sentence.trim() == sentence.as_str()));
                prop_assert!(documents.iter().all(|document| !document.sentences.is_empty()));
                prop_assert_eq!(summary.documents as usize, documents.len());
                prop_assert_eq!(summary.sentences as usize, sentences.len());
                prop_assert!(summary.joined_lines < summary.lines);
            }
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused_in_one_sentence(
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
        magic in proptest::sample::select(vec![&b""[..], b"\x1F\x8B\x08\0", b"\x28\xB5\x2F\xFD", b"\xEF\xBB\xBF"]),
        replace in any::<bool>(),
    ) {
        let errors = if replace { DecodingErrors::Replace } else { DecodingErrors::Strict };
        let bytes = [magic, &bytes].concat();
        if let Err(error) = read(&[&bytes], None, errors) {
            prop_assert!(error.to_string().starts_with("text 0 ") && !error.to_string().contains('\n'));
        }
    }
}

#[test]
fn texts_are_read_in_order_and_each_has_its_own_layout() {
    let sentences = b"One is here.\nTwo is here.\n\nThree is here.\nFour is here.\n";
    let paragraph = b"Five is here. Six is here.";
    let (documents, summary) = read(&[sentences, paragraph], None, DecodingErrors::Strict).unwrap();
    let first_words: Vec<Vec<&str>> = documents
        .iter()
        .map(|document| {
            document
                .sentences
                .iter()
                .map(|s| s.split(' ').next().unwrap())
                .collect()
        })
        .collect();
    assert_eq!(
        first_words,
        [["One", "Two"], ["Three", "Four"], ["Five", "Six"]]
    );
    let layouts: Vec<_> = summary
        .layouts
        .iter()
        .map(|(name, &files)| (name.as_str(), files))
        .collect();
    assert_eq!(layouts, [("paragraphs", 1), ("sentences", 1)]);
    assert_eq!(summary.files, 2);
}

#[test]
fn a_long_text_without_a_single_mark_is_read_in_reasonable_parts() {
    for text in [
        "word ".repeat(50_000),
        "\r".repeat(50_000) + "x",
        "a. ".repeat(50_000),
    ] {
        let (documents, _) = read(&[text.as_bytes()], None, DecodingErrors::Strict).unwrap();
        assert!(!documents.is_empty());
    }
}

#[test]
fn a_long_file_is_read_in_parts_and_of_a_sentence_a_line_has_the_documents_of_the_whole() {
    let sentence = format!("The cat {}sat.\n", "and the dog ".repeat(1 << 14));
    let text = format!("{sentence}{sentence}{sentence}\n").repeat(30);
    assert!(text.len() > 1 << 24);
    let layout = Some(Layout::Sentences);
    let (documents, summary) = read(&[text.as_bytes()], layout, DecodingErrors::Strict).unwrap();
    assert_eq!(documents.len(), 30);
    assert!(
        documents
            .iter()
            .all(|document| document.sentences.len() == 3)
    );
    assert_eq!((summary.files, summary.bytes), (1, text.len() as u64));
    assert_eq!(summary.lines, 90);
    assert_eq!(
        summary.layouts.into_iter().collect::<Vec<_>>(),
        [("sentences".to_owned(), 1)]
    );
}
