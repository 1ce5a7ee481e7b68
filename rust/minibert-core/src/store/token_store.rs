//! An open store: a file mapped into memory, and what can be read from it.

use std::fs::File;
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;

use super::format::{BLOCK, CONTINUES, Header, REPLACEMENT, Section};
use super::mmap;
use crate::corpus::CorpusSummary;
use crate::tokenizer::vocabulary::SpecialIds;
use crate::{Error, Result};

/// A corpus as token ids. Sentences are runs of ids, documents are runs of sentences; neither is ever
/// empty. Both are identified by their number.
#[derive(Debug)]
pub struct TokenStore {
    map: Mmap,
    header: Header,
    /// The range of each section in the map.
    ranges: [Range<usize>; 7],
    replacements: Vec<u32>,
    /// One bit for each id.
    continuations: Vec<u64>,
}

impl TokenStore {
    pub(super) fn of_file(file: &File, header: Header, path: &Path) -> Result<Self> {
        let map = mmap::map(file).map_err(|source| Error::io(path, source))?;
        let ranges = header
            .ranges()
            .filter(|(_, end)| *end == map.len() as u64)
            .ok_or_else(|| {
                Error::damaged_store(path, "its length has changed while it was opened")
            })?
            .0;
        let ranges = ranges.map(|range| range.start as usize..range.end as usize);
        let kinds = &map[ranges[Section::Kinds as usize].clone()];
        let ids_of = |bit: u8| {
            (0_u32..)
                .zip(kinds)
                .filter(move |&(_, kind)| kind & bit > 0)
                .map(|(id, _)| id)
        };
        let mut continuations = vec![0; kinds.len().div_ceil(64)];
        for id in ids_of(CONTINUES) {
            continuations[id as usize / 64] |= 1 << (id % 64);
        }
        let replacements = ids_of(REPLACEMENT).collect();
        Ok(Self {
            map,
            header,
            ranges,
            replacements,
            continuations,
        })
    }

    fn section<T: bytemuck::AnyBitPattern>(&self, section: Section) -> &[T] {
        bytemuck::cast_slice(&self.map[self.ranges[section as usize].clone()])
    }

    pub fn documents(&self) -> usize {
        self.header.documents as usize
    }

    pub fn sentences(&self) -> usize {
        self.header.sentences as usize
    }

    pub fn tokens(&self) -> usize {
        self.header.tokens as usize
    }

    /// The first sentence of each document, and the end of the last document.
    pub(super) fn document_starts(&self) -> &[u64] {
        self.section(Section::DocumentStarts)
    }

    pub(super) fn document_hashes(&self) -> &[u64] {
        self.section(Section::DocumentHashes)
    }

    /// The sentences of a document.
    pub fn document(&self, document: usize) -> Range<usize> {
        let starts = self.document_starts();
        starts[document] as usize..starts[document + 1] as usize
    }

    /// The position of the first token of a sentence among all tokens. For the number after the last
    /// sentence, the number of tokens.
    pub fn sentence_start(&self, sentence: usize) -> usize {
        let blocks: &[u64] = self.section(Section::BlockStarts);
        let offsets: &[u32] = self.section(Section::SentenceOffsets);
        // A wrong sum is found when the store is opened.
        blocks[sentence / BLOCK].wrapping_add(u64::from(offsets[sentence])) as usize
    }

    /// The number of tokens of a document.
    pub fn document_len(&self, document: usize) -> usize {
        let sentences = self.document(document);
        self.sentence_start(sentences.end) - self.sentence_start(sentences.start)
    }

    pub fn sentence_len(&self, sentence: usize) -> usize {
        self.sentence_start(sentence + 1) - self.sentence_start(sentence)
    }

    /// Whether two sentences have the same ids.
    pub fn is_same_sentence(&self, one: usize, other: usize) -> bool {
        let ids: &[u8] = self.section(Section::Ids);
        let bytes = |sentence: usize| {
            let [start, end] = [sentence, sentence + 1].map(|at| self.sentence_start(at));
            &ids[start * self.header.id_bytes as usize..end * self.header.id_bytes as usize]
        };
        bytes(one) == bytes(other)
    }

    /// Fills `out` with the ids from `start` on.
    pub fn copy_ids(&self, start: usize, out: &mut [i64]) {
        let range = start..start + out.len();
        if self.header.id_bytes == 2 {
            copy(&self.section::<u16>(Section::Ids)[range], out);
        } else {
            copy(&self.section::<u32>(Section::Ids)[range], out);
        }
    }

    /// How often each id occurs, by id.
    pub fn token_counts(&self) -> &[u64] {
        self.section(Section::TokenCounts)
    }

    /// The unigram entropy: the loss, in nats, of predicting tokens by their frequency.
    pub fn unigram_entropy(&self) -> f64 {
        let total = self.tokens() as f64;
        self.token_counts()
            .iter()
            .filter(|&&count| count > 0)
            .map(|&count| count as f64 / total)
            .map(|share| -share * share.ln())
            .sum()
    }

    pub fn special(&self) -> SpecialIds {
        self.header.special
    }

    /// The ids that may replace a masked token: neither special nor `[unused…]`.
    pub fn replacements(&self) -> &[u32] {
        &self.replacements
    }

    /// Whether the token of an id continues a word, that is, begins with `##`.
    pub fn is_continuation(&self, id: u32) -> bool {
        let bits = self.continuations.get(id as usize / 64);
        bits.is_some_and(|bits| bits >> (id % 64) & 1 == 1)
    }

    /// A hash of tokens, boundaries and tokenizer that is the same on every machine.
    pub fn fingerprint(&self) -> u64 {
        self.header.fingerprint
    }

    /// The fingerprint of the tokenizer that made the ids.
    pub fn tokenizer_fingerprint(&self) -> u64 {
        self.header.tokenizer
    }

    /// The identifier of the source that [`super::BuildOptions::made_from`] gave.
    pub fn made_from(&self) -> &[u8; 32] {
        &self.header.made_from
    }

    /// What was found in the corpus.
    pub fn corpus_summary(&self) -> &CorpusSummary {
        &self.header.summary
    }

    /// The length of the file, in bytes.
    pub fn stored_bytes(&self) -> usize {
        self.map.len()
    }
}

fn copy<T: Copy + Into<i64>>(ids: &[T], out: &mut [i64]) {
    for (out, &id) in out.iter_mut().zip(ids) {
        *out = id.into();
    }
}
