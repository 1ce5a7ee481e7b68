//! BERT's text side in pure Rust, one station after the other:
//! text (`corpus`) → pieces (`normalize`, `pretokenize`, `vocab`, `wordpiece`, `train`, `tokenizer`)
//! → `store` → `examples` → `masking` → `batch`. Beside them `metrics` reads what a training logs.

#![deny(unsafe_code)]

mod ascii;
pub mod batch;
mod cache;
mod characters;
mod chunks;
pub mod corpus;
pub mod decode;
pub mod encode;
mod encode_batch;
pub mod encoding;
mod encoding_bytes;
pub mod error;
pub mod examples;
mod in_order;
pub mod masking;
pub mod metrics;
pub mod normalize;
pub mod options;
pub mod padding;
pub mod parallel;
pub mod pool;
pub mod pretokenize;
pub mod ragged;
mod ragged_parallel;
pub mod rng;
mod scan;
pub mod scratch;
mod scratch_pool;
pub mod store;
pub mod tokenizer;
pub mod train;
mod trie;
pub mod truncation;
pub mod unicode_tables;
mod units;
pub mod vocab;
mod word_key;
mod word_sink;
pub mod wordpiece;
pub mod words;

pub use error::{Error, Result};
