//! The words of a text as sequences of tokens, and the count of each pair of neighboring tokens.
//!
//! The cost of a merge is proportional to the number of its positions: every pair knows its positions,
//! and a token knows its number of characters, so its neighbors are found without reading the whole
//! word.

use foldhash::fast::FixedState;
use hashbrown::HashMap;

use super::tokens::TokenList;
use super::word_counts::WordTable;
use crate::Result;
use crate::error::VocabularyError;
use crate::tokenizer::vocabulary::CONTINUATION;

/// Two neighboring tokens, by their ids. Pairs are ordered by the first, then by the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Pair(u64);

impl Pair {
    pub fn new(first: u32, second: u32) -> Self {
        Self(u64::from(first) << 32 | u64::from(second))
    }

    pub fn first(self) -> u32 {
        (self.0 >> 32) as u32
    }

    pub fn second(self) -> u32 {
        self.0 as u32
    }
}

/// No token: between two words, or inside a token.
const NONE: u32 = u32::MAX;

/// One character of a word. The first and the last cell of a token hold its id, the cells between them
/// [`NONE`]; so do a cell before each word and one after the last.
#[derive(Clone, Copy)]
struct Cell {
    token: u32,
    /// How often the word occurs, or [`MANY`].
    count: u32,
}

/// The count is too large for a cell: it is in [`MergeState::many`].
const MANY: u32 = u32::MAX;

/// The positions of a pair.
#[derive(Clone, Copy, Default)]
struct Positions {
    /// How often it occurs.
    count: u64,
    /// A range of [`MergeState::places`].
    start: usize,
    len: usize,
}

pub(super) struct MergeState {
    cells: Vec<Cell>,
    /// The number of words, counted as often as they occur, with a character that is not a token. They
    /// have no cells.
    unknown: u64,
    /// The first cells of words that are too frequent for a count in their cells, and their counts.
    many: Vec<(usize, u64)>,
    /// The number of characters of each token.
    lengths: Vec<u32>,
    pairs: HashMap<Pair, Positions, FixedState>,
    /// The first cells of all positions of each pair; some may be out of date.
    positions: Vec<u32>,
    before: Neighbors,
    behind: Neighbors,
}

/// The changes that a merge made.
pub(super) struct Merged {
    pub pair: Pair,
    pub token: u32,
    /// How often the pair was merged.
    pub count: u64,
    /// The pairs that are more frequent than before.
    pub grown: Vec<Pair>,
}

impl MergeState {
    /// Splits words into characters; words with a character that is not a token are left out.
    pub fn new(table: &WordTable, tokens: &TokenList) -> Result<Self> {
        if u32::try_from(table.bytes() + table.len() + 1).is_err() {
            return Err(VocabularyError::TooManyWords { words: table.len() }.into());
        }
        let between = Cell {
            token: NONE,
            count: 0,
        };
        let mut cells = vec![between];
        let mut many = Vec::new();
        let mut unknown = 0;
        let mut characters = CharacterIds::new(tokens);
        for (text, count) in table.iter() {
            let start = cells.len();
            let in_cell = u32::try_from(count).unwrap_or(MANY);
            let split = characters.split(&String::from_utf8_lossy(text), |token| {
                cells.push(Cell {
                    token,
                    count: in_cell,
                });
            });
            if !split {
                cells.truncate(start);
                unknown += count;
                continue;
            }
            if in_cell == MANY {
                many.push((start, count));
            }
            cells.push(between);
        }
        let mut words = Self {
            cells,
            unknown,
            many,
            lengths: vec![1; tokens.len()],
            pairs: HashMap::default(),
            positions: Vec::new(),
            before: Neighbors::default(),
            behind: Neighbors::default(),
        };
        words.find_pairs();
        Ok(words)
    }

    pub fn unknown(&self) -> u64 {
        self.unknown
    }

