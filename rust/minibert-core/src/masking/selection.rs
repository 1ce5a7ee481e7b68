//! Selects the tokens of an example that are predicted.

use crate::rng::Stream;

use super::options::MaskUnit;

/// The relative probabilities of 1, 2, … words in a span: 0.2 × 0.8ⁿ⁻¹ up to 10, multiplied by a power
/// of five to make them whole numbers.
const SPAN_WEIGHTS: [u32; 10] = [
    1_953_125, 1_562_500, 1_250_000, 1_000_000, 800_000, 640_000, 512_000, 409_600, 327_680,
    262_144,
];
/// 1/n, multiplied by six.
const NGRAM_WEIGHTS: [u32; 3] = [6, 3, 2];
/// After this many attempts in a row that found no room for a run, single words are selected.
const MAX_MISSES: usize = 10;

/// The kind of a token, which decides how masking selects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// Never selected. `[UNK]` is one of them, since predicting it teaches nothing.
    Special,
    /// Also every other token, if single tokens are selected.
    BeginsWord,
    ContinuesWord,
}

/// Neighboring columns that are selected together: a word, or a token if single tokens are
/// selected.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Word {
    start: u32,
    end: u32,
}

impl Word {
    fn len(self) -> usize {
        (self.end - self.start) as usize
    }
}

/// The selection for one example. The next example uses its buffers again.
#[derive(Debug, Default)]
pub(super) struct Selection {
    /// The first `count` are those of the example.
    words: Vec<Word>,
    count: usize,
    /// One bit for each column: whether it is selected.
    selected: Vec<u64>,
    /// One bit for each column: whether a selected unit begins there.
    unit_starts: Vec<u64>,
}

impl Selection {
    /// Finds the words that can be selected; returns their number of tokens.
    pub(super) fn find_words(&mut self, ids: &[i64], kinds: &[TokenKind]) -> usize {
        for bits in [&mut self.selected, &mut self.unit_starts] {
            bits.clear();
            bits.resize(ids.len().div_ceil(64), 0);
        }
        if self.words.len() < ids.len() {
            self.words.resize(ids.len(), Word::default());
        }
        let mut before = TokenKind::Special;
        let (mut count, mut start, mut specials) = (0_usize, 0, 0);
        for (column, &id) in ids.iter().enumerate() {
            let kind = kinds
                .get(id as usize)
                .copied()
                .unwrap_or(TokenKind::Special);
            let column = column as u32;
            if kind == TokenKind::Special {
                specials += 1;
            } else {
                // A token that continues a word which the segment cuts off is a word itself. Kinds are
                // hard to predict, so no branch depends on them.
                let begins = kind == TokenKind::BeginsWord || before == TokenKind::Special;
                count += usize::from(begins);
                start = if begins { column } else { start };
                self.words[count - 1] = Word {
                    start,
                    end: column + 1,
                };
            }
            before = kind;
        }
        self.count = count;
        ids.len() - specials
    }

    /// Selects `budget` tokens of the words that were found, or fewer if words do not fit.
    pub(super) fn select(&mut self, unit: MaskUnit, budget: usize, rng: &mut Stream) {
        let mut left = budget;
        match unit {
            MaskUnit::Token | MaskUnit::WholeWord => {}
            MaskUnit::Span => left = self.select_runs(&SPAN_WEIGHTS, left, rng),
            MaskUnit::Ngram => left = self.select_runs(&NGRAM_WEIGHTS, left, rng),
        }
        self.select_words(left, left == budget, rng);
        if !unit.shares_replacement() {
            self.unit_starts.copy_from_slice(&self.selected);
        }
    }

    /// Selects runs of words that begin at random words, until the budget is used up or `MAX_MISSES`
    /// attempts in a row fail. Returns the rest of the budget, and keeps the words that are not
    /// selected. A run ends early at the end of its segment, at an earlier run, and where the budget
    /// ends.
    fn select_runs(&mut self, weights: &[u32], budget: usize, rng: &mut Stream) -> usize {
        let mut left = budget;
        let mut misses = 0;
        while left > 0 && misses < MAX_MISSES {
            let words = weighted(weights, rng);
            let first = rng.below(self.count as u64) as usize;
            let Some(run) = self.run(first, words, left) else {
                misses += 1;
                continue;
            };
            misses = 0;
            left -= run.len();
            self.mark(run);
        }
        if left > 0 {
            self.keep_free_words();
        }
        left
    }

