//! The store station: a corpus as token ids, with its sentence and document boundaries.

use crate::corpus::{Corpus, CorpusSummary, Document, OnProgress};
use crate::parallel::in_parts;
use crate::ragged::{Ragged, RaggedEncoder};
use crate::rng::{Purpose, Stream, mix64};
use crate::tokenizer::Tokenizer;
use crate::vocab::{SpecialIds, Vocab};
use crate::{Error, Result};

/// A set smaller than this cannot give next-sentence pairs.
const FEWEST_DOCUMENTS: usize = 2;

/// Token ids, in as few bytes as the vocabulary allows.
#[derive(Debug)]
enum Ids {
    Narrow(Vec<u16>),
    Wide(Vec<u32>),
}

impl Ids {
    fn new(vocab_size: usize) -> Self {
        if vocab_size <= 1 << 16 {
            Self::Narrow(Vec::new())
        } else {
            Self::Wide(Vec::new())
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Narrow(ids) => ids.len(),
            Self::Wide(ids) => ids.len(),
        }
    }

    fn extend(&mut self, new: &[u32]) {
        match self {
            Self::Narrow(ids) => ids.extend(new.iter().map(|&id| id as u16)),
            Self::Wide(ids) => ids.extend_from_slice(new),
        }
    }
}

/// A corpus as token ids. Sentences are runs of ids and documents runs of sentences; neither is ever
/// empty. Both are known by their number.
#[derive(Debug)]
pub struct TokenStore {
    ids: Ids,
    /// Where each sentence begins in `ids`, and where the last one ends.
    sentence_starts: Vec<usize>,
    /// The first sentence of each document, and where the last document ends.
    document_starts: Vec<usize>,
    document_hashes: Vec<u64>,
    token_counts: Vec<u64>,
    special: SpecialIds,
    replacements: Vec<u32>,
    /// A bit for each id: whether its piece continues a word.
    continuations: Vec<u64>,
    fingerprint: u64,
}

/// Documents by number, in order, in two sets that share none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Split {
    pub train: Vec<usize>,
    pub held_out: Vec<usize>,
}

impl TokenStore {
    /// Encodes a corpus, in parallel; the result does not depend on the number of threads.
    pub fn build(
        corpus: &Corpus,
        tokenizer: &Tokenizer,
        on_progress: OnProgress<'_>,
    ) -> Result<(Self, CorpusSummary)> {
        let mut store = Self::new(tokenizer.vocab(), tokenizer.fingerprint());
        let summary = corpus.for_each_batch(&mut |documents, progress| {
            let parts = in_parts(&documents, Document::bytes, |part| {
                let mut encoder = RaggedEncoder::new(tokenizer);
                let documents = part.iter().map(|document| encode(document, &mut encoder));
                let made: Vec<_> = documents.collect();
                encoder.end();
                made
            });
            for document in parts.iter().flatten() {
                store.push(document);
            }
            on_progress(progress)
        })?;
        if store.documents() == 0 {
            return Err(Error::Corpus(
                "the corpus holds no tokens: nothing of its text is left after normalisation"
                    .to_owned(),
            ));
        }
        Ok((store, summary))
    }

    fn new(vocab: &Vocab, tokenizer_fingerprint: u64) -> Self {
        Self {
            ids: Ids::new(vocab.len()),
            sentence_starts: vec![0],
            document_starts: vec![0],
            document_hashes: Vec::new(),
            token_counts: vec![0; vocab.len()],
            special: vocab.special(),
            replacements: replacements(vocab),
            continuations: continuations(vocab),
            fingerprint: mix64(tokenizer_fingerprint),
        }
    }

    fn push(&mut self, document: &EncodedDocument) {
        let mut begin = self.ids.len();
        for &length in document
            .sentence_lengths
            .iter()
            .filter(|&&length| length > 0)
        {
            begin += length;
            self.sentence_starts.push(begin);
            self.fingerprint = mix64(self.fingerprint ^ length as u64);
        }
        if document.ids.is_empty() {
            return;
        }
        for &id in &document.ids {
            self.token_counts[id as usize] += 1;
        }
        self.ids.extend(&document.ids);
        self.document_starts.push(self.sentence_starts.len() - 1);
        let hash = hash(&document.ids);
        self.document_hashes.push(hash);
        self.fingerprint = mix64(self.fingerprint ^ hash);
    }

    pub fn documents(&self) -> usize {
        self.document_hashes.len()
    }

    pub fn sentences(&self) -> usize {
        self.sentence_starts.len() - 1
    }

    pub fn tokens(&self) -> usize {
        self.ids.len()
    }

    /// The sentences of a document, by number.
    pub fn document(&self, document: usize) -> std::ops::Range<usize> {
        self.document_starts[document]..self.document_starts[document + 1]
    }

    /// Where a sentence begins among all tokens.
    pub fn sentence_start(&self, sentence: usize) -> usize {
        self.sentence_starts[sentence]
    }

    /// The tokens of a document.
    pub fn document_len(&self, document: usize) -> usize {
        let sentences = self.document(document);
        self.sentence_starts[sentences.end] - self.sentence_starts[sentences.start]
    }

