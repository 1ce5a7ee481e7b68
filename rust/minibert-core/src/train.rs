//! Learning a vocabulary from text: what Hugging Face `tokenizers` calls `WordPiece` training, which
//! is byte-pair merging by count (Sennrich et al. 2016, <https://arxiv.org/abs/1508.07909>) with `##`
//! before every symbol that continues a word.
//!
//! The same counts and options give the same vocabulary on every machine and in any order of the texts:
//!
//! 1. the special pieces, as listed;
//! 2. the characters of the alphabet, by code point, then their `##` forms that occur, by code point;
//! 3. merges, the pair with the highest count first. Of pairs with equal counts the one whose first
//!    piece, then whose second piece, came into the vocabulary earlier goes first.
//!
//! The merges are the reference's wherever counts do not tie; its order of the `##` forms, and so its
//! ties, change from run to run. It also differs in what it gets wrong: counts here are 64 bits wide,
//! the vocabulary is never larger than asked for, and no word is read across a character that
//! `limit_alphabet` dropped.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::normalize::Normalizer;
use crate::options::TokenizerOptions;
use crate::pretokenize::for_each_word;
use crate::vocab::{CONTINUATION, SPECIAL_PIECES, Vocab};
use crate::{Error, Result};

/// How often each word occurs, normalised and split as the tokenizer does it.
///
/// Words of more than `max_input_chars_per_word` characters are left out: the tokenizer makes them
/// `[UNK]` whatever the vocabulary.
#[derive(Clone, Debug)]
pub struct WordCounts {
    normalizer: Normalizer,
    max_chars: usize,
    counts: HashMap<Vec<u8>, u64, FixedState>,
}

impl WordCounts {
    pub fn new(options: &TokenizerOptions) -> Self {
        Self {
            normalizer: Normalizer::new(options),
            max_chars: options.max_input_chars_per_word,
            counts: HashMap::default(),
        }
    }

    pub fn add(&mut self, text: &str) {
        let Self {
            normalizer,
            max_chars,
            counts,
        } = self;
        for_each_word(normalizer, text, |word, chars| {
            if chars <= *max_chars {
                *counts.entry_ref(word).or_insert(0) += 1;
            }
        });
    }

    /// Adds the counts of `other`, which must come from the same options.
    pub fn merge(&mut self, other: Self) {
        for (word, count) in other.counts {
            *self.counts.entry(word).or_insert(0) += count;
        }
    }

    /// The number of different words.
    pub fn distinct(&self) -> usize {
        self.counts.len()
    }

