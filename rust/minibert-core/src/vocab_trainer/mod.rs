//! Training a vocabulary: pairs of neighboring tokens are merged one after the other, with `##` before
//! every token that continues a word.
//!
//! By default the next pair is the most frequent one: what Hugging Face `tokenizers` calls `WordPiece`
//! training, which is byte-pair encoding (Sennrich et al. 2016, <https://arxiv.org/abs/1508.07909>).
//! The alternative is the likelihood score of Schuster and Nakajima (2012,
//! <https://research.google/pubs/pub37842/>), count(ab) / (count(a) · count(b)).
//!
//! The same counts and options give the same vocabulary on every machine, with any number of threads
//! and in any order of the texts:
//!
//! 1. the special tokens, as listed;
//! 2. the characters of the alphabet, by code point, then their `##` forms that occur, by code point;
//! 3. merges, the pair with the highest count or score first. If it is equal, the pair whose first
//!    token is older in the vocabulary comes first, then the one whose second token is older.
//!
//! By count, the merges are those of the reference wherever counts differ; its order of the `##` forms,
//! and so its order of equal pairs, changes from run to run. Four faults of the reference are avoided:
//! counts have 64 bits, the vocabulary is never larger than requested, tokens are not merged across a
//! character that `limit_alphabet` removed, and the characters of `initial_alphabet` have their `##`
//! forms.

mod by_count;
mod by_likelihood;
mod candidates;
mod corpus_counts;
mod merges;
mod options;
mod short_word_counts;
mod tokens;
mod word_counts;

use by_count::ByCount;
use by_likelihood::ByLikelihood;
use candidates::Candidates;
pub use corpus_counts::{TextCounter, count_corpus};
use merges::MergeState;
pub use options::{Algorithm, OnProgress, Phase, Progress, TrainOptions};
use tokens::TokenList;
pub use word_counts::WordCounts;

use crate::Result;
use crate::error::VocabularyError;
use crate::tokenizer::vocabulary::Vocab;

/// The number of merges between two calls of a progress callback.
const MERGES: usize = 128;

/// A vocabulary, and how it covers the words that it was trained on.
#[derive(Clone, Debug)]
pub struct Trained {
    pub vocab: Vocab,
    pub words: u64,
    pub different_words: u64,
    /// Words that are one token of the vocabulary.
    pub whole_words: u64,
    /// Words that are `[UNK]`: too long, or with a character that was not kept.
    pub unknown_words: u64,
}

/// Trains a vocabulary.
pub fn train(
    mut counts: WordCounts,
    options: &TrainOptions,
    on_progress: OnProgress<'_>,
) -> Result<Trained> {
    let (table, normalizer) = counts.finish();
    if table.len() == 0 {
        return Err(VocabularyError::NoWords {}.into());
    }
    let mut tokens = TokenList::beginning(table, normalizer, options)?;
    let words = MergeState::new(table, &tokens)?;
    let unknown_words = words.unknown() + table.too_long();
    let min_frequency = options.min_frequency.max(1);
    match options.algorithm {
        Algorithm::Count => {
            let candidates = ByCount::new(&words, min_frequency);
            merge(words, candidates, &mut tokens, options, on_progress)
        }
        Algorithm::Likelihood => {
            let candidates = ByLikelihood::new(&words, min_frequency);
            merge(words, candidates, &mut tokens, options, on_progress)
        }
    }?;
    let whole = |word: &[u8]| str::from_utf8(word).is_ok_and(|word| tokens.id(word).is_some());
    Ok(Trained {
        words: table.iter().map(|(_, count)| count).sum::<u64>() + table.too_long(),
        different_words: table.len() as u64,
        whole_words: table
            .iter()
            .filter(|(word, _)| whole(word))
            .map(|(_, count)| count)
            .sum(),
        unknown_words,
        vocab: Vocab::from_tokens(tokens.into_list())?,
    })
}

