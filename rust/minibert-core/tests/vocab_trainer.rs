//! Vocabulary training against a second, naive implementation of each algorithm, which counts all pairs
//! again before every merge; and the words of a corpus against those of its documents.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use minibert_core::corpus::{Corpus, CorpusOptions, DecodingErrors, Input, Layout};
use minibert_core::options::TokenizerOptions;
use minibert_core::vocab_trainer::{Algorithm, TrainOptions, WordCounts, count_corpus, train};
use proptest::prelude::*;

type Words = BTreeMap<String, u64>;

fn trained(words: &Words, options: &TrainOptions) -> Vec<String> {
    static EMPTY: LazyLock<WordCounts> =
        LazyLock::new(|| WordCounts::new(&TokenizerOptions::default()));
    let mut counts = EMPTY.another();
    for (word, &count) in words {
        counts.add_word(word.as_bytes(), count);
    }
    let trained = train(counts, options, &mut |_| Ok(())).unwrap();
    trained.vocab.lines().map(str::to_owned).collect()
}

/// A word as ids, and how often it occurs.
type Split = Vec<(Vec<usize>, u64)>;

fn trained_slowly(words: &Words, options: &TrainOptions) -> Vec<String> {
    let (mut tokens, mut split) = beginning(words, options);
    while tokens.len() < options.vocab_size {
        let Some((first, second)) = best_pair(&split, options) else {
            break;
        };
        let joined = tokens[first].clone() + tokens[second].trim_start_matches("##");
        let known = tokens.iter().position(|token| *token == joined);
        let id = known.unwrap_or(tokens.len());
        if known.is_none() {
            tokens.push(joined);
        }
        for (ids, _) in &mut split {
            let mut at = 0;
            while at + 1 < ids.len() {
                if ids[at] == first && ids[at + 1] == second {
                    ids[at] = id;
                    ids.remove(at + 1);
                }
                at += 1;
            }
        }
    }
    tokens
}

fn beginning(words: &Words, options: &TrainOptions) -> (Vec<String>, Split) {
    let mut alone: Vec<char> = words.keys().flat_map(|word| word.chars()).collect();
    alone.sort_unstable();
    alone.dedup();
    let mut inside: Vec<char> = words.keys().flat_map(|word| word.chars().skip(1)).collect();
    inside.sort_unstable();
    inside.dedup();
    let mut tokens = options.special_tokens.clone();
    tokens.extend(alone.iter().map(char::to_string));
    tokens.extend(inside.iter().map(|c| format!("##{c}")));
    let id = |token: String| tokens.iter().position(|other| *other == token).unwrap();
    let ids = |word: &String| {
        let chars = word.chars().enumerate();
        chars
            .map(|(at, c)| {
                id(if at == 0 {
                    c.to_string()
                } else {
                    format!("##{c}")
                })
            })
            .collect()
    };
    let split = words.iter().map(|(word, &count)| (ids(word), count));
    let split = split.collect();
    (tokens, split)
}

fn best_pair(split: &Split, options: &TrainOptions) -> Option<(usize, usize)> {
    let mut singles: BTreeMap<usize, u64> = BTreeMap::new();
    let mut pairs: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for (ids, count) in split {
        for &id in ids {
            *singles.entry(id).or_default() += count;
        }
        for pair in ids.windows(2) {
            *pairs.entry((pair[0], pair[1])).or_default() += count;
        }
    }
    // The counts are small, so no product overflows.
    let is_better = |(a, b): (usize, usize), (c, d): (usize, usize)| match options.algorithm {
        Algorithm::Count => pairs[&(a, b)] > pairs[&(c, d)],
        Algorithm::Likelihood => {
            pairs[&(a, b)] * singles[&c] * singles[&d] > pairs[&(c, d)] * singles[&a] * singles[&b]
        }
    };
    let often_enough = pairs
        .iter()
        .filter(|pair| *pair.1 >= options.min_frequency.max(1));
    let mut best = None;
    for (&pair, _) in often_enough {
        if best.is_none_or(|best| is_better(pair, best)) {
            best = Some(pair);
        }
    }
    best
}

