//! The token store: a corpus as token ids, with its sentence and document boundaries, in a file that is
//! mapped into memory.

mod document_encoder;
mod format;
mod mmap;
mod split;
mod statistics;
mod token_store;
mod verify;
mod writer;

use std::fs::File;
use std::path::Path;

use crate::corpus::{BATCH, Corpus, OnProgress};
use crate::error::{CorpusError, OptionError};
use crate::parallel::scratch_pool::ScratchPool;
use crate::tokenizer::Tokenizer;
use crate::{Error, Result};
use document_encoder::Encoder;
pub use split::Split;
pub use token_store::TokenStore;
use writer::Writer;

/// The minimum memory, in bytes, for building a store.
pub const LEAST_MEMORY: u64 = 128 << 20;
/// The share of the memory for text whose ids wait for earlier ones. The ids, and the lines of the text
/// being read, take several times as much.
const TEXT_SHARE: u64 = 32;

/// Where a store is written, and how much memory is used.
#[derive(Clone, Copy, Debug)]
pub struct BuildOptions<'a> {
    /// None: a temporary file, which is deleted with the store.
    pub path: Option<&'a Path>,
    /// Bytes, at least [`LEAST_MEMORY`].
    pub memory: u64,
    /// An identifier of the source, chosen by the caller.
    pub made_from: [u8; 32],
}

impl Default for BuildOptions<'_> {
    fn default() -> Self {
        Self {
            path: None,
            memory: 512 << 20,
            made_from: [0; 32],
        }
    }
}

impl TokenStore {
    /// Encodes a corpus in parallel. The result depends neither on the number of threads nor on the
    /// memory.
    pub fn build(
        corpus: &Corpus,
        tokenizer: &Tokenizer,
        options: BuildOptions<'_>,
        on_progress: OnProgress<'_>,
    ) -> Result<Self> {
        if options.memory < LEAST_MEMORY {
            return Err(OptionError::StoreMemory {
                memory: options.memory,
                minimum_mb: LEAST_MEMORY >> 20,
            }
            .into());
        }
        let ahead = (options.memory / TEXT_SHARE) as usize / BATCH;
        let mut writer = Writer::new(tokenizer, options.path)?;
        // Memory that is new to the process costs as much time as the encoding, so used buffers are used
        // again.
        let spare = ScratchPool::default();
        let summary = corpus.map_batches(
            ahead,
            || Encoder::new(tokenizer),
            |encoder, documents| encoder.encode(documents, spare.take().unwrap_or_default()),
            &mut |encoded, progress| {
                writer.push(&encoded)?;
                spare.give_back(encoded);
                on_progress(progress)
            },
        )?;
        if writer.tokens() == 0 {
            return Err(CorpusError::NoTokens {}.into());
        }
        writer.finish(summary, options.made_from)
    }

    /// Maps a store. The whole file is read once, so that damage is found now.
    pub fn open(path: &Path) -> Result<Self> {
        let refused = |source| Error::io(path, source);
        let mut file = File::open(path).map_err(refused)?;
        let header = verify::header(&mut file, path)?;
        verify::sections(&mut file, &header, path)?;
        let store = Self::of_file(&file, header, path)?;
        verify::contents(&store, path)?;
        Ok(store)
    }
}

#[cfg(test)]
mod tests;
