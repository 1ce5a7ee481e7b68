//! BERT's text side in pure Rust, one station after the other:
//! text (`corpus`) → pieces (`normalizer`, `pre_tokenizer`, `vocab`, `wordpiece`, `train`, `tokenizer`)
//! → `store` → `examples` → `masking` → `batch`. Beside them `metrics` reads what a training logs.

#![deny(unsafe_code)]

pub mod batch;
mod cache;
pub mod corpus;
pub mod decode;
pub mod encode;
mod encode_batch;
pub mod encoding;
mod encoding_bytes;
pub mod error;
pub mod examples;
pub mod masking;
pub mod metrics;
pub mod normalizer;
pub mod options;
pub mod padding;
mod parallel;
pub mod pool;
pub mod pre_tokenizer;
pub mod ragged;
mod ragged_parallel;
pub mod rng;
pub mod scratch;
pub mod store;
pub mod tokenizer;
pub mod train;
mod trie;
pub mod truncation;
pub mod vocab;
pub mod wordpiece;

pub use error::{Error, Result};