    pub fn sentence_len(&self, sentence: usize) -> usize {
        self.sentence_starts[sentence + 1] - self.sentence_starts[sentence]
    }

    /// Copies the ids from `start` on into `out`, as many as it holds.
    pub fn copy_ids(&self, start: usize, out: &mut [i64]) {
        let range = start..start + out.len();
        match &self.ids {
            Ids::Narrow(ids) => copy(&ids[range], out),
            Ids::Wide(ids) => copy(&ids[range], out),
        }
    }

    /// How often each id occurs, by id.
    pub fn token_counts(&self) -> &[u64] {
        &self.token_counts
    }

    /// The loss, in nats, of guessing tokens by their frequency alone.
    pub fn unigram_entropy(&self) -> f64 {
        let total = self.tokens() as f64;
        self.token_counts
            .iter()
            .filter(|&&count| count > 0)
            .map(|&count| count as f64 / total)
            .map(|share| -share * share.ln())
            .sum()
    }

    pub fn special(&self) -> SpecialIds {
        self.special
    }

    /// The ids that may stand in for a masked token: neither special nor `[unused…]`.
    pub fn replacements(&self) -> &[u32] {
        &self.replacements
    }

    /// Whether the piece of an id continues a word, that is, begins with `##`.
    pub fn is_continuation(&self, id: u32) -> bool {
        self.continuations
            .get(id as usize / 64)
            .is_some_and(|bits| bits >> (id % 64) & 1 == 1)
    }

    /// A hash of tokens, boundaries and tokenizer that is the same on every machine.
    pub fn fingerprint(&self) -> u64 {
        self.fingerprint
    }

    /// Parts the documents by a seeded hash of their tokens: equal documents fall on one side, and
    /// none changes sides when the corpus grows. `fraction` is the share held out; where that is
    /// fewer than two different documents, as in a tiny corpus, the two with the lowest hashes are.
    pub fn split(&self, fraction: f64, seed: u64) -> Result<Split> {
        if !(0.0..1.0).contains(&fraction) {
            return Err(Error::Option(format!(
                "the held-out fraction must be at least 0 and less than 1, not {fraction}"
            )));
        }
        let all = 0..self.documents();
        if fraction == 0.0 {
            return Ok(Split {
                train: all.collect(),
                held_out: Vec::new(),
            });
        }
        let keys: Vec<u64> = self
            .document_hashes
            .iter()
            .map(|&hash| Stream::new(seed, Purpose::Split, 0, hash).next_u64())
            .collect();
        let end = first_key_to_train_on(&keys, fraction)?;
        let (held_out, train) = all.partition(|&document| keys[document] < end);
        Ok(Split { train, held_out })
    }
}

fn first_key_to_train_on(keys: &[u64], fraction: f64) -> Result<u64> {
    let mut distinct = keys.to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 2 * FEWEST_DOCUMENTS {
        return Err(Error::Corpus(format!(
            "the corpus has {} different documents, too few to hold any out: it needs {} or more, \
             which blank lines, headings or separate files make",
            distinct.len(),
            2 * FEWEST_DOCUMENTS
        )));
    }
    let end = (fraction * 2_f64.powi(64)) as u64;
    let held_out = distinct
        .partition_point(|&key| key < end)
        .clamp(FEWEST_DOCUMENTS, distinct.len() - FEWEST_DOCUMENTS);
    Ok(distinct[held_out])
}

struct EncodedDocument {
    ids: Vec<u32>,
    sentence_lengths: Vec<usize>,
}

fn encode(document: &Document, encoder: &mut RaggedEncoder<'_>) -> EncodedDocument {
    for sentence in &document.sentences {
        encoder.push_plain(sentence);
    }
    let Ragged { ids, boundaries } = encoder.take();
    EncodedDocument {
        ids,
        sentence_lengths: boundaries
            .windows(2)
            .map(|ends| ends[1] - ends[0])
            .collect(),
    }
}

fn replacements(vocab: &Vocab) -> Vec<u32> {
    let special = vocab.special();
    (0..vocab.len() as u32)
        .filter(|&id| !special.contains(id))
        .filter(|&id| {
            vocab
                .piece(id)
                .is_some_and(|piece| !piece.starts_with("[unused"))
        })
        .collect()
}

fn continuations(vocab: &Vocab) -> Vec<u64> {
    let mut bits = vec![0; vocab.len().div_ceil(64)];
    for id in (0..vocab.len() as u32).filter(|&id| vocab.is_continuation(id)) {
        bits[id as usize / 64] |= 1 << (id % 64);
    }
    bits
}

fn hash(ids: &[u32]) -> u64 {
    ids.iter()
        .fold(ids.len() as u64, |hash, &id| mix64(hash ^ u64::from(id)))
}

