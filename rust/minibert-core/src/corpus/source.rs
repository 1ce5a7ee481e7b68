//! Finds the files of a corpus: text files, compressed files, folders and bytes in memory.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::CorpusError;
use crate::{Error, Result};

/// An input that a user named.
#[derive(Debug, Clone)]
pub enum Input {
    /// A text file, compressed with `.gz` or `.zst` or not, or a folder with such files.
    Path(PathBuf),
    /// Text in memory, such as standard input, and its name in messages.
    Memory { name: String, bytes: Vec<u8> },
}

/// What to do with bytes that are not UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DecodingErrors {
    /// Refuse the file, and name the offset.
    #[default]
    Strict,
    /// Replace them with U+FFFD.
    Replace,
}

/// One file of a corpus, or one text in memory, which has not been read yet.
#[derive(Debug, Clone)]
pub(super) struct SourceFile {
    pub(super) content: Content,
    /// Bytes as stored, before decompression.
    pub size: u64,
    /// Whether the user named the file itself, not a folder that contains it.
    pub named: bool,
}

#[derive(Debug, Clone)]
pub(super) enum Content {
    File(PathBuf),
    Memory { name: String, bytes: Vec<u8> },
}

/// Lists the files of the inputs; those of a folder in sorted order.
pub(super) fn find(inputs: &[Input]) -> Result<Vec<SourceFile>> {
    let mut sources = Vec::new();
    for input in inputs {
        match input {
            Input::Memory { name, bytes } => sources.push(SourceFile {
                size: bytes.len() as u64,
                content: Content::Memory {
                    name: name.clone(),
                    bytes: bytes.clone(),
                },
                named: true,
            }),
            Input::Path(path) => find_path(path, &mut sources)?,
        }
    }
    if sources.is_empty() {
        return Err(CorpusError::NoInput {}.into());
    }
    Ok(sources)
}

fn find_path(path: &Path, sources: &mut Vec<SourceFile>) -> Result<()> {
    let metadata = fs::metadata(path).map_err(|error| cannot_read(path, &error))?;
    if !metadata.is_dir() {
        sources.push(file_source(path.to_owned(), metadata.len(), true));
        return Ok(());
    }
    let before = sources.len();
    find_in_folder(path, sources)?;
    if sources.len() == before {
        return Err(CorpusError::NoTextFiles {
            folder: path.display().to_string(),
        }
        .into());
    }
    Ok(())
}

/// Links to folders are not followed, so that a circle of links ends.
fn find_in_folder(folder: &Path, sources: &mut Vec<SourceFile>) -> Result<()> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| cannot_read(folder, &error))? {
        paths.push(entry.map_err(|error| cannot_read(folder, &error))?.path());
    }
    paths.sort();
    for path in paths {
        if is_hidden(&path) {
            continue;
        }
        if path.is_dir() {
            if !path.is_symlink() {
                find_in_folder(&path, sources)?;
            }
        } else if is_text_name(&path) {
            let metadata = fs::metadata(&path).map_err(|error| cannot_read(&path, &error))?;
            sources.push(file_source(path, metadata.len(), false));
        }
    }
    Ok(())
}

fn file_source(path: PathBuf, size: u64, named: bool) -> SourceFile {
    SourceFile {
        content: Content::File(path),
        size,
        named,
    }
}

