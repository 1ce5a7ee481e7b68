//! What the two algorithms have in common.

use super::merges::{MergeState, Merged, Pair};

/// The pairs that may be merged, in the order of an algorithm.
pub(super) trait Candidates {
    /// The next pair to merge, if any is left; it is merged, and `update` told, before the next call.
    fn next(&mut self, words: &MergeState) -> Option<Pair>;

    /// Learns what a merge has changed.
    fn update(&mut self, words: &MergeState, merged: &Merged);
}
