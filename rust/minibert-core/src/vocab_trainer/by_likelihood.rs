//! Merging by likelihood (Schuster and Nakajima 2012, "Japanese and Korean voice search", section 3):
//! the next pair is the one whose merge raises the likelihood of the text most, which is the pair with
//! the greatest count(ab) / (count(a) · count(b)).
//!
//! Scores are compared exactly, as fractions. A merge changes the counts of both its parts, and so the
//! scores of all pairs that contain one of them: thousands for a common token. Therefore a pair is
//! stored with the older of its two tokens, its owner, ordered by count(ab) / count(younger token),
//! which the owner's count does not change: when that count falls, one number changes for all pairs of
//! the owner. Only pairs with an even older owner are updated one by one, and a common token is old.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::candidates::Candidates;
use super::merges::{MergeState, Merged, Pair};

pub(super) struct ByLikelihood {
    min_frequency: u64,
    /// The count of each token, by id.
    token_counts: Vec<u64>,
    /// The pairs that each token owns, by id.
    owned: Vec<Owned>,
    /// The pairs of which each token is the younger part, by id; some may no longer exist.
    younger_in: Vec<Vec<Pair>>,
    /// The best pair of each owner, the best of all on top. A score may be too high, but none is too
    /// low.
    queue: BinaryHeap<Scored>,
}

/// The pairs of one owner.
#[derive(Default)]
struct Owned {
    /// The best pair is on top. A share may be out of date, but every pair that is frequent enough has
    /// an entry that is not too low.
    pairs: BinaryHeap<Share>,
    /// The entry of the owner in [`ByLikelihood::queue`]; its other entries there are void.
    queued: Option<Scored>,
    /// The number of entries at which those that are out of date are removed.
    most: usize,
}

/// A pair, ordered by count(ab) / count(its younger part).
#[derive(Clone, Copy)]
struct Share {
    count: u64,
    younger: u64,
    pair: Pair,
}

/// A pair, ordered by count(ab) / (count(its owner) · count(its younger part)).
#[derive(Clone, Copy)]
struct Scored {
    share: Share,
    owner: u64,
}

impl ByLikelihood {
    pub fn new(words: &MergeState, min_frequency: u64) -> Self {
        let mut candidates = Self {
            min_frequency,
            token_counts: words.token_counts(),
            owned: Vec::new(),
            younger_in: Vec::new(),
            queue: BinaryHeap::new(),
        };
        candidates.make_room();
        for (pair, _) in words.pairs() {
            candidates.add(words, pair);
        }
        for owner in 0..candidates.owned.len() {
            candidates.enqueue(words, owner as u32);
        }
        candidates
    }

    fn make_room(&mut self) {
        let tokens = self.token_counts.len();
        self.owned.resize_with(tokens, Owned::default);
        self.younger_in.resize_with(tokens, Vec::new);
    }

    fn share(&self, words: &MergeState, pair: Pair) -> Share {
        Share {
            count: words.count(pair),
            younger: self.token_counts[younger(pair) as usize],
            pair,
        }
    }

    /// Adds a pair that is new, or more frequent than before, to its owner.
    fn add(&mut self, words: &MergeState, pair: Pair) {
        let share = self.share(words, pair);
        if share.count >= self.min_frequency {
            self.push(words, share);
            self.younger_in[younger(pair) as usize].push(pair);
        }
    }

    /// The best pair of an owner.
    fn best_of(&mut self, words: &MergeState, owner: u32) -> Option<Scored> {
        loop {
            let &top = self.owned[owner as usize].pairs.peek()?;
            let now = self.share(words, top.pair);
            if now == top && now.count >= self.min_frequency {
                let owner = self.token_counts[owner as usize];
                return Some(Scored { share: now, owner });
            }
            let pairs = &mut self.owned[owner as usize].pairs;
            pairs.pop();
            // A greater share has its own entry.
            if now < top && now.count >= self.min_frequency {
                pairs.push(now);
            }
        }
    }

    /// Puts an owner's best pair, as it is now, into the queue.
    fn enqueue(&mut self, words: &MergeState, owner: u32) {
        let best = self.best_of(words, owner);
        let queued = &mut self.owned[owner as usize].queued;
        if *queued != best {
            *queued = best;
            self.queue.extend(best);
        }
    }
}