    fn keep_free_words(&mut self) {
        let mut free = 0;
        for at in 0..self.count {
            let word = self.words[at];
            if !bit(&self.selected, word.start) {
                self.words[free] = word;
                free += 1;
            }
        }
        self.count = free;
    }

    /// At most `words` words from `first` on that are not selected yet and fit into the budget.
    fn run(&self, first: usize, words: usize, budget: usize) -> Option<Word> {
        let mut run = Word {
            start: self.words[first].start,
            end: self.words[first].start,
        };
        for &word in self.words[first..self.count].iter().take(words) {
            let is_free = word.start == run.end && !bit(&self.selected, word.start);
            if !is_free || run.len() + word.len() > budget {
                break;
            }
            run.end = word.end;
        }
        (run.len() > 0).then_some(run)
    }

    /// Selects words with equal probability, and skips those that are longer than the rest of the
    /// budget. If `must_select` is set and none fits, a part of one is selected.
    fn select_words(&mut self, budget: usize, must_select: bool, rng: &mut Stream) {
        let mut left = budget;
        let count = self.count;
        for drawn in 0..count {
            if left == 0 {
                return;
            }
            let pick = drawn + rng.below((count - drawn) as u64) as usize;
            self.words.swap(drawn, pick);
            let word = self.words[drawn];
            if word.len() <= left {
                left -= word.len();
                self.mark(word);
            }
        }
        if let Some(word) = self.words[..count].first()
            && must_select
            && left == budget
        {
            self.mark(Word {
                start: word.start,
                end: word.start + budget as u32,
            });
        }
    }

    fn mark(&mut self, unit: Word) {
        set(&mut self.unit_starts, unit.start);
        for column in unit.start..unit.end {
            set(&mut self.selected, column);
        }
    }

    /// Calls `each` with the selected columns, ascending, and whether a unit begins there.
    pub(super) fn each_selected(&self, mut each: impl FnMut(usize, bool)) {
        for (at, (&selected, &starts)) in self.selected.iter().zip(&self.unit_starts).enumerate() {
            let mut bits = selected;
            while bits != 0 {
                let column = bits.trailing_zeros();
                each(at * 64 + column as usize, starts >> column & 1 == 1);
                bits &= bits - 1;
            }
        }
    }
}

/// A number from 1 on, with probabilities proportional to the weights.
fn weighted(weights: &[u32], rng: &mut Stream) -> usize {
    let mut pick = rng.below(u64::from(weights.iter().sum::<u32>())) as u32;
    for (at, &weight) in weights.iter().enumerate() {
        if pick < weight {
            return at + 1;
        }
        pick -= weight;
    }
    weights.len()
}

fn bit(bits: &[u64], at: u32) -> bool {
    bits[at as usize / 64] >> (at % 64) & 1 == 1
}

