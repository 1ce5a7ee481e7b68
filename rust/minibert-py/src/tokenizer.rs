//! The tokenizer for Python.

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use minibert_core::options::TokenizerOptions;
use minibert_core::tokenizer::encode::EncodeOptions;
use minibert_core::tokenizer::padding::Padding;
use minibert_core::tokenizer::truncation::Truncation;
use minibert_core::tokenizer::vocabulary::Vocab;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::PyDict;

use crate::encode_ragged::{self, RaggedArrays};
use crate::encoding::Encoding;
use crate::errors::{out_of_range, to_python};
use crate::text_input::{self, Input};

/// Python's `TokenizerOptions`.
#[derive(Clone, FromPyObject)]
// Four independent switches of the reference.
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

/// Python's `Truncation`.
#[derive(FromPyObject)]
struct TruncationOptions {
    max_length: i64,
    strategy: PyBackedStr,
    stride: i64,
    direction: PyBackedStr,
}

impl TruncationOptions {
    fn made(&self) -> PyResult<Truncation> {
        let max_length = count(self.max_length, "max_length")?;
        let stride = count(self.stride, "stride")?;
        let made = || {
            let (strategy, direction) = (self.strategy.parse()?, self.direction.parse()?);
            Truncation::new(max_length, strategy, stride, direction)
        };
        made().map_err(to_python)
    }
}

/// Python's `Padding`.
#[derive(FromPyObject)]
struct PaddingOptions {
    length: Option<i64>,
    multiple_of: Option<i64>,
    direction: PyBackedStr,
}

impl PaddingOptions {
    fn made(&self) -> PyResult<Padding> {
        let count = |value: Option<i64>, name| value.map(|value| count(value, name)).transpose();
        let length = count(self.length, "length")?;
        let multiple_of = count(self.multiple_of, "multiple_of")?;
        let made = || Padding::new(length, multiple_of, self.direction.parse()?);
        made().map_err(to_python)
    }
}

fn count(value: i64, option: &'static str) -> PyResult<usize> {
    usize::try_from(value).map_err(|_| out_of_range(option, "0 or more", value as f64))
}

fn threads(given: Option<i64>) -> PyResult<Option<NonZero<usize>>> {
    let number = |given| {
        let number = usize::try_from(given).ok().and_then(NonZero::new);
        number.ok_or_else(|| {
            out_of_range(
                "threads",
                "1 or more, or None for one per core",
                given as f64,
            )
        })
    };
    given.map(number).transpose()
}

/// A tokenizer with its truncation and padding.
#[pyclass(frozen, module = "minibert._core")]
pub struct Tokenizer {
    core: Arc<minibert_core::tokenizer::Tokenizer>,
    truncation: Option<Truncation>,
    padding: Option<Padding>,
}

#[pymethods]
impl Tokenizer {
    #[new]
    #[pyo3(signature = (tokens, options))]
    fn new(py: Python<'_>, tokens: Vec<String>, options: Options) -> PyResult<Self> {
        py.detach(|| Self::made(Vocab::from_tokens(tokens), options))
    }

    #[staticmethod]
    #[pyo3(signature = (path, options))]
    fn from_file(py: Python<'_>, path: PathBuf, options: Options) -> PyResult<Self> {
        py.detach(|| Self::made(Vocab::from_file(&path), options))
    }

    /// The same tokenizer with other truncation and padding; the vocabulary is shared.
    #[pyo3(signature = (truncation, padding))]
    fn shaped(
        &self,
        truncation: Option<TruncationOptions>,
        padding: Option<PaddingOptions>,
    ) -> PyResult<Self> {
        Ok(Self {
            core: Arc::clone(&self.core),
            truncation: truncation
                .as_ref()
                .map(TruncationOptions::made)
                .transpose()?,
            padding: padding.as_ref().map(PaddingOptions::made).transpose()?,
        })
    }

    /// The same tokenizer with another limit for the memory of each thread's cache of words.
    #[pyo3(signature = (cache_bytes))]
    fn with_cache(&self, py: Python<'_>, cache_bytes: i64) -> PyResult<Self> {
        let cache_bytes = count(cache_bytes, "cache_bytes")?;
        let core = py.detach(|| (*self.core).clone().with_cache_bytes(cache_bytes));
        Ok(Self {
            core: Arc::new(core),
            truncation: self.truncation.clone(),
            padding: self.padding.clone(),
        })
    }

