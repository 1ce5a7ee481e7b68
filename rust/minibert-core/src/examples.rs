//! The examples station: next-sentence pairs, as in BERT's `create_pretraining_data.py` (Devlin et
//! al. 2019, section 3.1, task 2, and appendix A.2).
//!
//! A document's sentences are gathered into chunks of the target length. Each chunk is cut at a random
//! sentence into A and what follows it. Half of the time B is what follows; else B comes from a random
//! other document and what followed A begins the next chunk, so that no sentence is lost. Three things
//! differ from the original: the other document is never the same one, B never is the text right
//! behind A even where that belongs to the next document, and no number depends on what was drawn for
//! another document.

use crate::parallel::in_parts;
use crate::rng::{Purpose, Stream};
use crate::store::TokenStore;
use crate::{Error, Result};

/// `[CLS]` and two `[SEP]`.
pub const SPECIAL_TOKENS: usize = 3;
/// A target length is at least one token for each segment.
const SHORTEST_TARGET: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct NextSentenceOptions {
    /// The length of an example with its special tokens.
    pub seq_len: usize,
    /// The share of documents whose examples are cut to a random shorter length.
    pub short_seq_prob: f64,
}

/// A pair of segments, each a run of tokens of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    pub a_start: usize,
    pub b_start: usize,
    pub a_len: u32,
    pub b_len: u32,
    /// Whether B comes from another document: label 1 of next-sentence prediction.
    pub is_random_next: bool,
}

/// All examples of an epoch, in the order they are given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochPlan {
    pub examples: Vec<Example>,
}

impl NextSentenceOptions {
    pub fn check(&self) -> Result<()> {
        if self.seq_len < SPECIAL_TOKENS + SHORTEST_TARGET {
            return Err(Error::Option(format!(
                "a sequence length of {} has no room for a pair of sentences: give 5 or more",
                self.seq_len
            )));
        }
        if self.seq_len > 1 << 20 {
            return Err(Error::Option(format!(
                "a sequence length of {} is more than the 1,048,576 that are possible",
                self.seq_len
            )));
        }
        if !(0.0..=1.0).contains(&self.short_seq_prob) {
            return Err(Error::Option(format!(
                "short_seq_prob must be between 0 and 1, not {}",
                self.short_seq_prob
            )));
        }
        Ok(())
    }

    fn max_tokens(&self) -> usize {
        self.seq_len - SPECIAL_TOKENS
    }
}

impl EpochPlan {
    /// The examples of `documents`, which ascend, for an epoch: a function of its arguments alone.
    pub fn new(
        store: &TokenStore,
        documents: &[usize],
        options: &NextSentenceOptions,
        seed: u64,
        epoch: u32,
    ) -> Self {
        let keyed_pairs = |&document: &usize| {
            let mut order = Stream::new(seed, Purpose::Shuffle, epoch, document as u64);
            pairs(store, documents, document, options, seed, epoch)
                .into_iter()
                .map(move |example| (order.next_u64(), example))
        };
        let parts = in_parts(
            documents,
            |&document| store.document_len(document),
            |part| part.iter().flat_map(keyed_pairs).collect::<Vec<_>>(),
        );
        let mut keyed = parts.concat();
        keyed.sort_unstable_by_key(|(key, example)| (*key, example.a_start, example.b_start));
        Self {
            examples: keyed.into_iter().map(|(_, example)| example).collect(),
        }
    }

    /// The share of examples whose B is random. It lies above one half, since the last sentence of a
    /// document has no successor.
    pub fn random_next_share(&self) -> f64 {
        let random = self
            .examples
            .iter()
            .filter(|example| example.is_random_next);
        random.count() as f64 / self.examples.len().max(1) as f64
    }
}

/// Refuses a set of documents that has no other document to draw a random segment from.
pub fn check_documents(documents: &[usize]) -> Result<()> {
    if documents.len() >= 2 {
        return Ok(());
    }
    Err(Error::Corpus(
        "next-sentence prediction needs at least two documents to draw random sentences from, and \
         this corpus has one: part it with blank lines or headings, or give more files"
            .to_owned(),
    ))
}