fn set(bits: &mut [u64], at: u32) {
    bits[at as usize / 64] |= 1 << (at % 64);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::Purpose;

    /// `S` is special, a letter begins a word and `#` continues one.
    fn found(row: &str, unit: MaskUnit) -> (Selection, usize) {
        let ids: Vec<i64> = row
            .chars()
            .map(|char| match char {
                'S' => 0,
                '#' => 2,
                _ => 1,
            })
            .collect();
        let kinds = [0, 1, 2].map(|id| match id {
            0 => TokenKind::Special,
            2 if unit.keeps_words() => TokenKind::ContinuesWord,
            _ => TokenKind::BeginsWord,
        });
        let mut selection = Selection::default();
        let candidates = selection.find_words(&ids, &kinds);
        (selection, candidates)
    }

    fn drawn(row: &str, unit: MaskUnit, budget: usize, index: u64) -> (Vec<usize>, Vec<usize>) {
        let (mut selection, _) = found(row, unit);
        let mut rng = Stream::new(1, Purpose::Masking, 0, index);
        selection.select(unit, budget, &mut rng);
        let (mut columns, mut starts) = (Vec::new(), Vec::new());
        selection.each_selected(|column, begins_unit| {
            columns.push(column);
            if begins_unit {
                starts.push(column);
            }
        });
        (columns, starts)
    }

    #[test]
    fn words_end_at_special_tokens_and_where_another_begins() {
        let (selection, candidates) = found("SaSab##S#bS", MaskUnit::WholeWord);
        let words: Vec<_> = selection.words[..selection.count]
            .iter()
            .map(|word| (word.start, word.end))
            .collect();
        assert_eq!(words, [(1, 2), (3, 4), (4, 7), (8, 9), (9, 10)]);
        assert_eq!(candidates, 7);
        let (selection, candidates) = found("Sab##S", MaskUnit::Token);
        assert_eq!((selection.count, candidates), (4, 4));
        assert_eq!(found("SSS", MaskUnit::Span).1, 0);
    }

    /// 1,000 are expected of each; the standard deviation is 29, and the seed is fixed.
    #[test]
    fn every_token_is_selected_as_often_as_another() {
        let row = format!("S{}", "a".repeat(70));
        let mut counts = [0_u32; 71];
        for index in 0..7000 {
            let (columns, _) = drawn(&row, MaskUnit::Token, 10, index);
            assert_eq!(columns.len(), 10);
            for column in columns {
                counts[column] += 1;
            }
        }
        assert!(
            counts[0] == 0 && counts[1..].iter().all(|count| (850..1150).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn all_or_none_can_be_selected() {
        for unit in [
            MaskUnit::Token,
            MaskUnit::WholeWord,
            MaskUnit::Span,
            MaskUnit::Ngram,
        ] {
            let all = [1, 2, 4, 5, 6];
            for index in 0..20 {
                assert_eq!(drawn("SabSa##S", unit, 5, index).0, all);
                assert!(drawn("SabSa##S", unit, 0, index).0.is_empty());
                assert!(drawn("SSS", unit, 0, index).0.is_empty());
            }
        }
    }

    #[test]
    fn words_are_whole_unless_none_fits() {
        let starts_of = |columns: &[usize]| columns.first().copied();
        for index in 0..100 {
            for unit in [MaskUnit::WholeWord, MaskUnit::Ngram, MaskUnit::Span] {
                let (columns, _) = drawn("Sa##b##c##dS", unit, 4, index);
                assert!(columns.len() == 4 || columns.len() == 3, "{columns:?}");
                for word in [1..4, 4..7, 7..10] {
                    let inside = columns.iter().filter(|column| word.contains(*column));
                    assert!([0, 3].contains(&inside.count()));
                }
                let (columns, starts) = drawn("Sa#####S", unit, 2, index);
                assert_eq!(
                    (columns.as_slice(), starts_of(&starts)),
                    ([1, 2].as_slice(), Some(1))
                );
            }
        }
    }

    #[test]
    fn a_span_is_one_unit_and_never_crosses_a_special_token() {
        let row = format!("S{}S{}S", "a".repeat(20), "b".repeat(20));
        for index in 0..200 {
            let (columns, starts) = drawn(&row, MaskUnit::Span, 15, index);
            assert_eq!(columns.len(), 15);
            assert!(starts.len() < 15 && !columns.contains(&21));
            let runs = columns
                .iter()
                .filter(|&&column| !columns.contains(&(column - 1)));
            assert!(runs.clone().count() <= starts.len());
            assert!(runs.copied().all(|column| starts.contains(&column)));
        }
    }

    /// The share of each length lies within five standard deviations; the seed is fixed.
    #[test]
    fn lengths_have_the_probabilities_of_the_papers() {
        let draws = 200_000.0;
        let geometric: f64 = (0..10).map(|n| 0.2 * 0.8_f64.powi(n)).sum();
        let geometric: Vec<f64> = (0..10).map(|n| 0.2 * 0.8_f64.powi(n) / geometric).collect();
        let harmonic = vec![6.0 / 11.0, 3.0 / 11.0, 2.0 / 11.0];
        for (weights, shares) in [
            (&SPAN_WEIGHTS[..], geometric),
            (&NGRAM_WEIGHTS[..], harmonic),
        ] {
            let mut rng = Stream::new(3, Purpose::Masking, 0, 0);
            let mut counts = vec![0.0; shares.len()];
            for _ in 0..draws as usize {
                counts[weighted(weights, &mut rng) - 1] += 1.0;
            }
            for (count, share) in counts.iter().zip(&shares) {
                let deviation = (draws * share * (1.0 - share)).sqrt();
                assert!(
                    (count - draws * share).abs() < 5.0 * deviation,
                    "{counts:?}"
                );
            }
        }
    }
}