    #[pyo3(signature = (text, pair = None, *, add_special_tokens = true))]
    fn encode(
        &self,
        text: &Bound<'_, PyAny>,
        pair: Option<&Bound<'_, PyAny>>,
        add_special_tokens: bool,
    ) -> PyResult<Encoding> {
        let py = text.py();
        let text = text_input::text(text, "the text")?;
        let pair = pair
            .map(|pair| text_input::text(pair, "the pair"))
            .transpose()?;
        let options = self.encode_options(add_special_tokens);
        let (text, pair) = (&*text, pair.as_deref());
        let encoding = py.detach(|| self.core.encode(text, pair, &options));
        encoding
            .map(|encoding| Encoding::new(encoding, &self.core))
            .map_err(to_python)
    }

    #[pyo3(signature = (texts, *, add_special_tokens = true, threads = None))]
    fn encode_batch(
        &self,
        texts: &Bound<'_, PyAny>,
        add_special_tokens: bool,
        threads: Option<i64>,
    ) -> PyResult<Vec<Encoding>> {
        let threads = self::threads(threads)?;
        let inputs = text_input::batch(texts)?;
        let options = self.encode_options(add_special_tokens);
        let encodings = texts.py().detach(|| {
            let inputs: Vec<_> = inputs.iter().map(Input::as_strs).collect();
            self.core.encode_batch(&inputs, &options, threads)
        });
        let encodings = encodings.map_err(to_python)?.into_iter();
        Ok(encodings
            .map(|encoding| Encoding::new(encoding, &self.core))
            .collect())
    }

    #[pyo3(signature = (texts, *, add_special_tokens = false, threads = None))]
    fn encode_ragged<'py>(
        &self,
        texts: &Bound<'py, PyAny>,
        add_special_tokens: bool,
        threads: Option<i64>,
    ) -> PyResult<RaggedArrays<'py>> {
        encode_ragged::encode(
            &self.core,
            texts,
            add_special_tokens,
            self::threads(threads)?,
        )
    }

    #[pyo3(signature = (ids, *, skip_special_tokens = true))]
    fn decode(&self, py: Python<'_>, ids: Vec<u32>, skip_special_tokens: bool) -> String {
        py.detach(|| self.core.decode(&ids, skip_special_tokens))
    }

    /// One token for each id: `Tokenizer(tokens, options)` makes the same tokenizer.
    fn tokens(&self) -> Vec<&str> {
        self.core.vocab().lines().collect()
    }

    /// The id of each token, in the order of the ids.
    fn vocab<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let ids = PyDict::new(py);
        for id in 0..self.core.vocab().len() as u32 {
            if let Some(token) = self.core.token(id) {
                ids.set_item(token, id)?;
            }
        }
        Ok(ids)
    }

    #[pyo3(signature = (token))]
    fn token_to_id(&self, token: &str) -> Option<u32> {
        self.core.id(token)
    }

    #[pyo3(signature = (id))]
    fn id_to_token(&self, id: u32) -> Option<&str> {
        self.core.token(id)
    }

    #[getter]
    fn vocab_size(&self) -> usize {
        self.core.vocab().len()
    }

    #[getter]
    fn cache_bytes(&self) -> usize {
        self.core.cache_bytes()
    }

    #[getter]
    fn fingerprint(&self) -> u64 {
        self.core.fingerprint()
    }

    /// The ids of `[PAD]`, `[UNK]`, `[CLS]`, `[SEP]` and `[MASK]`.
    #[getter]
    fn special_ids(&self) -> (u32, u32, u32, u32, u32) {
        let special = self.core.vocab().special();
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
    /// The tokenizer of the core.
    pub fn core(&self) -> &minibert_core::tokenizer::Tokenizer {
        &self.core
    }

    fn encode_options(&self, add_special_tokens: bool) -> EncodeOptions {
        EncodeOptions {
            add_special_tokens,
            truncation: self.truncation.clone(),
            padding: self.padding.clone(),
        }
    }

    fn made(vocab: minibert_core::Result<Vocab>, options: Options) -> PyResult<Self> {
        let made =
            vocab.and_then(|vocab| minibert_core::tokenizer::Tokenizer::new(vocab, options.into()));
        made.map(|core| Self {
            core: Arc::new(core),
            truncation: None,
            padding: None,
        })
        .map_err(to_python)
    }
}