    /// How often the word of a cell occurs.
    fn count_at(&self, cell: usize) -> u64 {
        match self.cells[cell].count {
            MANY => {
                let after = self.many.partition_point(|&(start, _)| start <= cell);
                self.many[after - 1].1
            }
            count => u64::from(count),
        }
    }

    fn find_pairs(&mut self) {
        let pair_at = |cell: usize| match self.cells[cell..] {
            [first, second, ..] if first.token != NONE && second.token != NONE => {
                Some(Pair::new(first.token, second.token))
            }
            _ => None,
        };
        let mut pairs: HashMap<Pair, Positions, FixedState> = HashMap::default();
        for cell in 0..self.cells.len() {
            if let Some(pair) = pair_at(cell) {
                let positions = pairs.entry(pair).or_default();
                positions.count += self.count_at(cell);
                positions.len += 1;
            }
        }
        let mut end = 0;
        for positions in pairs.values_mut() {
            positions.start = end;
            end += std::mem::take(&mut positions.len);
        }
        let mut cells = vec![0; end];
        for cell in 0..self.cells.len() {
            if let Some(positions) = pair_at(cell).and_then(|pair| pairs.get_mut(&pair)) {
                cells[positions.start + positions.len] = cell as u32;
                positions.len += 1;
            }
        }
        self.pairs = pairs;
        self.positions = cells;
    }

    /// Every pair and its count, in no particular order.
    pub fn pairs(&self) -> impl Iterator<Item = (Pair, u64)> {
        self.pairs
            .iter()
            .map(|(&pair, positions)| (pair, positions.count))
    }

    pub fn count(&self, pair: Pair) -> u64 {
        self.pairs.get(&pair).map_or(0, |positions| positions.count)
    }

    /// The count of each token, by id, before any merge.
    pub fn token_counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.lengths.len()];
        for (index, cell) in self.cells.iter().enumerate() {
            if cell.token != NONE {
                counts[cell.token as usize] += self.count_at(index);
            }
        }
        counts
    }

    /// Replaces the pair with one token at all its positions, from left to right.
    pub fn merge(&mut self, pair: Pair, token: u32) -> Merged {
        let length = self.length(pair.first()) + self.length(pair.second());
        if token as usize == self.lengths.len() {
            self.lengths.push(0);
        }
        self.lengths[token as usize] = length as u32;
        self.before.make_room(self.lengths.len());
        self.behind.make_room(self.lengths.len());
        let positions = self.pairs.remove(&pair).unwrap_or_default();
        let positions = positions.start..positions.start + positions.len;
        // Positions overlap where a token follows itself, and then their order matters.
        self.positions[positions.clone()].sort_unstable();
        let mut count = 0;
        for position in positions {
            count += self.merge_at(self.positions[position] as usize, pair, token);
        }
        let grown = self.recount(pair, token);
        Merged {
            pair,
            token,
            count,
            grown,
        }
    }

    fn length(&self, token: u32) -> usize {
        self.lengths[token as usize] as usize
    }

    /// Replaces the pair at a position, if it is still there; returns the count of its word.
    fn merge_at(&mut self, at: usize, pair: Pair, token: u32) -> u64 {
        let second = at + self.length(pair.first());
        if self.cells[at].token != pair.first() || self.cells[second].token != pair.second() {
            return 0;
        }
        let end = second + self.length(pair.second());
        for inside in [second - 1, second] {
            self.cells[inside].token = NONE;
        }
        for outside in [at, end - 1] {
            self.cells[outside].token = token;
        }
        let count = self.count_at(at);
        let before = self.cells[at - 1].token;
        if before != NONE {
            self.before.add(before, at - self.length(before), count);
        }
        let behind = self.cells[end].token;
        if behind != NONE {
            self.behind.add(behind, at, count);
        }
        count
    }

    /// Counts the pairs of a new token with its neighbors, instead of those of its parts.
    fn recount(&mut self, merged: Pair, token: u32) -> Vec<Pair> {
        let mut grown = Vec::new();
        // Pairs with the token behind come first. Where a pair follows itself, the new token stands
        // before the second one, and what stood behind the first must be subtracted.
        self.behind.put_positions(&mut self.positions);
        while let Some((behind, positions)) = self.behind.found.pop() {
            self.take_away(Pair::new(merged.second(), behind), positions.count);
            self.add(Pair::new(token, behind), positions);
            grown.push(Pair::new(token, behind));
        }
        self.before.put_positions(&mut self.positions);
        while let Some((before, positions)) = self.before.found.pop() {
            self.take_away(Pair::new(before, merged.first()), positions.count);
            self.add(Pair::new(before, token), positions);
            grown.push(Pair::new(before, token));
        }
        grown
    }

    /// Adds positions to a pair, which may have others.
    fn add(&mut self, pair: Pair, more: Positions) {
        let positions = self.pairs.entry(pair).or_default();
        let count = positions.count + more.count;
        if positions.len > 0 {
            // Both ranges are copied to the end as one.
            let start = self.positions.len();
            for old in [*positions, more] {
                self.positions
                    .extend_from_within(old.start..old.start + old.len);
            }
            *positions = Positions {
                count,
                start,
                len: positions.len + more.len,
            };
        } else {
            *positions = more;
        }
    }

    /// The pair that is being merged has been removed already, and needs no count.
    fn take_away(&mut self, pair: Pair, count: u64) {
        if let Some(positions) = self.pairs.get_mut(&pair) {
            positions.count -= count;
            if positions.count == 0 {
                self.pairs.remove(&pair);
            }
        }
    }
}

