//! Examples: which tokens of the store form an example, for each of the objectives that BERT and its
//! successors were trained on.
//!
//! An epoch is planned as a whole, with 16 bytes per example, and shuffled; then each example is found
//! by its number. An example depends neither on the random numbers of another document nor on the
//! number of threads.

mod pairs;
mod single;

use crate::Result;
use crate::error::{CorpusError, OptionError};
use crate::parallel::in_parts;
use crate::rng::{Purpose, Stream};
use crate::store::TokenStore;

pub use pairs::balanced_random_next_prob;

/// A target length has at least one token for each segment.
const SHORTEST_TARGET: usize = 2;
/// The number of token positions that fit into 40 bits.
const MAX_TOKENS: usize = 1 << 40;
const MAX_SEQ_LEN: usize = 1 << 20;

/// The objective, which defines what an example is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Objective {
    /// Two segments; half of the second segments are random (BERT, Devlin et al. 2019, section 3.1).
    NextSentence,
    /// Two consecutive segments, half of them swapped (ALBERT, Lan et al. 2020, section 3.1).
    SentenceOrder,
    /// Consecutive sentences up to the whole length, across documents, with a `[SEP]` between documents
    /// (`RoBERTa`'s FULL-SENTENCES, Liu et al. 2019, section 4.2).
    FullSentences,
    /// The same within a document (`RoBERTa`'s DOC-SENTENCES).
    DocSentences,
    /// One sentence, which is a line if the corpus has one sentence per line.
    Line,
}

impl Objective {
    pub fn from_name(name: &str) -> Result<Self> {
        Ok(match name {
            "next_sentence" => Self::NextSentence,
            "sentence_order" => Self::SentenceOrder,
            "full_sentences" => Self::FullSentences,
            "doc_sentences" => Self::DocSentences,
            "line" => Self::Line,
            _ => {
                return Err(OptionError::UnknownName {
                    option: "objective",
                    value: name.to_owned(),
                    allowed: "next_sentence, sentence_order, full_sentences, doc_sentences or line",
                }
                .into());
            }
        })
    }

    /// Whether there is a second segment, and with it a label.
    pub fn has_pairs(self) -> bool {
        match self {
            Self::NextSentence | Self::SentenceOrder => true,
            Self::FullSentences | Self::DocSentences | Self::Line => false,
        }
    }

    /// Whether second segments come from elsewhere in the corpus at random.
    pub fn has_random_segments(self) -> bool {
        match self {
            Self::NextSentence => true,
            Self::SentenceOrder | Self::FullSentences | Self::DocSentences | Self::Line => false,
        }
    }

    /// The number of special tokens: `[CLS]`, and a `[SEP]` after each segment.
    pub fn special_tokens(self) -> usize {
        if self.has_pairs() { 3 } else { 2 }
    }
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExampleOptions {
    pub objective: Objective,
    /// The length of an example in tokens, special tokens included.
    pub seq_len: usize,
    /// The share of documents whose pairs have a random shorter length.
    pub short_seq_prob: f64,
    /// The share of random second segments that come from elsewhere in the same document.
    pub hard_negative_prob: f64,
    /// Whether fewer of the pairs that have a choice are random, since some pairs can only be random.
    pub balanced_labels: bool,
}

impl ExampleOptions {
    pub fn check(&self) -> Result<()> {
        let shortest = self.objective.special_tokens() + SHORTEST_TARGET;
        if self.seq_len < shortest {
            return Err(OptionError::SeqLenTooShort {
                seq_len: self.seq_len,
                minimum: shortest,
            }
            .into());
        }
        if self.seq_len > MAX_SEQ_LEN {
            return Err(OptionError::SeqLenTooLong {
                seq_len: self.seq_len,
                maximum: MAX_SEQ_LEN,
            }
            .into());
        }
        OptionError::check_probability("short_seq_prob", self.short_seq_prob)?;
        OptionError::check_probability("hard_negative_prob", self.hard_negative_prob)?;
        if self.hard_negative_prob > 0.0 && !self.objective.has_random_segments() {
            return Err(OptionError::HardNegatives {}.into());
        }
        Ok(())
    }