/// The examples of one of the documents.
fn pairs(
    store: &TokenStore,
    documents: &[usize],
    document: usize,
    options: &NextSentenceOptions,
    seed: u64,
    epoch: u32,
) -> Vec<Example> {
    let mut rng = Stream::new(seed, Purpose::Pairs, epoch, document as u64);
    let at = documents.partition_point(|&other| other < document);
    let max_tokens = options.max_tokens();
    let target = target_len(options, &mut rng);
    let sentences = store.document(document);
    let mut examples = Vec::new();
    let mut first = sentences.start;
    while first < sentences.end {
        let end = segment_end(store, first, sentences.end, target);
        let split = match end - first {
            1 => end,
            count => first + rng.between(1, count as u64 - 1) as usize,
        };
        let is_random_next = end - first == 1 || rng.chance(0.5);
        let a = tokens(store, first, split);
        let b = if is_random_next {
            let room = target.saturating_sub(a.len);
            random_segment(store, documents, at, split, room, &mut rng)
        } else {
            tokens(store, split, end)
        };
        examples.push(truncated(a, b, is_random_next, max_tokens, &mut rng));
        first = if is_random_next { split } else { end };
    }
    examples
}

fn target_len(options: &NextSentenceOptions, rng: &mut Stream) -> usize {
    if rng.chance(options.short_seq_prob) {
        rng.between(SHORTEST_TARGET as u64, options.max_tokens() as u64) as usize
    } else {
        options.max_tokens()
    }
}

/// The end of the shortest run of sentences from `first` on that has `target` tokens, or `limit`.
fn segment_end(store: &TokenStore, first: usize, limit: usize, target: usize) -> usize {
    let mut len = 0;
    for sentence in first..limit {
        len += store.sentence_len(sentence);
        if len >= target {
            return sentence + 1;
        }
    }
    limit
}

/// Sentences of a random other document (each as likely as the next, whatever its length) from a random
/// one on, of about `room` tokens; never from `successor` on, the sentence that truly follows.
fn random_segment(
    store: &TokenStore,
    documents: &[usize],
    at: usize,
    successor: usize,
    room: usize,
    rng: &mut Stream,
) -> Segment {
    let other = rng.below(documents.len() as u64 - 1) as usize;
    let mut other = if other < at { other } else { other + 1 };
    let mut sentences = store.document(documents[other]);
    let mut first = sentences.start + rng.below(sentences.len() as u64) as usize;
    if first == successor && documents.len() > 2 {
        // The next document, from its very beginning. One further on does as well.
        other = if (other + 1) % documents.len() == at {
            (other + 2) % documents.len()
        } else {
            (other + 1) % documents.len()
        };
        sentences = store.document(documents[other]);
        first = sentences.start;
    } else if first == successor && sentences.len() > 1 {
        first += 1;
    }
    tokens(store, first, segment_end(store, first, sentences.end, room))
}

/// A run of tokens of the store.
#[derive(Clone, Copy)]
struct Segment {
    start: usize,
    len: usize,
}

fn tokens(store: &TokenStore, first: usize, end: usize) -> Segment {
    let start = store.sentence_start(first);
    let last = end - 1;
    Segment {
        start,
        len: store.sentence_start(last) + store.sentence_len(last) - start,
    }
}

/// Takes tokens off the longer segment (B when equal), one at a time, from the front or the back at
/// random.
fn truncated(
    mut a: Segment,
    mut b: Segment,
    is_random_next: bool,
    max_tokens: usize,
    rng: &mut Stream,
) -> Example {
    while a.len + b.len > max_tokens {
        let longer = if a.len > b.len { &mut a } else { &mut b };
        if rng.chance(0.5) {
            longer.start += 1;
        }
        longer.len -= 1;
    }
    Example {
        a_start: a.start,
        b_start: b.start,
        a_len: a.len as u32,
        b_len: b.len as u32,
        is_random_next,
    }
}
