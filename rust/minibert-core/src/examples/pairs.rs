//! Pairs of segments: next-sentence prediction as in BERT's `create_pretraining_data.py` (Devlin et al.
//! 2019, section 3.1, task 2, and appendix A.2), and sentence-order prediction (Lan et al. 2020,
//! section 3.1).
//!
//! The sentences of a document are collected into chunks of the target length. Each chunk is split at a
//! random sentence: A is the part before it.
//!
//! For next-sentence prediction, B is the rest of the chunk in half of the pairs. In the others B comes
//! from a random other document, and the rest of the chunk begins the next chunk, so that no sentence
//! is lost. Four things differ from the original: the other document is never the same document; B is
//! never the text directly after A, even if that belongs to the next document; a random B never begins
//! with a copy of the sentence that follows A; and an example does not depend on the random numbers of
//! another document.
//!
//! For sentence-order prediction, half of the pairs are swapped. A chunk of one sentence is split
//! inside the sentence, where ALBERT's script falls back on random segments.

use std::ops::Range;

use crate::parallel::in_parts;
use crate::rng::{Purpose, Stream};
use crate::store::TokenStore;

use super::{Example, ExampleSource, Objective, SHORTEST_TARGET, Segment};

/// The maximum number of documents on which the share of pairs that can only be random is measured.
const MEASURED_DOCUMENTS: usize = 1 << 16;
/// With fewer random pairs there are fewer chunks; after this many measurements the numbers are stable.
const MEASUREMENTS: usize = 3;
/// The maximum number of draws for a random segment that does not begin like the true one.
const TRIES: usize = 10;

pub(super) struct Pair {
    pub example: Example,
    /// Whether nothing follows A, so that B can only be random.
    pub lacks_next: bool,
}

/// The probability with which a second segment must be random, where one could follow A, for half of
/// all pairs to be random. It is less than one half, since the last sentence of a document has no next
/// sentence; and 0 if even then more than half of the pairs are random.
pub fn balanced_random_next_prob(source: &ExampleSource<'_>) -> f64 {
    let step = source.documents.len().div_ceil(MEASURED_DOCUMENTS).max(1);
    let measured: Vec<_> = source.documents.iter().copied().step_by(step).collect();
    let mut source = *source;
    for _ in 0..MEASUREMENTS {
        let len = |&document: &usize| source.store.document_len(document);
        let counts = in_parts(&measured, len, |part| {
            let (mut all, mut lack_next) = (0_usize, 0_usize);
            for &document in part {
                source.pairs(document, 0, &mut |pair| {
                    all += 1;
                    lack_next += usize::from(pair.lacks_next);
                });
            }
            (all, lack_next)
        });
        let (all, lack_next) = counts
            .iter()
            .fold((0, 0), |(all, lack), part| (all + part.0, lack + part.1));
        if all == lack_next {
            break;
        }
        let wanted = 0.5 * all as f64 - lack_next as f64;
        source.random_next_prob = (wanted / (all - lack_next) as f64).max(0.0);
    }
    source.random_next_prob
}

