//! From text to batches: golden bytes, independence of order, the invariants of every example, their
//! distributions, and corpora that are very small or odd.

mod golden_bytes;
mod invariants;
mod odd_corpora;
mod order;
mod samples;
mod statistics;
