//! BERT's text processing in pure Rust, from files to masked batches. It knows nothing of `PyTorch` or
//! Python.
//!
//! Reading order, from the lowest layer to the highest; a module imports from its own folder and from
//! lower layers only (`tests/layers.rs` checks this):
//!
//! 1. [`error`]: every error, its cause and its sentence. [`rng`]: counter-based random numbers.
//!    [`options`]: the options of a tokenizer.
//! 2. [`normalizer`]: raw characters to normalized ones. [`pre_tokenizer`]: normalized characters to
//!    words.
//! 3. `parallel`: work on several threads whose results do not depend on their number.
//! 4. [`tokenizer`]: words to token ids (`WordPiece`), and back. [`corpus`]: files to documents of
//!    sentences.
//! 5. [`vocab_trainer`]: a corpus to a vocabulary. [`store`]: a corpus to a file of token ids.
//! 6. [`examples`]: which tokens of a store form an example. [`masking`]: which of them are predicted.
//! 7. [`dataset`]: any batch of any epoch by its number, and batches prefetched on threads.
//!
//! [`metrics`] is separate: it reads the metrics of a training run.

#![deny(unsafe_code)]

pub mod corpus;
pub mod dataset;
pub mod error;
pub mod examples;
pub mod masking;
pub mod metrics;
pub mod normalizer;
pub mod options;
mod parallel;
pub mod pre_tokenizer;
pub mod rng;
pub mod store;
pub mod tokenizer;
pub mod vocab_trainer;

pub use error::{Error, Result};
