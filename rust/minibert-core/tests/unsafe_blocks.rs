//! The number of `unsafe` blocks in both crates is known, and stated here and in
//! `docs/dev/architecture.md`. Clippy's `undocumented_unsafe_blocks` asks for a `// SAFETY:` comment at
//! each, and `unsafe_op_in_unsafe_fn` for a block in each `unsafe fn`.

mod sources;

use sources::{rust_files, without_comments};

/// Change it together with the code. Four are in `pre_tokenizer/simd.rs` (calls of vector instructions, and
/// a prefetch), one maps the file of a token store, and one in minibert-py lends the texts of a Python
/// tuple to other threads.
const UNSAFE_BLOCKS: usize = 6;

#[test]
fn no_unsafe_block_is_added_unnoticed() {
    let mut found = Vec::new();
    for folder in ["minibert-core/src", "minibert-py/src"] {
        for (path, text) in rust_files(folder) {
            for line in without_comments(&text).lines() {
                let words = line.split(|c: char| !c.is_alphanumeric() && c != '_');
                let count = words.filter(|&word| word == "unsafe").count();
                found.extend(vec![format!("{folder}/{}: {line}", path.display()); count]);
            }
        }
    }
    assert_eq!(found.len(), UNSAFE_BLOCKS, "\n{}", found.join("\n"));
}