fn copy<T: Copy + Into<i64>>(ids: &[T], out: &mut [i64]) {
    for (out, &id) in out.iter_mut().zip(ids) {
        *out = id.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A store of documents given as sentences of letters, `a` being the first id behind the five
    /// special pieces.
    fn store(documents: &[&[&str]]) -> TokenStore {
        let mut pieces: Vec<String> = crate::vocab::SPECIAL_PIECES.map(str::to_owned).to_vec();
        pieces.extend(('a'..='z').map(String::from));
        let vocab = Vocab::from_pieces(pieces).unwrap();
        let mut store = TokenStore::new(&vocab, 1);
        for document in documents {
            store.push(&EncodedDocument {
                ids: document
                    .concat()
                    .bytes()
                    .map(|byte| u32::from(byte - b'a') + 5)
                    .collect(),
                sentence_lengths: document.iter().map(|sentence| sentence.len()).collect(),
            });
        }
        store
    }

    fn numbered(count: u32) -> TokenStore {
        let letters = |number: u32| -> String {
            (0..6)
                .map(|digit| char::from(b'a' + (number >> (3 * digit) & 7) as u8))
                .collect()
        };
        let documents: Vec<[String; 2]> = (0..count).map(|n| [letters(n), "xyz".into()]).collect();
        let documents: Vec<Vec<&str>> = documents
            .iter()
            .map(|document| document.iter().map(String::as_str).collect())
            .collect();
        store(&documents.iter().map(Vec::as_slice).collect::<Vec<_>>())
    }

    #[test]
    fn boundaries_are_kept_and_empty_sentences_and_documents_dropped() {
        let store = store(&[&["ab", "", "c"], &[], &[""], &["def"]]);
        assert_eq!(
            (store.documents(), store.sentences(), store.tokens()),
            (2, 3, 6)
        );
        assert_eq!((store.document(0), store.document(1)), (0..2, 2..3));
        assert_eq!((store.sentence_start(2), store.sentence_len(2)), (3, 3));
        let mut ids = [0; 3];
        store.copy_ids(2, &mut ids);
        assert_eq!(ids, [7, 8, 9]);
        assert_eq!(store.token_counts().iter().sum::<u64>(), 6);
    }

    #[test]
    fn the_entropy_of_equal_counts_is_the_logarithm_of_their_number() {
        let entropy = store(&[&["abcd", "dcba"]]).unigram_entropy();
        assert!((entropy - 4_f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn the_fingerprint_sees_tokens_and_both_kinds_of_boundary() {
        let fingerprint = |documents: &[&[&str]]| store(documents).fingerprint();
        let base = fingerprint(&[&["ab", "c"], &["d"]]);
        assert_eq!(base, fingerprint(&[&["ab", "c"], &["d"]]));
        assert_ne!(base, fingerprint(&[&["ab", "x"], &["d"]]));
        assert_ne!(base, fingerprint(&[&["a", "bc"], &["d"]]));
        assert_ne!(base, fingerprint(&[&["ab"], &["c", "d"]]));
        assert_eq!(
            base, 6_415_202_063_880_111_951,
            "the fingerprint must never move"
        );
    }

    #[test]
    fn the_split_takes_its_share_and_shares_no_document() {
        let store = numbered(4000);
        let split = store.split(0.1, 3).unwrap();
        assert_eq!(split.train.len() + split.held_out.len(), 4000);
        assert!(
            split
                .train
                .iter()
                .all(|document| !split.held_out.contains(document))
        );
        // 400 are expected; the standard deviation is 19.
        assert!((300..500).contains(&split.held_out.len()));
        assert_ne!(split, store.split(0.1, 4).unwrap());
    }

    #[test]
    fn documents_do_not_change_sides_when_the_corpus_grows() {
        let before = numbered(1000).split(0.1, 0).unwrap().held_out;
        let after = numbered(2000).split(0.1, 0).unwrap().held_out;
        let kept: Vec<_> = after
            .into_iter()
            .filter(|&document| document < 1000)
            .collect();
        assert_eq!(before, kept);
    }

    #[test]
    fn equal_documents_fall_on_one_side() {
        let one: &[&str] = &["ab", "cd"];
        let store = store(&[one, &["b"], one, &["c"], &["d"], one, &["e"]]);
        for seed in 0..20 {
            let split = store.split(0.5, seed).unwrap();
            let held_out = [0, 2, 5].map(|document| split.held_out.contains(&document));
            assert!(held_out == [true; 3] || held_out == [false; 3]);
        }
    }

    #[test]
    fn a_tiny_corpus_holds_out_two_documents_and_a_tinier_one_is_refused() {
        let four = store(&[&["a"], &["b"], &["c"], &["d"]]);
        assert_eq!(four.split(0.01, 0).unwrap().held_out.len(), 2);
        assert_eq!(four.split(0.99, 0).unwrap().train.len(), 2);
        assert_eq!(four.split(0.0, 0).unwrap().held_out.len(), 0);
        let three = store(&[&["a"], &["b"], &["c"], &["c"]]);
        let message = three.split(0.1, 0).unwrap_err().to_string();
        assert!(message.contains("3 different documents"), "{message}");
        assert!(four.split(1.0, 0).is_err() && four.split(f64::NAN, 0).is_err());
    }
}