    /// The maximum number of tokens of the store in an example.
    fn max_tokens(&self) -> usize {
        self.seq_len - self.objective.special_tokens()
    }
}

/// Refuses documents from which the objective can make no correct examples.
pub fn check_documents(
    store: &TokenStore,
    documents: &[usize],
    objective: Objective,
) -> Result<()> {
    if store.tokens() >= MAX_TOKENS {
        return Err(CorpusError::TooManyTokens {
            tokens: store.tokens(),
            limit: MAX_TOKENS,
        }
        .into());
    }
    if !objective.has_random_segments() {
        return Ok(());
    }
    if documents.len() < 2 {
        return Err(CorpusError::TooFewForPairs {
            documents: documents.len(),
        }
        .into());
    }
    if store.sentences() == store.documents() {
        return Err(CorpusError::SingleSentences {}.into());
    }
    Ok(())
}

/// What the examples of an epoch are made from.
#[derive(Debug, Clone, Copy)]
pub struct ExampleSource<'a> {
    pub store: &'a TokenStore,
    /// By number, ascending.
    pub documents: &'a [usize],
    pub options: ExampleOptions,
    pub seed: u64,
    /// The probability that a second segment is random where it could follow: one half, or less to
    /// compensate for the pairs that can only be random.
    pub random_next_prob: f64,
}

/// An example: ranges of tokens of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Example {
    /// The position of the first token.
    pub a_start: usize,
    pub a_len: usize,
    /// The position of the first token of the second segment; for single segments, the index of the
    /// document of the first token.
    pub b_start: usize,
    /// 0 for single segments.
    pub b_len: usize,
    /// Label 1: the second segment is random, or the two are swapped.
    pub is_random_next: bool,
}

/// An example in 16 bytes: two positions of 40 bits, two lengths of 20 bits and the label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PackedExample(u128);

impl From<Example> for PackedExample {
    fn from(example: Example) -> Self {
        Self(
            example.a_start as u128
                | (example.b_start as u128) << 40
                | (example.a_len as u128) << 80
                | (example.b_len as u128) << 100
                | u128::from(example.is_random_next) << 120,
        )
    }
}

impl From<PackedExample> for Example {
    fn from(PackedExample(bits): PackedExample) -> Self {
        let field = |first: u32, width: u32| (bits >> first) as usize & ((1 << width) - 1);
        Self {
            a_start: field(0, 40),
            b_start: field(40, 40),
            a_len: field(80, 20),
            b_len: field(100, 20),
            is_random_next: field(120, 1) == 1,
        }
    }
}

/// All examples of an epoch, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpochPlan {
    examples: Vec<PackedExample>,
}

impl EpochPlan {
    /// Plans an epoch. The result is a function of the arguments.
    pub fn new(source: &ExampleSource<'_>, epoch: u32) -> Self {
        let mut examples = if source.options.objective.has_pairs() {
            let parts = in_parts(
                source.documents,
                |&document| source.store.document_len(document),
                |part| {
                    let mut made = Vec::new();
                    for &document in part {
                        source.pairs(document, epoch, &mut |pair| made.push(pair.example.into()));
                    }
                    made
                },
            );
            parts.concat()
        } else {
            let mut made = Vec::new();
            source.singles(&mut |example| made.push(example.into()));
            made
        };
        examples.shrink_to_fit();
        Stream::new(source.seed, Purpose::Shuffle, epoch, 0).shuffle(&mut examples);
        Self { examples }
    }

    pub fn len(&self) -> usize {
        self.examples.len()
    }

    pub fn is_empty(&self) -> bool {
        self.examples.is_empty()
    }

    /// An example by its number, which is below [`Self::len`].
    pub fn example(&self, number: usize) -> Example {
        self.examples[number].into()
    }

    pub fn examples(&self) -> impl Iterator<Item = Example> {
        self.examples.iter().map(|&packed| packed.into())
    }

    /// The share of examples with label 1: a random second segment, or swapped segments.
    pub fn random_next_share(&self) -> f64 {
        let random = self.examples().filter(|example| example.is_random_next);
        random.count() as f64 / self.len().max(1) as f64
    }
}

/// A range of tokens of the store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Segment {
    start: usize,
    len: usize,
}

impl Segment {
    /// The tokens of a range of sentences, which is not empty.
    fn of(store: &TokenStore, sentences: std::ops::Range<usize>) -> Self {
        let start = store.sentence_start(sentences.start);
        let last = sentences.end - 1;
        Self {
            start,
            len: store.sentence_start(last) + store.sentence_len(last) - start,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_keeps_all_it_holds_in_16_bytes() {
        assert_eq!(size_of::<PackedExample>(), 16);
        let (place, len) = ((1 << 40) - 1, (1 << 20) - 1);
        for example in [
            (0, 0, 0, 0, false),
            (place, 0, 0, 0, false),
            (0, len, 0, 0, false),
            (0, 0, place, 0, false),
            (0, 0, 0, len, false),
            (0, 0, 0, 0, true),
            (place, len, place, len, true),
            (123_456_789_012, 345, 678_901_234_567, 89, false),
        ] {
            let (a_start, a_len, b_start, b_len, is_random_next) = example;
            let example = Example {
                a_start,
                a_len,
                b_start,
                b_len,
                is_random_next,
            };
            assert_eq!(Example::from(PackedExample::from(example)), example);
        }
    }
}
