//! BERT's text side in pure Rust, one station after the other:
//! text (`corpus`) → pieces (`normalizer`, `pre_tokenizer`, `vocab`, `wordpiece`, `vocab_trainer`, `tokenizer`)
//! → `store` → `examples` → `masking` → `dataset`. Beside them `metrics` reads what a training logs.

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
