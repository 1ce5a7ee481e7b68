//! Encodings for Python, with the tokens of their ids.

use std::collections::BTreeMap;
use std::sync::Arc;

use minibert_core::tokenizer::Tokenizer;
use minibert_core::tokenizer::encoding::Encoding as CoreEncoding;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;

use crate::errors::to_python;

/// The number of tokens that `repr` shows.
const SHOWN: usize = 12;

/// Where an encoding finds the tokens of its ids.
#[derive(Clone)]
enum TokenNames {
    Tokenizer(Arc<Tokenizer>),
    /// Only those that a pickle contained.
    Pickled(Arc<BTreeMap<u32, String>>),
}

impl TokenNames {
    fn is(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Tokenizer(ours), Self::Tokenizer(theirs)) => Arc::ptr_eq(ours, theirs),
            _ => false,
        }
    }

    fn get(&self, id: u32) -> &str {
        match self {
            Self::Tokenizer(tokenizer) => tokenizer.vocab().line(id),
            Self::Pickled(tokens) => tokens.get(&id).map_or("", String::as_str),
        }
    }
}

#[pyclass(frozen, module = "minibert._core")]
pub struct Encoding {
    core: CoreEncoding,
    tokens: TokenNames,
}

impl Encoding {
    pub fn new(core: CoreEncoding, tokenizer: &Arc<Tokenizer>) -> Self {
        Self {
            core,
            tokens: TokenNames::Tokenizer(Arc::clone(tokenizer)),
        }
    }

    /// The token of each id, those of the overflowing parts included.
    fn tokens_of(&self, encoding: &CoreEncoding) -> BTreeMap<u32, &str> {
        let ids = encoding.ids().into_iter();
        let mut tokens: BTreeMap<_, _> = ids.map(|id| (id, self.tokens.get(id))).collect();
        for part in encoding.overflowing() {
            tokens.append(&mut self.tokens_of(part));
        }
        tokens
    }
}

#[pymethods]
impl Encoding {
    #[getter]
    fn ids(&self) -> Vec<u32> {
        self.core.ids()
    }

    #[getter]
    fn type_ids(&self) -> Vec<u32> {
        self.core.type_ids()
    }

    #[getter]
    fn tokens(&self) -> Vec<&str> {
        let ids = self.core.ids().into_iter();
        ids.map(|id| self.tokens.get(id)).collect()
    }

    #[getter]
    fn offsets(&self) -> Vec<(u32, u32)> {
        self.core.offsets()
    }

    #[getter]
    fn attention_mask(&self) -> Vec<u32> {
        self.core.attention_mask()
    }

    #[getter]
    fn special_tokens_mask(&self) -> Vec<u32> {
        self.core.special_tokens_mask()
    }

    #[getter]
    fn word_ids(&self) -> Vec<Option<u32>> {
        self.core.word_ids()
    }

    /// An older name of the reference for `word_ids`.
    #[getter]
    fn words(&self) -> Vec<Option<u32>> {
        self.core.word_ids()
    }

    #[getter]
    fn sequence_ids(&self) -> Vec<Option<u32>> {
        self.core.sequence_ids()
    }

    #[getter]
    fn n_sequences(&self) -> usize {
        self.core.n_sequences()
    }

    #[getter]
    fn overflowing(&self) -> Vec<Self> {
        let parts = self.core.overflowing().iter();
        parts
            .map(|part| Self {
                core: part.clone(),
                tokens: self.tokens.clone(),
            })
            .collect()
    }

    #[pyo3(signature = (token_index))]
    fn token_to_sequence(&self, token_index: usize) -> Option<usize> {
        self.core.token_to_sequence(token_index)
    }

    #[pyo3(signature = (token_index))]
    fn token_to_chars(&self, token_index: usize) -> Option<(u32, u32)> {
        self.core.token_to_chars(token_index)
    }

    #[pyo3(signature = (token_index))]
    fn token_to_word(&self, token_index: usize) -> Option<u32> {
        self.core.token_to_word(token_index)
    }

    #[pyo3(signature = (char_pos, sequence_index = 0))]
    fn char_to_token(&self, char_pos: usize, sequence_index: usize) -> Option<usize> {
        self.core.char_to_token(char_pos, sequence_index)
    }

    #[pyo3(signature = (char_pos, sequence_index = 0))]
    fn char_to_word(&self, char_pos: usize, sequence_index: usize) -> Option<u32> {
        self.core.char_to_word(char_pos, sequence_index)
    }

    #[pyo3(signature = (word_index, sequence_index = 0))]
    fn word_to_tokens(&self, word_index: u32, sequence_index: usize) -> Option<(usize, usize)> {
        self.core.word_to_tokens(word_index, sequence_index)
    }

    #[pyo3(signature = (word_index, sequence_index = 0))]
    fn word_to_chars(&self, word_index: u32, sequence_index: usize) -> Option<(u32, u32)> {
        self.core.word_to_chars(word_index, sequence_index)
    }

    fn __len__(&self) -> usize {
        self.core.len()
    }

    fn __eq__(&self, other: &Self) -> bool {
        self.core == other.core
            && (self.tokens.is(&other.tokens)
                || self.tokens_of(&self.core) == other.tokens_of(&other.core))
    }

    fn __repr__(&self) -> String {
        let mut tokens = self.tokens();
        let more = if tokens.len() > SHOWN { ", ..." } else { "" };
        tokens.truncate(SHOWN);
        let shown: Vec<String> = tokens.iter().map(|token| format!("{token:?}")).collect();
        format!(
            "Encoding(num_tokens={}, tokens=[{}{more}], overflowing={})",
            self.core.len(),
            shown.join(", "),
            self.core.overflowing().len()
        )
    }

    #[allow(clippy::type_complexity)]
    fn __reduce__<'py>(
        &self,
        py: Python<'py>,
    ) -> PyResult<(Bound<'py, PyAny>, (Vec<(u32, &str)>, Bound<'py, PyBytes>))> {
        let restore = py.get_type::<Self>().getattr("_restore")?;
        let tokens = self.tokens_of(&self.core).into_iter().collect();
        let state = PyBytes::new(py, &self.core.to_bytes());
        Ok((restore, (tokens, state)))
    }

    /// Restores a pickled encoding.
    #[staticmethod]
    #[pyo3(signature = (tokens, state))]
    fn _restore(tokens: Vec<(u32, String)>, state: PyBackedBytes) -> PyResult<Self> {
        let core = CoreEncoding::from_bytes(&state).map_err(to_python)?;
        Ok(Self {
            core,
            tokens: TokenNames::Pickled(Arc::new(tokens.into_iter().collect())),
        })
    }
}