fn is_hidden(path: &Path) -> bool {
    path.file_name()
        .is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

fn is_text_name(path: &Path) -> bool {
    let Some(name) = path.file_name() else {
        return false;
    };
    let name = name.to_string_lossy().to_lowercase();
    let name = name
        .strip_suffix(".gz")
        .or_else(|| name.strip_suffix(".zst"))
        .unwrap_or(&name);
    Path::new(name)
        .extension()
        .is_some_and(|extension| extension == "txt" || extension == "text")
}

pub(super) fn cannot_read(path: &Path, error: &std::io::Error) -> Error {
    let path = path.display().to_string();
    let error = match error.kind() {
        std::io::ErrorKind::NotFound => CorpusError::NotFound { path },
        std::io::ErrorKind::PermissionDenied => CorpusError::PermissionDenied { path },
        _ => CorpusError::Unreadable {
            path,
            reason: error.to_string(),
        },
    };
    error.into()
}

impl SourceFile {
    pub fn name(&self) -> String {
        match &self.content {
            Content::File(path) => path.display().to_string(),
            Content::Memory { name, .. } => name.clone(),
        }
    }

    pub fn refuse_as_empty(&self) -> Error {
        CorpusError::Empty { file: self.name() }.into()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    use super::super::parts::Parts;
    use super::*;

    fn read(name: &str, bytes: &[u8], errors: DecodingErrors) -> Result<String> {
        let input = Input::Memory {
            name: name.to_owned(),
            bytes: bytes.to_vec(),
        };
        let sources = find(&[input])?;
        let text = Parts::new(&sources[0], errors, usize::MAX)?.next()?;
        Ok(text.unwrap_or_default())
    }

    fn message(name: &str, bytes: &[u8]) -> String {
        read(name, bytes, DecodingErrors::Strict)
            .unwrap_err()
            .to_string()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(bytes: &[u8]) -> Vec<u8> {
        compress_to_vec(bytes, CompressionLevel::Fastest)
    }

    #[test]
    fn a_byte_order_mark_is_dropped() {
        assert_eq!(
            read("a", b"\xEF\xBB\xBFhi", DecodingErrors::Strict).unwrap(),
            "hi"
        );
    }

    #[test]
    fn the_offset_of_bad_utf8_counts_the_byte_order_mark() {
        let text = message("a.txt", b"\xEF\xBB\xBFab\xFFc");
        assert_eq!(text, "a.txt is not UTF-8 at byte 5: convert it to UTF-8");
    }

    #[test]
    fn bad_utf8_can_be_replaced() {
        assert_eq!(
            read("a", b"a\xFFb", DecodingErrors::Replace).unwrap(),
            "a\u{FFFD}b"
        );
    }

    #[test]
    fn binary_files_are_refused() {
        assert!(message("a", b"text\0text").contains("NUL byte at 4"));
        assert!(message("a", &[1; 100]).contains("100 % of its bytes are control"));
        assert!(message("a", b"\xFF\xFEa\0b\0").contains("UTF-16"));
    }

    #[test]
    fn all_members_of_a_gz_and_all_frames_of_a_zst_are_read() {
        let mut bytes = gzip(b"one ");
        bytes.extend(gzip(b"two"));
        assert_eq!(
            read("a.txt.gz", &bytes, DecodingErrors::Strict).unwrap(),
            "one two"
        );

        let mut bytes = zstd(b"one ");
        bytes.extend(b"\x50\x2A\x4D\x18\x03\x00\x00\x00abc");
        bytes.extend(zstd(b"two"));
        assert_eq!(
            read("a.zst", &bytes, DecodingErrors::Strict).unwrap(),
            "one two"
        );
    }

    #[test]
    fn damaged_compressed_files_are_refused_wherever_they_are_cut() {
        let text: Vec<u8> = (0..2000_u32)
            .flat_map(|n| n.to_string().into_bytes())
            .collect();
        for (name, whole) in [("a.gz", gzip(&text)), ("a.zst", zstd(&text))] {
            for keep in [0, 1, 3, 10, whole.len() / 2, whole.len() - 1] {
                let text = message(name, &whole[..keep]);
                assert!(
                    text.contains("damaged or cut short"),
                    "{name} {keep}: {text}"
                );
            }
        }
    }

    #[test]
    fn a_folder_gives_its_text_files_in_sorted_order() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("b")).unwrap();
        for name in ["c.TXT", "a.txt.gz", "b/x.txt", ".hidden.txt", "notes.pdf"] {
            fs::write(root.join(name), "x").unwrap();
        }
        let found = find(&[Input::Path(root.to_owned())]).unwrap();
        let names: Vec<_> = found.iter().map(SourceFile::name).collect();
        let expected = ["a.txt.gz", "b/x.txt", "c.TXT"].map(|n| root.join(n).display().to_string());
        assert_eq!(names, expected);
    }

    #[test]
    fn missing_files_and_empty_folders_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let error = find(&[Input::Path(folder.path().to_owned())]).unwrap_err();
        assert!(error.to_string().contains("holds no text files"));
        let error = find(&[Input::Path(folder.path().join("x.txt"))]).unwrap_err();
        assert!(error.to_string().starts_with("there is no file or folder"));
    }
}