/// The tokens beside a merged pair, and their positions there.
#[derive(Default)]
struct Neighbors {
    found: Vec<(u32, Positions)>,
    /// One more than the index in `found`, by token; 0 for tokens that are not in it.
    numbers: Vec<u32>,
    /// The index in `found` and the first cell of every position.
    positions: Vec<(u32, u32)>,
}

impl Neighbors {
    fn make_room(&mut self, tokens: usize) {
        self.numbers.resize(tokens, 0);
    }

    fn add(&mut self, token: u32, cell: usize, count: u64) {
        let number = &mut self.numbers[token as usize];
        if *number == 0 {
            self.found.push((token, Positions::default()));
            *number = self.found.len() as u32;
        }
        let index = *number - 1;
        let positions = &mut self.found[index as usize].1;
        positions.count += count;
        positions.len += 1;
        self.positions.push((index, cell as u32));
    }

    /// Moves the positions to the end of `all`, grouped by neighbor.
    fn put_positions(&mut self, all: &mut Vec<u32>) {
        let mut end = all.len();
        all.resize(end + self.positions.len(), 0);
        for (token, positions) in &mut self.found {
            self.numbers[*token as usize] = 0;
            positions.start = end;
            end += std::mem::take(&mut positions.len);
        }
        for (index, cell) in self.positions.drain(..) {
            let positions = &mut self.found[index as usize].1;
            all[positions.start + positions.len] = cell;
            positions.len += 1;
        }
    }
}

/// The ids of single characters, alone or continuing a word.
struct CharacterIds<'p> {
    tokens: &'p TokenList,
    /// The ids that were looked up; `None` if there is no such token.
    known: HashMap<(char, bool), Option<u32>, FixedState>,
}

impl<'p> CharacterIds<'p> {
    fn new(tokens: &'p TokenList) -> Self {
        let known = HashMap::default();
        Self { tokens, known }
    }

    /// Calls `each` with the ids of a word's characters; `false` if one of them is not a token.
    fn split(&mut self, word: &str, mut each: impl FnMut(u32)) -> bool {
        word.chars().enumerate().all(|(index, c)| {
            let id = *self.known.entry((c, index > 0)).or_insert_with(|| {
                let prefix = if index > 0 { CONTINUATION } else { "" };
                self.tokens.id(&format!("{prefix}{c}"))
            });
            id.map(&mut each).is_some()
        })
    }
}
