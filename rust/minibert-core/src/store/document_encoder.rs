//! Encodes batches of documents, on one of several threads.

use std::thread;

use xxhash_rust::xxh3::xxh3_64;

use crate::corpus::Documents;
use crate::tokenizer::Tokenizer;
use crate::tokenizer::encode_ragged::RaggedEncoder;
use crate::tokenizer::ragged::Ragged;

/// Documents in the form in which a store keeps them, end to end.
#[derive(Default)]
pub(super) struct Encoded {
    /// The ids of each sentence.
    pub sentences: Ragged,
    /// For each document, its number of sentences and the hash of its tokens.
    pub documents: Vec<(usize, u64)>,
}

/// The encoder of one thread.
pub(super) struct Encoder<'t> {
    tokenizer: &'t Tokenizer,
    /// None before the first batch.
    ragged: Option<RaggedEncoder<'t>>,
}

impl<'t> Encoder<'t> {
    pub fn new(tokenizer: &'t Tokenizer) -> Self {
        Self {
            tokenizer,
            ragged: None,
        }
    }

    /// Encodes documents into the memory of `room`.
    pub fn encode(&mut self, given: Documents<'_>, room: Encoded) -> Encoded {
        let Encoded {
            sentences,
            mut documents,
        } = room;
        documents.clear();
        let begin = || RaggedEncoder::new(self.tokenizer);
        let encoder = self.ragged.get_or_insert_with(begin);
        given.for_each(&mut |document| {
            for sentence in document {
                encoder.push_plain(sentence);
            }
            documents.push((document.len(), 0));
        });
        let sentences = encoder.exchange(sentences);
        let mut first = 0;
        for (count, hashed) in &mut documents {
            let tokens = sentences.boundaries[first]..sentences.boundaries[first + *count];
            *hashed = hash(&sentences.ids[tokens]);
            first += *count;
        }
        Encoded {
            sentences,
            documents,
        }
    }
}

impl Drop for Encoder<'_> {
    /// Gives the cache of words back to the tokenizer, unless the thread panicked.
    fn drop(&mut self) {
        if let Some(encoder) = self.ragged.take()
            && !thread::panicking()
        {
            encoder.end();
        }
    }
}

pub(super) fn hash(ids: &[u32]) -> u64 {
    xxh3_64(bytemuck::cast_slice(ids))
}