impl Candidates for ByLikelihood {
    fn next(&mut self, words: &MergeState) -> Option<Pair> {
        while let Some(top) = self.queue.pop() {
            let owner = owner(top.share.pair);
            let queued = &mut self.owned[owner as usize].queued;
            if *queued != Some(top) {
                continue;
            }
            *queued = None;
            if self.best_of(words, owner) == Some(top) {
                return Some(top.share.pair);
            }
            self.enqueue(words, owner);
        }
        None
    }

    fn update(&mut self, words: &MergeState, merged: &Merged) {
        let (first, second) = (merged.pair.first(), merged.pair.second());
        if merged.token as usize == self.token_counts.len() {
            self.token_counts.push(0);
            self.make_room();
        }
        self.token_counts[merged.token as usize] += merged.count;
        let mut changed = vec![first, second];
        for part in [first, second] {
            self.token_counts[part as usize] -= merged.count;
        }
        for part in [first, second] {
            self.raise_shares(words, part, &mut changed);
        }
        for &pair in &merged.grown {
            self.add(words, pair);
            changed.push(owner(pair));
        }
        changed.sort_unstable();
        changed.dedup();
        for owner in changed {
            self.enqueue(words, owner);
        }
    }
}

impl ByLikelihood {
    /// Updates the shares of the pairs of which a token, now rarer, is the younger part. Adds their
    /// owners to `owners`.
    fn raise_shares(&mut self, words: &MergeState, token: u32, owners: &mut Vec<u32>) {
        let mut pairs = std::mem::take(&mut self.younger_in[token as usize]);
        pairs.sort_unstable();
        pairs.dedup();
        pairs.retain(|&pair| words.count(pair) >= self.min_frequency);
        for &pair in &pairs {
            let share = self.share(words, pair);
            self.push(words, share);
            owners.push(owner(pair));
        }
        self.younger_in[token as usize] = pairs;
    }

    /// Adds a share to its owner, and removes outdated entries if there are too many.
    fn push(&mut self, words: &MergeState, share: Share) {
        let owner = owner(share.pair) as usize;
        self.owned[owner].pairs.push(share);
        if self.owned[owner].pairs.len() <= self.owned[owner].most {
            return;
        }
        let mut pairs = std::mem::take(&mut self.owned[owner].pairs).into_vec();
        pairs.sort_unstable_by_key(|share| share.pair);
        pairs.dedup_by_key(|share| share.pair);
        let current = pairs.iter().map(|old| self.share(words, old.pair));
        let pairs: BinaryHeap<Share> = current
            .filter(|share| share.count >= self.min_frequency)
            .collect();
        self.owned[owner].most = 2 * pairs.len() + FEW;
        self.owned[owner].pairs = pairs;
    }
}

/// This many entries are not worth removing.
const FEW: usize = 64;

/// The older part of a pair.
fn owner(pair: Pair) -> u32 {
    pair.first().min(pair.second())
}

fn younger(pair: Pair) -> u32 {
    pair.first().max(pair.second())
}

impl Ord for Share {
    /// The greater share is first; of equal shares, the pair whose tokens are older.
    fn cmp(&self, other: &Self) -> Ordering {
        let own = u128::from(self.count) * u128::from(other.younger);
        let others = u128::from(other.count) * u128::from(self.younger);
        (own, Reverse(self.pair)).cmp(&(others, Reverse(other.pair)))
    }
}

impl Ord for Scored {
    /// The greater score is first; of equal scores, the pair whose tokens are older.
    fn cmp(&self, other: &Self) -> Ordering {
        let own = product(self.share.count, other.share.younger, other.owner);
        let others = product(other.share.count, self.share.younger, self.owner);
        (own, Reverse(self.share.pair)).cmp(&(others, Reverse(other.share.pair)))
    }
}

/// The product of three numbers: its bits from 64 on, and the lower 64.
fn product(a: u64, b: u64, c: u64) -> (u128, u64) {
    let ab = u128::from(a) * u128::from(b);
    let low = u128::from(ab as u64) * u128::from(c);
    let high = (ab >> 64) * u128::from(c) + (low >> 64);
    (high, low as u64)
}

macro_rules! ordered_by_cmp {
    ($type:ty) => {
        impl PartialOrd for $type {
            fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
                Some(self.cmp(other))
            }
        }

        impl PartialEq for $type {
            fn eq(&self, other: &Self) -> bool {
                self.cmp(other) == Ordering::Equal
            }
        }

        impl Eq for $type {}
    };
}

ordered_by_cmp!(Share);
ordered_by_cmp!(Scored);