impl ExampleSource<'_> {
    /// The pairs of one document, in its order. An objective without pairs has none.
    pub(super) fn pairs(&self, document: usize, epoch: u32, each: &mut impl FnMut(Pair)) {
        let mut rng = Stream::new(self.seed, Purpose::Pairs, epoch, document as u64);
        let target = self.target_len(&mut rng);
        let sentences = self.store.document(document);
        let mut first = sentences.start;
        while first < sentences.end {
            let chunk = first..chunk_end(self.store, first, sentences.end, target);
            let made = match self.options.objective {
                Objective::NextSentence => {
                    Some(self.next_sentence(document, chunk, target, &mut rng))
                }
                Objective::SentenceOrder => self.sentence_order(chunk, sentences.end, &mut rng),
                Objective::FullSentences | Objective::DocSentences | Objective::Line => None,
            };
            let Some((pair, end)) = made else { return };
            first = end;
            each(pair);
        }
    }

    fn target_len(&self, rng: &mut Stream) -> usize {
        let max_tokens = self.options.max_tokens();
        if rng.chance(self.options.short_seq_prob) {
            rng.between(SHORTEST_TARGET as u64, max_tokens as u64) as usize
        } else {
            max_tokens
        }
    }

    /// The pair of a chunk of sentences, and the first sentence of the document that it does not use.
    fn next_sentence(
        &self,
        document: usize,
        chunk: Range<usize>,
        target: usize,
        rng: &mut Stream,
    ) -> (Pair, usize) {
        let lacks_next = chunk.len() == 1;
        let split = if lacks_next {
            chunk.end
        } else {
            chunk.start + rng.between(1, chunk.len() as u64 - 1) as usize
        };
        let a = Segment::of(self.store, chunk.start..split);
        let room = target.saturating_sub(a.len);
        let random = if lacks_next || rng.chance(self.random_next_prob) {
            self.random_segment(document, chunk.start..split, room, rng)
        } else {
            None
        };
        let is_random_next = random.is_some();
        let mut end = split;
        let b = random.unwrap_or_else(|| {
            end = chunk_end(self.store, split, self.store.document(document).end, room);
            Segment::of(self.store, split..end)
        });
        let pair = Pair {
            example: self.truncated(a, b, is_random_next, rng),
            lacks_next: lacks_next && is_random_next,
        };
        (pair, end)
    }

    /// The pair of a chunk of sentences, and the sentence after them. None for a document of one token,
    /// which has no order.
    fn sentence_order(
        &self,
        mut chunk: Range<usize>,
        document_end: usize,
        rng: &mut Stream,
    ) -> Option<(Pair, usize)> {
        // A last sentence of one token cannot be split: it is added to the chunk before.
        if chunk.end + 1 == document_end && self.store.sentence_len(chunk.end) == 1 {
            chunk.end += 1;
        }
        let whole = Segment::of(self.store, chunk.clone());
        let a_len = match chunk.len() {
            1 if whole.len == 1 => return None,
            1 => rng.between(1, whole.len as u64 - 1) as usize,
            count => {
                let split = chunk.start + rng.between(1, count as u64 - 1) as usize;
                self.store.sentence_start(split) - whole.start
            }
        };
        let a = Segment {
            start: whole.start,
            len: a_len,
        };
        let b = Segment {
            start: whole.start + a_len,
            len: whole.len - a_len,
        };
        let is_swapped = rng.chance(0.5);
        let (a, b) = if is_swapped { (b, a) } else { (a, b) };
        let pair = Pair {
            example: self.truncated(a, b, is_swapped, rng),
            lacks_next: false,
        };
        Some((pair, chunk.end))
    }

    /// Sentences that do not follow `a`, of about `room` tokens. None if all draws begin with a copy of
    /// the sentence that follows, which would have the wrong label.
    fn random_segment(
        &self,
        document: usize,
        a: Range<usize>,
        room: usize,
        rng: &mut Stream,
    ) -> Option<Segment> {
        let is_last = a.end == self.store.document(document).end;
        let follows =
            |drawn: &Range<usize>| !is_last && self.store.is_same_sentence(drawn.start, a.end);
        (0..TRIES)
            .map(|_| self.elsewhere(document, &a, room, rng))
            .find(|drawn| !follows(drawn))
            .map(|drawn| Segment::of(self.store, drawn))
    }

    fn elsewhere(
        &self,
        document: usize,
        a: &Range<usize>,
        room: usize,
        rng: &mut Stream,
    ) -> Range<usize> {
        let hard = self.options.hard_negative_prob;
        if hard > 0.0
            && rng.chance(hard)
            && let Some(sentences) = self.hard_negative(document, a, room, rng)
        {
            return sentences;
        }
        self.other_document(document, a.end, room, rng)
    }

    /// Sentences of the same document that neither overlap `a` nor touch it. Each possible first
    /// sentence is equally likely.
    fn hard_negative(
        &self,
        document: usize,
        a: &Range<usize>,
        room: usize,
        rng: &mut Stream,
    ) -> Option<Range<usize>> {
        let sentences = self.store.document(document);
        let before = a.start.saturating_sub(sentences.start + 1);
        let after = sentences.end.saturating_sub(a.end + 1);
        if before + after == 0 {
            return None;
        }
        let pick = rng.below((before + after) as u64) as usize;
        let (first, limit) = if pick < before {
            (sentences.start + pick, a.start - 1)
        } else {
            (a.end + 1 + pick - before, sentences.end)
        };
        Some(first..chunk_end(self.store, first, limit, room))
    }

    /// Sentences of a random other document, from a random sentence on. Each document is equally likely,
    /// whatever its length. They never begin at `successor`, the sentence that follows A.
    fn other_document(
        &self,
        document: usize,
        successor: usize,
        room: usize,
        rng: &mut Stream,
    ) -> Range<usize> {
        let count = self.documents.len();
        let at = self.documents.partition_point(|&other| other < document);
        let other = rng.below(count as u64 - 1) as usize;
        let mut other = if other < at { other } else { other + 1 };
        let mut sentences = self.store.document(self.documents[other]);
        let mut first = sentences.start + rng.below(sentences.len() as u64) as usize;
        if first == successor && count > 2 {
            // The next document, from its beginning. The one after it will do as well.
            other = (other + 1) % count;
            if other == at {
                other = (other + 1) % count;
            }
            sentences = self.store.document(self.documents[other]);
            first = sentences.start;
        } else if first == successor && sentences.len() > 1 {
            first += 1;
        }
        first..chunk_end(self.store, first, sentences.end, room)
    }

    /// Removes tokens from the longer segment (B if both are equal), one at a time, from the front or
    /// the back at random.
    fn truncated(&self, a: Segment, b: Segment, label: bool, rng: &mut Stream) -> Example {
        let excess = (a.len + b.len).saturating_sub(self.options.max_tokens());
        let (a_cut, b_cut) = cuts(a.len, b.len, excess);
        let (a_front, b_front) = (rng.heads(a_cut), rng.heads(b_cut));
        Example {
            a_start: a.start + a_front,
            a_len: a.len - a_cut,
            b_start: b.start + b_front,
            b_len: b.len - b_cut,
            is_random_next: label,
        }
    }
}

