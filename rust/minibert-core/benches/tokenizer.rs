//! The inner loops of the tokenizer, each separately, on one thread.
//!
//!     cargo bench -p minibert-core [NAME]
//!     MINIBERT_BENCH_TEXT=novel.txt MINIBERT_BENCH_VOCAB=vocab.txt cargo bench -p minibert-core
//!
//! By default the text is the default corpus of the project, and the vocabulary is trained on the text;
//! the variables name other files.

use std::hint::black_box;
use std::sync::LazyLock;
use std::{env, fs};

use divan::Bencher;
use divan::counter::BytesCount;
use minibert_core::normalizer::{Kind, Normalizer, Sink};
use minibert_core::options::TokenizerOptions;
use minibert_core::pre_tokenizer::for_each_word;
use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::encode::EncodeOptions;
use minibert_core::tokenizer::encode_ragged::RaggedEncoder;
use minibert_core::tokenizer::vocabulary::Vocab;
use minibert_core::tokenizer::wordpiece::WordPiece;
use minibert_core::vocab_trainer::{TrainOptions, WordCounts, train};

const DEFAULT_TEXT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../corpora/small-world.txt");

fn main() {
    divan::main();
}

static TEXT: LazyLock<String> = LazyLock::new(|| {
    let path = env::var("MINIBERT_BENCH_TEXT").unwrap_or_else(|_| DEFAULT_TEXT.to_owned());
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
});

static VOCAB_LINES: LazyLock<String> = LazyLock::new(|| {
    if let Ok(path) = env::var("MINIBERT_BENCH_VOCAB") {
        return fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let trained = train(counted(), &TrainOptions::default(), &mut |_| Ok(())).unwrap();
    trained.vocab.lines().collect::<Vec<_>>().join("\n")
});

fn texts() -> Vec<&'static str> {
    TEXT.lines().collect()
}

fn normalizer() -> Normalizer {
    Normalizer::new(&TokenizerOptions::default())
}

fn tokenizer() -> Tokenizer {
    let vocab = Vocab::from_lines(&VOCAB_LINES).unwrap();
    Tokenizer::new(vocab, TokenizerOptions::default()).unwrap()
}

fn counted() -> WordCounts {
    let mut counts = WordCounts::new(&TokenizerOptions::default());
    counts.add(TEXT.lines());
    counts
}

struct Count(usize);

impl Sink for Count {
    fn push(&mut self, c: char, _: Kind, _: usize) {
        self.0 += c.len_utf8();
    }

    fn push_ascii_letter(&mut self, byte: u8, _: usize) {
        self.0 += usize::from(byte > b' ');
    }

    fn boundary(&mut self) {}
}

#[divan::bench]
fn normalize(bencher: Bencher) {
    let normalizer = normalizer();
    bencher.counter(BytesCount::of_str(&*TEXT)).bench(|| {
        let mut count = Count(0);
        normalizer.normalize(&TEXT, &mut count);
        count.0
    });
}

#[divan::bench]
fn split_into_words(bencher: Bencher) {
    let normalizer = normalizer();
    bencher.counter(BytesCount::of_str(&*TEXT)).bench(|| {
        for_each_word(&normalizer, &TEXT, |word, chars| {
            black_box((word, chars));
        });
    });
}

#[divan::bench]
fn split_words_into_tokens(bencher: Bencher) {
    let mut words: Vec<Vec<u8>> = Vec::new();
    for_each_word(&normalizer(), &TEXT, |word, _| words.push(word.to_vec()));
    let tokens = WordPiece::new(tokenizer().vocab());
    let bytes: usize = words.iter().map(Vec::len).sum();
    bencher.counter(BytesCount::new(bytes)).bench(|| {
        for word in &words {
            tokens.split(word, |token| {
                black_box(token);
            });
        }
    });
}

fn encode_with(tokenizer: &Tokenizer, texts: &[&str]) -> usize {
    let mut encoder = RaggedEncoder::new(tokenizer);
    for text in texts {
        encoder.push(text, false);
    }
    encoder.take().ids.len()
}

#[divan::bench]
fn encode_ids_first_pass(bencher: Bencher) {
    let texts = texts();
    bencher
        .counter(BytesCount::of_str(&*TEXT))
        .with_inputs(tokenizer)
        .bench_refs(|tokenizer| encode_with(tokenizer, &texts));
}

#[divan::bench]
fn encode_ids_warm(bencher: Bencher) {
    let (tokenizer, texts) = (tokenizer(), texts());
    bencher
        .counter(BytesCount::of_str(&*TEXT))
        .bench(|| encode_with(&tokenizer, &texts));
}

#[divan::bench]
fn encode_with_offsets(bencher: Bencher) {
    let options = EncodeOptions::default();
    let (tokenizer, texts) = (tokenizer(), texts());
    bencher.counter(BytesCount::of_str(&*TEXT)).bench(|| {
        for text in &texts {
            black_box(tokenizer.encode(text, None, &options).unwrap());
        }
    });
}

#[divan::bench]
fn load_vocabulary(bencher: Bencher) {
    LazyLock::force(&VOCAB_LINES);
    bencher.bench(tokenizer);
}

#[divan::bench]
fn count_words(bencher: Bencher) {
    bencher.counter(BytesCount::of_str(&*TEXT)).bench(counted);
}

#[divan::bench]
fn merge_tokens(bencher: Bencher) {
    let counts = counted();
    bencher
        .with_inputs(|| counts.clone())
        .bench_values(|counts| train(counts, &TrainOptions::default(), &mut |_| Ok(())).unwrap());
}
