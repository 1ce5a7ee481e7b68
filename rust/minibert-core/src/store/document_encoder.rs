//! Documents to ids, a batch at a time, on one of several threads.

use std::thread;

use xxhash_rust::xxh3::xxh3_64;

use crate::corpus::Documents;
use crate::tokenizer::Tokenizer;
use crate::tokenizer::encode_ragged::RaggedEncoder;
use crate::tokenizer::ragged::Ragged;

/// Documents as they go into a store, end to end.
#[derive(Default)]
pub(super) struct Encoded {
    /// The ids of each sentence.
    pub sentences: Ragged,
    /// The sentences of each document and the hash of its tokens.
    pub documents: Vec<(usize, u64)>,
}

/// What a thread encodes with.
pub(super) struct Encoder<'t> {
    tokenizer: &'t Tokenizer,
    /// From the first batch on.
    ragged: Option<RaggedEncoder<'t>>,
}

impl<'t> Encoder<'t> {
    pub fn new(tokenizer: &'t Tokenizer) -> Self {
        Self {
            tokenizer,
            ragged: None,
        }
    }

    /// Encodes documents in the room of what was encoded before.
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
    /// Leaves to the tokenizer what was learned, unless something is half done.
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