/// The numbers of tokens that are removed from A and from B.
fn cuts(a_len: usize, b_len: usize, excess: usize) -> (usize, usize) {
    let off_longer = excess.min(a_len.abs_diff(b_len));
    let off_both = excess - off_longer;
    let (a_cut, b_cut) = (off_both / 2, off_both.div_ceil(2));
    if a_len > b_len {
        (a_cut + off_longer, b_cut)
    } else {
        (a_cut, b_cut + off_longer)
    }
}

/// The end of the shortest run of sentences from `first` on that has `target` tokens, or `limit`. It
/// has at least one sentence.
fn chunk_end(store: &TokenStore, first: usize, limit: usize, target: usize) -> usize {
    let begin = store.sentence_start(first);
    for sentence in first..limit {
        if store.sentence_start(sentence) + store.sentence_len(sentence) - begin >= target {
            return sentence + 1;
        }
    }
    limit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_come_off_the_longer_segment_one_at_a_time() {
        for (mut a, mut b) in (0..20_usize).flat_map(|a| (0..20_usize).map(move |b| (a, b))) {
            let (a_len, b_len) = (a, b);
            for excess in 0..=a + b {
                assert_eq!(cuts(a_len, b_len, excess), (a_len - a, b_len - b));
                if a > b {
                    a -= 1;
                } else {
                    b = b.saturating_sub(1);
                }
            }
        }
    }
}
