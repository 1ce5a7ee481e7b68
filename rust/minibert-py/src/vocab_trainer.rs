//! Vocabulary training for Python.

use minibert_core::Result as CoreResult;
use minibert_core::options::TokenizerOptions;
use minibert_core::vocab_trainer::{
    Phase, Progress, TextCounter, TrainOptions, Trained, WordCounts, count_corpus, train,
};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;

use crate::corpus::{Corpus, Watch, watched};
use crate::errors::to_python;
use crate::tokenizer::Options;

/// The bytes of text that are taken from Python at a time.
const TEXT_BYTES: usize = 1 << 22;

/// Python's `TrainingOptions`.
#[derive(FromPyObject)]
pub struct Training {
    vocab_size: usize,
    algorithm: PyBackedStr,
    min_frequency: u64,
    limit_alphabet: Option<usize>,
    initial_alphabet: String,
    special_tokens: Vec<String>,
}

impl Training {
    fn options(self) -> PyResult<TrainOptions> {
        Ok(TrainOptions {
            vocab_size: self.vocab_size,
            algorithm: self.algorithm.parse().map_err(to_python)?,
            min_frequency: self.min_frequency,
            limit_alphabet: self.limit_alphabet,
            initial_alphabet: self.initial_alphabet,
            special_tokens: self.special_tokens,
        })
    }
}

/// The tokens in the order of their ids; and the numbers of words, different words, words that are one
/// token, and unknown words.
type Vocabulary = (Vec<String>, (u64, u64, u64, u64));

/// Trains a `WordPiece` vocabulary on a corpus.
#[pyfunction]
#[pyo3(signature = (corpus, options, training, progress = None))]
pub fn train_vocabulary(
    py: Python<'_>,
    corpus: &Corpus,
    options: Options,
    training: Training,
    progress: Option<Py<PyAny>>,
) -> PyResult<Vocabulary> {
    let options = TokenizerOptions::from(options);
    let training = training.options()?;
    watched(py, progress, |watch| {
        let counts = count_corpus(corpus.core(), &options, &mut |progress| {
            tell(watch, progress)
        })?;
        let trained = train(counts, &training, &mut |progress| tell(watch, progress))?;
        Ok(vocabulary(&trained))
    })
}

/// Trains a `WordPiece` vocabulary on an iterable of texts.
#[pyfunction]
#[pyo3(signature = (texts, options, training, progress = None))]
pub fn train_vocabulary_from_texts(
    texts: &Bound<'_, PyAny>,
    options: Options,
    training: Training,
    progress: Option<Py<PyAny>>,
) -> PyResult<Vocabulary> {
    let training = training.options()?;
    let counts = count_words(texts, &options.into())?;
    watched(texts.py(), progress, |watch| {
        let trained = train(counts, &training, &mut |progress| tell(watch, progress))?;
        Ok(vocabulary(&trained))
    })
}

fn vocabulary(trained: &Trained) -> Vocabulary {
    let tokens = trained.vocab.lines().map(str::to_owned);
    let words = (
        trained.words,
        trained.different_words,
        trained.whole_words,
        trained.unknown_words,
    );
    (tokens.collect(), words)
}

fn tell(watch: &mut Watch, progress: Progress) -> CoreResult<()> {
    let phase = match progress.phase {
        Phase::Reading => "reading",
        Phase::Merging => "merging",
    };
    watch.tell((phase, progress.done, progress.total))
}

/// Counts the words of an iterable of texts, a few megabytes at a time, without the GIL.
fn count_words(texts: &Bound<'_, PyAny>, options: &TokenizerOptions) -> PyResult<WordCounts> {
    let mut counter = TextCounter::new(options);
    let mut texts = texts.try_iter()?;
    loop {
        let mut some: Vec<PyBackedStr> = Vec::new();
        let mut bytes = 0;
        while bytes < TEXT_BYTES
            && let Some(text) = texts.next()
        {
            let text: PyBackedStr = text?.extract()?;
            bytes += text.len();
            some.push(text);
        }
        if some.is_empty() {
            return Ok(texts.py().detach(|| counter.finish()));
        }
        texts.py().detach(|| {
            let some: Vec<&str> = some.iter().map(|text| &**text).collect();
            counter.add(&some);
        });
    }
}