    /// The words and their counts, in the order of their bytes.
    fn sorted(self) -> Vec<(String, u64)> {
        let text = |word: Vec<u8>| String::from_utf8_lossy(&word).into_owned();
        let mut words: Vec<_> = self
            .counts
            .into_iter()
            .map(|(word, count)| (text(word), count))
            .collect();
        words.sort_unstable();
        words
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrainOptions {
    /// The number of pieces, specials and alphabet included, that the vocabulary has at most. Text with
    /// too few words gives a smaller one.
    pub vocab_size: usize,
    /// A pair that occurs less often than this is not merged.
    pub min_frequency: u64,
    /// How many different characters are kept, the commonest first and the lower code point of two
    /// equally common ones. A word with a dropped character is `[UNK]` to the tokenizer, so that
    /// nothing is merged on its account.
    pub limit_alphabet: Option<usize>,
    pub special_tokens: Vec<String>,
}

impl Default for TrainOptions {
    fn default() -> Self {
        Self {
            vocab_size: 8192,
            min_frequency: 2,
            limit_alphabet: Some(1000),
            special_tokens: SPECIAL_PIECES.map(str::to_owned).to_vec(),
        }
    }
}

/// Learns a vocabulary.
pub fn train(counts: WordCounts, options: &TrainOptions) -> Result<Vocab> {
    if counts.distinct() == 0 {
        return Err(Error::Vocabulary(
            "there is no word in the text to learn a vocabulary from; give more text".to_owned(),
        ));
    }
    let words = counts.sorted();
    let alphabet = Alphabet::of(&words, options.limit_alphabet);
    let mut pieces = Pieces::default();
    for special in &options.special_tokens {
        pieces.add(special.clone());
    }
    let specials = pieces.list.len();
    alphabet.add_to(&mut pieces);
    if pieces.list.len() > options.vocab_size {
        return Err(Error::Vocabulary(format!(
            "the vocabulary size {} has no room for the {specials} special pieces and the {} \
             characters, alone and inside words, of the text; give --vocab-size {} or more, or a \
             smaller alphabet limit",
            options.vocab_size,
            pieces.list.len() - specials,
            pieces.list.len(),
        )));
    }
    Merger::new(&words, pieces).run(options)
}

/// Pieces in the order of their ids.
#[derive(Default)]
struct Pieces {
    list: Vec<String>,
    ids: HashMap<String, u32, FixedState>,
}

impl Pieces {
    /// The id of a piece, new or known.
    fn add(&mut self, piece: String) -> u32 {
        if let Some(&id) = self.ids.get(&piece) {
            return id;
        }
        let id = self.list.len() as u32;
        self.list.push(piece.clone());
        self.ids.insert(piece, id);
        id
    }
}

/// The characters that are kept, by code point.
struct Alphabet {
    chars: Vec<char>,
    /// Those that occur after the first character of a word.
    continuing: Vec<char>,
}

impl Alphabet {
    fn of(words: &[(String, u64)], limit: Option<usize>) -> Self {
        // For each character: its count, and whether it continues a word anywhere.
        let mut found: HashMap<char, (u64, bool), FixedState> = HashMap::default();
        for (word, count) in words {
            for (index, c) in word.chars().enumerate() {
                let entry = found.entry(c).or_default();
                entry.0 += count;
                entry.1 |= index > 0;
            }
        }
        let mut chars: Vec<_> = found.keys().copied().collect();
        chars.sort_unstable_by_key(|c| (Reverse(found[c].0), *c));
        chars.truncate(limit.unwrap_or(usize::MAX));
        chars.sort_unstable();
        let continuing = chars.iter().copied().filter(|c| found[c].1).collect();
        Self { chars, continuing }
    }

    fn add_to(&self, pieces: &mut Pieces) {
        for c in &self.chars {
            pieces.add(c.to_string());
        }
        for c in &self.continuing {
            pieces.add(format!("{CONTINUATION}{c}"));
        }
    }
}

type Pair = (u32, u32);

/// Where a pair of neighbouring pieces stands.
#[derive(Default)]
struct PairUse {
    count: u64,
    /// Every word that has the pair, and maybe words that had it; one may be listed twice.
    words: Vec<u32>,
}

/// A word as the pieces that it is made of so far: a range of [`Merger::symbols`].
struct Word {
    start: usize,
    len: usize,
    count: u64,
}

struct Merger {
    pieces: Pieces,
    words: Vec<Word>,
    symbols: Vec<u32>,
    pairs: HashMap<Pair, PairUse, FixedState>,
    /// Candidates, the next one to merge on top. A count may be out of date, but none is too low
    /// without a later entry of the same pair that is not.
    queue: BinaryHeap<(u64, Reverse<Pair>)>,
}

impl Merger {
    /// Splits the words into characters. Words with a character that is no piece are left out.
    fn new(texts: &[(String, u64)], pieces: Pieces) -> Self {
        let mut merger = Self {
            pieces,
            words: Vec::new(),
            symbols: Vec::new(),
            pairs: HashMap::default(),
            queue: BinaryHeap::new(),
        };
        let mut characters = Characters::new(&merger.pieces);
        for (text, count) in texts {
            let start = merger.symbols.len();
            if characters.split(text, &mut merger.symbols) {
                let len = merger.symbols.len() - start;
                merger.words.push(Word {
                    start,
                    len,
                    count: *count,
                });
            } else {
                merger.symbols.truncate(start);
            }
        }
        merger.count_pairs();
        merger
    }

    fn count_pairs(&mut self) {
        for (index, word) in self.words.iter().enumerate() {
            for pair in self.symbols[word.start..][..word.len].windows(2) {
                add_use(
                    &mut self.pairs,
                    (pair[0], pair[1]),
                    index as u32,
                    word.count,
                );
            }
        }
        let entries = self
            .pairs
            .iter()
            .map(|(&pair, used)| (used.count, Reverse(pair)));
        self.queue = entries.collect();
    }

    fn run(mut self, options: &TrainOptions) -> Result<Vocab> {
        while self.pieces.list.len() < options.vocab_size {
            let Some((count, Reverse(pair))) = self.queue.pop() else {
                break;
            };
            let Some(used) = self.pairs.get(&pair) else {
                continue;
            };
            if used.count < count {
                self.queue.push((used.count, Reverse(pair)));
            } else if used.count == count {
                if count < options.min_frequency.max(1) {
                    break;
                }
                self.merge(pair);
            }
        }
        Vocab::from_pieces(self.pieces.list)
    }

    /// Makes one piece of every occurrence of the pair.
    fn merge(&mut self, pair: Pair) {
        let first = &self.pieces.list[pair.0 as usize];
        let second = &self.pieces.list[pair.1 as usize];
        let joined = [first, second.strip_prefix(CONTINUATION).unwrap_or(second)].concat();
        let piece = self.pieces.add(joined);
        let mut words = self.pairs.remove(&pair).unwrap_or_default().words;
        words.sort_unstable();
        words.dedup();
        let mut grown = Vec::new();
        for word in words {
            self.merge_in_word(word, pair, piece, &mut grown);
        }
        grown.sort_unstable();
        grown.dedup();
        for pair in grown {
            if let Some(used) = self.pairs.get(&pair) {
                self.queue.push((used.count, Reverse(pair)));
            }
        }
    }

    /// Makes one piece of the pair wherever it stands in a word, from left to right. `grown` gets the
    /// pairs that this brings together.
    fn merge_in_word(&mut self, index: u32, pair: Pair, piece: u32, grown: &mut Vec<Pair>) {
        let word = &mut self.words[index as usize];
        let symbols = &mut self.symbols[word.start..][..word.len];
        let (mut read, mut write) = (0, 0);
        while read < symbols.len() {
            let follows = symbols.get(read + 1) == Some(&pair.1);
            if symbols[read] != pair.0 || !follows {
                symbols[write] = symbols[read];
                (read, write) = (read + 1, write + 1);
                continue;
            }
            if write > 0 {
                let before = symbols[write - 1];
                remove_use(&mut self.pairs, (before, pair.0), word.count);
                add_use(&mut self.pairs, (before, piece), index, word.count);
                grown.push((before, piece));
            }
            if let Some(&after) = symbols.get(read + 2) {
                remove_use(&mut self.pairs, (pair.1, after), word.count);
                add_use(&mut self.pairs, (piece, after), index, word.count);
                grown.push((piece, after));
            }
            symbols[write] = piece;
            (read, write) = (read + 2, write + 1);
        }
        word.len = write;
    }
}

/// The ids of single characters, alone or continuing a word.
struct Characters<'p> {
    pieces: &'p Pieces,
    piece: String,
}

impl<'p> Characters<'p> {
    fn new(pieces: &'p Pieces) -> Self {
        Self {
            pieces,
            piece: String::new(),
        }
    }

