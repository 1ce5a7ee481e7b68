//! The tokenizer and its encodings for Python.

use std::path::PathBuf;

use minibert_core::options::TokenizerOptions;
use minibert_core::train::{TextCounter, TrainOptions, WordCounts, train};
use minibert_core::vocab::Vocab;
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyDict;

use crate::errors::to_python;
use crate::text::watched;

/// Texts are taken from Python this many bytes at a time while training.
const TRAINING_BYTES: usize = 1 << 22;

#[pyclass(frozen, module = "minibert._core")]
pub struct Encoding(minibert_core::encoding::Encoding);

#[pymethods]
impl Encoding {
    #[getter]
    fn ids(&self) -> &[u32] {
        &self.0.ids
    }

    #[getter]
    fn type_ids(&self) -> &[u32] {
        &self.0.type_ids
    }

    #[getter]
    fn tokens(&self) -> &[String] {
        &self.0.tokens
    }

    #[getter]
    fn offsets(&self) -> &[(usize, usize)] {
        &self.0.offsets
    }

    #[getter]
    fn attention_mask(&self) -> &[u32] {
        &self.0.attention_mask
    }

    #[getter]
    fn special_tokens_mask(&self) -> &[u32] {
        &self.0.special_tokens_mask
    }

    #[getter]
    fn word_ids(&self) -> &[Option<u32>] {
        &self.0.word_ids
    }

    #[getter]
    fn sequence_ids(&self) -> &[Option<u32>] {
        &self.0.sequence_ids
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    fn __repr__(&self) -> String {
        format!("Encoding(tokens={:?}, ids={:?})", self.0.tokens, self.0.ids)
    }
}

/// A text, or a tuple of a text and its pair.
#[derive(FromPyObject)]
enum Input {
    Text(PyBackedStr),
    Pair(PyBackedStr, PyBackedStr),
}

impl Input {
    fn as_strs(&self) -> (&str, Option<&str>) {
        match self {
            Self::Text(text) => (text, None),
            Self::Pair(text, pair) => (text, Some(pair)),
        }
    }
}

/// `minibert.pieces.TokenizerOptions`.
#[derive(Clone, FromPyObject)]
// Four switches, each the reference's own: they are independent of each other.
#[allow(clippy::struct_excessive_bools)]
pub struct Options {
    lowercase: bool,
    strip_accents: Option<bool>,
    handle_chinese_chars: bool,
    clean_text: bool,
    max_input_chars_per_word: usize,
}

impl From<Options> for TokenizerOptions {
    fn from(options: Options) -> Self {
        Self {
            lowercase: options.lowercase,
            strip_accents: options.strip_accents,
            handle_chinese_chars: options.handle_chinese_chars,
            clean_text: options.clean_text,
            max_input_chars_per_word: options.max_input_chars_per_word,
        }
    }
}

/// What `minibert.pieces` is told about the training of a vocabulary.
#[derive(FromPyObject)]
pub struct Training {
    algorithm: String,
    vocab_size: usize,
    min_frequency: u64,
    limit_alphabet: Option<usize>,
    initial_alphabet: String,
    special_tokens: Vec<String>,
}

impl Training {
    pub fn options(self) -> PyResult<TrainOptions> {
        Ok(TrainOptions {
            algorithm: self.algorithm.parse().map_err(to_python)?,
            vocab_size: self.vocab_size,
            min_frequency: self.min_frequency,
            limit_alphabet: self.limit_alphabet,
            initial_alphabet: self.initial_alphabet,
            special_tokens: self.special_tokens,
        })
    }
}

#[pyclass(frozen, module = "minibert._core")]
pub struct Tokenizer(minibert_core::tokenizer::Tokenizer);

type RaggedArrays<'py> = (Bound<'py, PyArray1<i32>>, Bound<'py, PyArray1<i64>>);

#[pymethods]
impl Tokenizer {
    #[new]
    #[pyo3(signature = (pieces, options))]
    fn new(py: Python<'_>, pieces: Vec<String>, options: Options) -> PyResult<Self> {
        py.detach(|| Self::made(Vocab::from_pieces(pieces), options))
    }

    #[staticmethod]
    #[pyo3(signature = (path, options))]
    fn from_file(py: Python<'_>, path: PathBuf, options: Options) -> PyResult<Self> {
        py.detach(|| Self::made(Vocab::from_file(&path), options))
    }

