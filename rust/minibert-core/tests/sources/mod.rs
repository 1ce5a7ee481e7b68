//! The source files of this crate, as text.

use std::fs;
use std::path::{Path, PathBuf};

/// Every `.rs` file below a folder of the workspace's `rust/` and its text, sorted by path.
pub fn rust_files(folder: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(folder);
    let mut found = Vec::new();
    collect(&folder, &folder, &mut found);
    found.sort();
    assert!(!found.is_empty(), "no Rust files in {}", folder.display());
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<(PathBuf, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            found.push((path.strip_prefix(root).unwrap().to_owned(), text));
        }
    }
}

/// The text without what stands behind `//`. No string of the crate holds `//` in a line of code.
pub fn without_comments(text: &str) -> String {
    let code = |line: &str| line.split("//").next().unwrap_or_default().to_owned() + "\n";
    text.lines().map(code).collect()
}