    /// Appends the ids of a word's characters; `false` when one of them is no piece.
    fn split(&mut self, word: &str, symbols: &mut Vec<u32>) -> bool {
        for (index, c) in word.chars().enumerate() {
            self.piece.clear();
            if index > 0 {
                self.piece.push_str(CONTINUATION);
            }
            self.piece.push(c);
            let Some(&id) = self.pieces.ids.get(&self.piece) else {
                return false;
            };
            symbols.push(id);
        }
        true
    }
}

fn add_use(pairs: &mut HashMap<Pair, PairUse, FixedState>, pair: Pair, word: u32, count: u64) {
    let used = pairs.entry(pair).or_default();
    used.count += count;
    if used.words.last() != Some(&word) {
        used.words.push(word);
    }
}

/// Takes one use away. The pair that is being merged is no longer in the map, and needs no count.
fn remove_use(pairs: &mut HashMap<Pair, PairUse, FixedState>, pair: Pair, count: u64) {
    if let Some(used) = pairs.get_mut(&pair) {
        used.count -= count;
        if used.count == 0 {
            pairs.remove(&pair);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(words: &[(&str, u64)]) -> WordCounts {
        let mut counts = WordCounts::new(&TokenizerOptions::default());
        for (word, count) in words {
            counts.counts.insert(word.as_bytes().to_vec(), *count);
        }
        counts
    }

    fn trained(words: &[(&str, u64)], vocab_size: usize, limit: Option<usize>) -> Vec<String> {
        let options = TrainOptions {
            vocab_size,
            limit_alphabet: limit,
            ..TrainOptions::default()
        };
        let vocab = train(counted(words), &options).unwrap();
        vocab.lines()[5..]
            .iter()
            .map(|&piece| piece.to_owned())
            .collect()
    }

    #[test]
    fn the_commonest_pair_is_merged_first_and_ties_go_to_the_older_pieces() {
        let pieces = trained(&[("ab", 3), ("cab", 2), ("cb", 3)], 100, None);
        // (a ##b) 3 and (c ##b) 3 tie; (c ##a) 2 and (##a ##b) 2 tie.
        let expected = ["a", "b", "c", "##a", "##b", "ab", "cb", "ca", "cab"];
        assert_eq!(pieces, expected);
    }

    #[test]
    fn counts_do_not_overflow_32_bits() {
        // In the reference, 3 billion occurrences of `the` are a negative count, never merged.
        let pieces = trained(&[("the", 3_000_000_000), ("ox", 10)], 14, None);
        assert_eq!(pieces.last().unwrap(), "th");
    }

    #[test]
    fn neighbours_of_a_dropped_character_are_not_joined() {
        let pieces = trained(&[("aXb", 50), ("ab", 1), ("cd", 60)], 100, Some(4));
        assert_eq!(pieces, ["a", "b", "c", "d", "##b", "##d", "cd"]);
    }

    #[test]
    fn overlapping_pairs_are_merged_from_the_left() {
        let pieces = trained(&[("baaaaa", 5)], 9, None);
        assert_eq!(pieces, ["a", "b", "##a", "##aa"]);
    }

    #[test]
    fn a_vocabulary_too_small_for_the_alphabet_is_refused_with_the_size_it_needs() {
        let options = TrainOptions {
            vocab_size: 8,
            ..TrainOptions::default()
        };
        let error = train(counted(&[("ab", 1), ("cd", 1)]), &options)
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("size 8") && error.contains("--vocab-size 11"),
            "{error}"
        );
    }

    #[test]
    fn text_without_a_word_is_refused() {
        let error = train(counted(&[]), &TrainOptions::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains("no word"), "{error}");
    }

    #[test]
    fn the_vocabulary_is_as_large_as_asked_or_smaller_when_the_text_is_too_short() {
        let words = [("hello", 9), ("help", 8), ("held", 7)];
        assert_eq!(trained(&words, 20, None).len(), 15);
        assert!(trained(&words, 1000, None).len() < 100);
    }

    #[test]
    fn the_order_of_the_texts_does_not_matter() {
        let texts = [
            "the cat sat on the mat",
            "a cat and a hat",
            "the hat of the cat",
        ];
        let vocabulary = |texts: &mut dyn Iterator<Item = &&str>| {
            let mut counts = WordCounts::new(&TokenizerOptions::default());
            for text in texts {
                let mut other = WordCounts::new(&TokenizerOptions::default());
                other.add(text);
                counts.merge(other);
            }
            let vocab = train(counts, &TrainOptions::default()).unwrap();
            vocab.lines().join("\n")
        };
        assert_eq!(
            vocabulary(&mut texts.iter()),
            vocabulary(&mut texts.iter().rev())
        );
    }
}