    #[staticmethod]
    #[pyo3(signature = (texts, options, training))]
    fn train_from_texts(
        texts: &Bound<'_, PyAny>,
        options: Options,
        training: Training,
    ) -> PyResult<Self> {
        let training = training.options()?;
        let counts = count_words(texts, &options.clone().into())?;
        let trained = watched(texts.py(), None, |watch| {
            train(counts, &training, &mut |progress| {
                watch.training_progress(progress)
            })
        })?;
        texts.py().detach(|| Self::made(Ok(trained.vocab), options))
    }

    #[pyo3(signature = (text, pair = None, *, add_special_tokens = true))]
    fn encode(
        &self,
        py: Python<'_>,
        text: PyBackedStr,
        pair: Option<PyBackedStr>,
        add_special_tokens: bool,
    ) -> Encoding {
        let (text, pair) = (&*text, pair.as_deref());
        py.detach(|| Encoding(self.0.encode(text, pair, add_special_tokens)))
    }

    #[pyo3(signature = (texts, *, add_special_tokens = true))]
    fn encode_batch(
        &self,
        py: Python<'_>,
        texts: Vec<Input>,
        add_special_tokens: bool,
    ) -> Vec<Encoding> {
        let encodings = py.detach(|| {
            let texts: Vec<_> = texts.iter().map(Input::as_strs).collect();
            self.0.encode_batch(&texts, add_special_tokens)
        });
        encodings.into_iter().map(Encoding).collect()
    }

    #[pyo3(signature = (texts, *, add_special_tokens = false))]
    fn encode_ragged<'py>(
        &self,
        py: Python<'py>,
        texts: Vec<PyBackedStr>,
        add_special_tokens: bool,
    ) -> RaggedArrays<'py> {
        let (ids, boundaries) = py.detach(|| {
            let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
            let ragged = self.0.encode_ragged(&texts, add_special_tokens);
            let ids: Vec<i32> = ragged.ids.into_iter().map(u32::cast_signed).collect();
            let boundaries: Vec<i64> = ragged
                .boundaries
                .into_iter()
                .map(|end| end as i64)
                .collect();
            (ids, boundaries)
        });
        (ids.into_pyarray(py), boundaries.into_pyarray(py))
    }

    #[pyo3(signature = (ids, *, skip_special_tokens = true))]
    fn decode(&self, py: Python<'_>, ids: Vec<u32>, skip_special_tokens: bool) -> String {
        py.detach(|| self.0.decode(&ids, skip_special_tokens))
    }

    /// One piece for each id: what `Tokenizer(pieces, options)` needs to be made again.
    fn pieces(&self) -> Vec<&str> {
        self.0.vocab().lines()
    }

    /// The ids of the pieces, in the order of the ids.
    fn vocab<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let ids = PyDict::new(py);
        self.0
            .vocab()
            .iter()
            .try_for_each(|(piece, id)| ids.set_item(piece, id))?;
        Ok(ids)
    }

    #[pyo3(signature = (piece))]
    fn token_to_id(&self, piece: &str) -> Option<u32> {
        self.0.vocab().id(piece)
    }

    #[pyo3(signature = (id))]
    fn id_to_token(&self, id: u32) -> Option<&str> {
        self.0.vocab().piece(id)
    }

    #[getter]
    fn vocab_size(&self) -> usize {
        self.0.vocab().len()
    }

    #[getter]
    fn fingerprint(&self) -> u64 {
        self.0.fingerprint()
    }

    /// The ids of `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]` and `[MASK]`.
    #[getter]
    fn special_ids(&self) -> (u32, u32, u32, u32, u32) {
        let special = self.0.vocab().special();
        (
            special.pad,
            special.unk,
            special.cls,
            special.sep,
            special.mask,
        )
    }
}

impl Tokenizer {
    /// The core's tokenizer, for the classes that encode with it.
    pub fn core(&self) -> &minibert_core::tokenizer::Tokenizer {
        &self.0
    }

    fn made(vocab: minibert_core::Result<Vocab>, options: Options) -> PyResult<Self> {
        let made =
            vocab.and_then(|vocab| minibert_core::tokenizer::Tokenizer::new(vocab, options.into()));
        made.map(Self).map_err(to_python)
    }
}

/// Counts the words of an iterable of texts, a few megabytes at a time without the GIL.
fn count_words(texts: &Bound<'_, PyAny>, options: &TokenizerOptions) -> PyResult<WordCounts> {
    let mut counter = TextCounter::new(options);
    let mut texts = texts.try_iter()?;
    loop {
        let mut some: Vec<PyBackedStr> = Vec::new();
        let mut bytes = 0;
        while bytes < TRAINING_BYTES
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
