//! Merging by count (Sennrich et al. 2016): the most frequent pair is next.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::candidates::Candidates;
use super::merges::{MergeState, Merged, Pair};

pub(super) struct ByCount {
    min_frequency: u64,
    /// The next pair is on top. A count may be too high, since counts fall without an update here; but
    /// every pair that is frequent enough has an entry that is not too low.
    queue: BinaryHeap<(u64, Reverse<Pair>)>,
}

impl ByCount {
    pub fn new(words: &MergeState, min_frequency: u64) -> Self {
        let pairs = words.pairs().filter(|&(_, count)| count >= min_frequency);
        Self {
            min_frequency,
            queue: pairs.map(|(pair, count)| (count, Reverse(pair))).collect(),
        }
    }
}

impl Candidates for ByCount {
    fn next(&mut self, words: &MergeState) -> Option<Pair> {
        while let Some((count, Reverse(pair))) = self.queue.pop() {
            let now = words.count(pair);
            if now == count {
                return Some(pair);
            }
            if (self.min_frequency..count).contains(&now) {
                self.queue.push((now, Reverse(pair)));
            }
        }
        None
    }

    fn update(&mut self, words: &MergeState, merged: &Merged) {
        for &pair in &merged.grown {
            let count = words.count(pair);
            if count >= self.min_frequency {
                self.queue.push((count, Reverse(pair)));
            }
        }
    }
}
