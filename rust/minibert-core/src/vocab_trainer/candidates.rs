//! The interface of the two algorithms.

use super::merges::{MergeState, Merged, Pair};

/// The pairs that may be merged, in the order of an algorithm.
pub(super) trait Candidates {
    /// The next pair to merge, if there is one. The caller merges it and calls `update` before the next
    /// call.
    fn next(&mut self, words: &MergeState) -> Option<Pair>;

    /// Receives the changes of a merge.
    fn update(&mut self, words: &MergeState, merged: &Merged);
}
