//! BERT's text side in pure Rust, one station after the other:
//! text (`corpus`) → pieces (`normalize`, `pretokenize`, `vocab`, `wordpiece`, `train`, `tokenizer`)
//! → `store` → `examples` → `masking` → `batch`.

#![deny(unsafe_code)]

pub mod batch;
mod cache;
mod characters;
pub mod corpus;
pub mod decode;
pub mod encoding;
pub mod error;
pub mod examples;
pub mod masking;
pub mod normalize;
pub mod options;
pub mod parallel;
pub mod pretokenize;
pub mod ragged;
pub mod rng;
mod scan;
pub mod store;
pub mod tokenizer;
pub mod train;
mod trie;
pub mod unicode_tables;
pub mod vocab;
pub mod wordpiece;
pub mod words;

pub use error::{Error, Result};