fn words() -> impl Strategy<Value = Words> {
    let word = prop_oneof![
        "[ab]{1,7}",
        "[a-d]{1,6}",
        "[a-pé]{1,4}",
        "(ab|aa|abc|ca){1,4}"
    ];
    proptest::collection::btree_map(word, 1..40_u64, 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn every_merge_is_that_of_the_plain_procedure(
        words in words(),
        more in 0..60_usize,
        min_frequency in 0..6_u64,
        algorithm in prop_oneof![Just(Algorithm::Count), Just(Algorithm::Likelihood)],
    ) {
        let mut options = TrainOptions { algorithm, min_frequency, ..TrainOptions::default() };
        options.vocab_size = beginning(&words, &options).0.len() + more;
        prop_assert_eq!(trained(&words, &options), trained_slowly(&words, &options));
    }

}

proptest! {
    // Few cases, since each builds its own tables.
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_words_of_a_corpus_are_those_of_its_documents(
        text in text(),
        layout in prop_oneof![
            Just(None),
            Just(Some(Layout::Sentences)),
            Just(Some(Layout::Paragraphs)),
            Just(Some(Layout::Wrapped)),
            Just(Some(Layout::Files)),
        ],
        handle_chinese_chars in any::<bool>(),
        clean_text in any::<bool>(),
    ) {
        let input = Input::Memory { name: "text".to_owned(), bytes: text.into_bytes() };
        let options = CorpusOptions { layout, errors: DecodingErrors::Strict };
        let corpus = Corpus::open(&[input], options).unwrap();
        let tokenizer = TokenizerOptions { handle_chinese_chars, clean_text, ..Default::default() };
        let mut of_documents = WordCounts::new(&tokenizer);
        let documents = corpus.for_each_document(&mut |document| {
            of_documents.add(document.sentences.iter().map(String::as_str));
            Ok(())
        });
        match count_corpus(&corpus, &tokenizer, &mut |_| Ok(())) {
            Ok(counts) => prop_assert_eq!(learned(counts), learned(of_documents)),
            Err(error) => prop_assert_eq!(error.to_string(), documents.unwrap_err().to_string()),
        }
    }
}

/// Everything that is learned from the words, in an order that depends on their counts.
fn learned(counts: WordCounts) -> Result<(Vec<String>, u64, u64), String> {
    let options = TrainOptions {
        vocab_size: 100_000,
        min_frequency: 1,
        limit_alphabet: None,
        ..TrainOptions::default()
    };
    let trained = train(counts, &options, &mut |_| Ok(())).map_err(|error| error.to_string())?;
    let tokens = trained.vocab.lines().map(str::to_owned).collect();
    Ok((tokens, trained.words, trained.different_words))
}

/// Lines in several scripts, with everything that may end a line or separate words.
fn text() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => "( [a-zA-Z]{1,12}){9,13}",
        4 => "[ひらがなカナー]{20,60}",
        2 => "[漢字仮名か。「」ａ]{1,50}",
        2 => "[\u{feff}  \tа-я.,'’-]{0,80}",
        1 => "[\\p{L}\\p{N}\\p{S}.!?»”,-]{0,80}",
        1 => Just(String::new()),
    ];
    let end = prop_oneof![
        20 => Just("\n"),
        2 => Just("\r\n"),
        1 => proptest::sample::select(vec!["\r", "\u{B}", "\u{C}", "\u{85}", "\u{2028}", "\u{1C}", "\u{A0}"]),
    ];
    let lines = proptest::collection::vec((line, end), 0..30);
    lines.prop_map(|lines| {
        lines
            .into_iter()
            .flat_map(|(line, end)| [line, end.to_owned()])
            .collect()
    })
}