fn merge(
    mut words: MergeState,
    mut candidates: impl Candidates,
    tokens: &mut TokenList,
    options: &TrainOptions,
    on_progress: OnProgress<'_>,
) -> Result<()> {
    let mut steps = 0_usize;
    while tokens.len() < options.vocab_size {
        if steps.is_multiple_of(MERGES) {
            on_progress(Progress {
                phase: Phase::Merging,
                done: tokens.len() as u64,
                total: options.vocab_size as u64,
            })?;
        }
        let Some(pair) = candidates.next(&words) else {
            break;
        };
        let token = tokens.add_joined(pair.first(), pair.second());
        let merged = words.merge(pair, token);
        candidates.update(&words, &merged);
        steps += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;
    use crate::options::TokenizerOptions;

    fn counted(words: &[(&str, u64)]) -> WordCounts {
        let mut counts = WordCounts::new(&TokenizerOptions::default());
        for (word, count) in words {
            counts.add_word(word.as_bytes(), *count);
        }
        counts
    }

    fn try_train(words: &[(&str, u64)], options: &TrainOptions) -> Result<Vec<String>> {
        let trained = train(counted(words), options, &mut |_| Ok(()))?;
        let tokens = trained.vocab.lines().skip(options.special_tokens.len());
        Ok(tokens.map(str::to_owned).collect())
    }

    fn trained(words: &[(&str, u64)], options: &TrainOptions) -> Vec<String> {
        try_train(words, options).unwrap()
    }

    fn sized(vocab_size: usize) -> TrainOptions {
        TrainOptions {
            vocab_size,
            ..TrainOptions::default()
        }
    }

    fn likeliest(vocab_size: usize) -> TrainOptions {
        TrainOptions {
            algorithm: Algorithm::Likelihood,
            ..sized(vocab_size)
        }
    }

    #[test]
    fn the_commonest_pair_is_merged_first_and_ties_go_to_the_older_tokens() {
        let tokens = trained(&[("ab", 3), ("cab", 2), ("cb", 3)], &sized(100));
        // (a ##b) 3 and (c ##b) 3 tie; (c ##a) 2 and (##a ##b) 2 tie.
        let expected = ["a", "b", "c", "##a", "##b", "ab", "cb", "ca", "cab"];
        assert_eq!(tokens, expected);
    }

    #[test]
    fn the_likeliest_pair_is_merged_first_and_ties_go_to_the_older_tokens() {
        let words = [
            ("hug", 10),
            ("pug", 5),
            ("pun", 12),
            ("bun", 4),
            ("hugs", 5),
        ];
        // (##g ##s) has 5 / (20 · 5). Then (b ##u), (h ##u), (p ##u), (##u ##g) and (##u ##n) have 1 / 36.
        // With (b ##u) merged, (bu ##n) has 4 / (4 · 16), and then (h ##u) is again one of many.
        let tokens = trained(&words, &likeliest(20));
        assert_eq!(tokens[11..], ["##gs", "bu", "bun", "hu"]);
    }

    #[test]
    fn counts_do_not_overflow_32_bits() {
        // In the reference, 3 billion occurrences of `the` are a negative count, never merged.
        let tokens = trained(&[("the", 3_000_000_000), ("ox", 10)], &sized(15));
        assert_eq!(tokens.last().unwrap(), "the");
    }

    #[test]
    fn scores_do_not_overflow_64_or_128_bits() {
        let huge = 1 << 61;
        let words = [("ab", huge), ("ac", huge), ("xy", huge - 1), ("z", 1)];
        // (x ##y) has 1 / (huge - 1), (a ##b) and (a ##c) have 1 / (2 huge).
        let tokens = trained(&words, &likeliest(100));
        assert_eq!(tokens[9..], ["xy", "ab", "ac"]);
    }

    #[test]
    fn neighbors_of_a_dropped_character_are_not_joined() {
        let words = [("aXb", 50), ("ab", 1), ("cd", 60)];
        let options = TrainOptions {
            limit_alphabet: Some(4),
            ..sized(100)
        };
        let tokens = trained(&words, &options);
        assert_eq!(tokens, ["a", "b", "c", "d", "##b", "##d", "cd"]);
    }

    #[test]
    fn overlapping_pairs_are_merged_from_the_left() {
        let tokens = trained(&[("baaaaa", 5)], &sized(10));
        assert_eq!(tokens, ["a", "b", "##a", "##aa", "baa"]);
    }

    #[test]
    fn an_initial_alphabet_is_kept_whether_it_occurs_or_not() {
        let options = TrainOptions {
            initial_alphabet: "Éz.中 \t".to_owned(),
            limit_alphabet: Some(5),
            ..sized(100)
        };
        // `.` and `中` are always separate words, and continue none.
        let tokens = trained(&[("ba", 5), ("bc", 4)], &options);
        let expected = [".", "b", "e", "z", "中", "##e", "##z"];
        assert_eq!(tokens, expected);
    }

    #[test]
    fn the_words_that_are_one_token_or_unknown_are_counted() {
        let mut counts = counted(&[("ab", 5), ("abb", 1), ("ax", 2), ("c", 3)]);
        counts.add([&*"a".repeat(101)]);
        let options = TrainOptions {
            limit_alphabet: Some(3),
            ..sized(100)
        };
        let trained = train(counts, &options, &mut |_| Ok(())).unwrap();
        assert_eq!((trained.words, trained.different_words), (12, 4));
        assert_eq!((trained.whole_words, trained.unknown_words), (8, 3));
    }

    #[test]
    fn a_vocabulary_too_small_for_the_alphabet_is_refused_with_the_size_it_needs() {
        let error = try_train(&[("ab", 1), ("cd", 1)], &sized(8)).unwrap_err();
        let error = error.to_string();
        assert!(
            error.contains("of 8 tokens") && error.contains("must have 11 or more"),
            "{error}"
        );
    }

    #[test]
    fn text_without_a_word_is_refused() {
        let error = try_train(&[], &TrainOptions::default()).unwrap_err();
        assert!(error.to_string().contains("no word"), "{error}");
    }

    #[test]
    fn the_vocabulary_is_as_large_as_asked_or_smaller_when_the_text_is_too_short() {
        let words = [("hello", 9), ("help", 8), ("held", 7)];
        for options in [sized(20), likeliest(20)] {
            assert_eq!(trained(&words, &options).len(), 15);
        }
        assert!(trained(&words, &sized(1000)).len() < 100);
    }

    #[test]
    fn an_error_of_the_progress_callback_stops_the_merging() {
        for options in [sized(20), likeliest(20)] {
            let mut told = Vec::new();
            let stopped = train(counted(&[("hello", 9)]), &options, &mut |progress| {
                told.push(progress);
                Err(Error::Cancelled)
            });
            assert!(matches!(stopped, Err(Error::Cancelled)));
            let phase = Phase::Merging;
            assert_eq!(
                told,
                [Progress {
                    phase,
                    done: 12,
                    total: 20
                }]
            );
        }
    }
}
