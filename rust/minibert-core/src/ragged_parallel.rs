//! Lists of texts, and the lines of files, to ids on several threads.
//!
//! The work is cut into units, of which each thread takes the next one when it has done one; what they
//! made is put together in the order of the units, so that it never depends on the threads.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::num::NonZero;
use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::parallel;
use crate::ragged::{Ragged, RaggedEncoder};
use crate::tokenizer::Tokenizer;
use crate::{Error, Result};

/// A unit is about this many bytes: a millisecond of work.
const UNIT: usize = 1 << 18;

impl Tokenizer {
    /// The ids of [`Self::encode`] of each text, by at most so many threads: as many as there are cores
    /// if nothing is said.
    pub fn encode_ragged(
        &self,
        texts: &[&str],
        add_special_tokens: bool,
        threads: Option<NonZero<usize>>,
    ) -> Ragged {
        let units = units(texts);
        self.encode_units(units.len(), threads, |unit, encoder| {
            for text in &texts[units[unit].clone()] {
                encoder.push(text, add_special_tokens);
            }
            units[unit].len()
        })
    }

    /// As [`Self::encode_ragged`], of the lines of a file, each a text without its line feed.
    ///
    /// The file is read a unit at a time: it may be larger than the memory, if its ids are not.
    pub fn encode_ragged_file(
        &self,
        path: &Path,
        add_special_tokens: bool,
        threads: Option<NonZero<usize>>,
    ) -> Result<Ragged> {
        let failed = |source| Error::Io {
            path: path.to_path_buf(),
            source,
        };
        let bytes = std::fs::metadata(path).map_err(failed)?.len() as usize;
        let errors = Mutex::new(Vec::new());
        let ragged = self.encode_units(bytes.div_ceil(UNIT), threads, |unit, encoder| {
            let range = unit * UNIT..(unit + 1) * UNIT;
            let texts = lines_from(path, range)
                .map_err(failed)
                .and_then(|(text, start)| whole_utf8(path, text, start))
                .map(|text| push_lines(&text, add_special_tokens, encoder));
            texts.unwrap_or_else(|error| {
                errors
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner)
                    .push((unit, error));
                0
            })
        });
        let errors = errors
            .into_inner()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        match errors.into_iter().min_by_key(|&(unit, _)| unit) {
            Some((_, error)) => Err(error),
            None => Ok(ragged),
        }
    }

    /// Lets threads encode one unit after the other by `encode`, which gives the number of texts in it.
    fn encode_units(
        &self,
        units: usize,
        threads: Option<NonZero<usize>>,
        encode: impl Fn(usize, &mut RaggedEncoder<'_>) -> usize + Sync,
    ) -> Ragged {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut encoder = RaggedEncoder::new(self);
            let mut done = Vec::new();
            loop {
                let unit = next.fetch_add(1, Ordering::Relaxed);
                if unit >= units {
                    break (encoder.take(), done);
                }
                done.push((unit, encode(unit, &mut encoder)));
            }
        };
        let threads = parallel::threads(threads).min(units);
        if threads <= 1 {
            return work().0;
        }
        put_in_order(&parallel::on_threads(threads, work))
    }
}

/// Ranges of neighbouring texts.
fn units(texts: &[&str]) -> Vec<Range<usize>> {
    let mut units = Vec::new();
    let (mut start, mut bytes) = (0, 0);
    for (index, text) in texts.iter().enumerate() {
        bytes += text.len();
        if bytes >= UNIT {
            units.push(start..index + 1);
            (start, bytes) = (index + 1, 0);
        }
    }
    units.push(start..texts.len());
    units
}

/// The lines of a file that begin in a range of its bytes, and where the first does.
fn lines_from(path: &Path, range: Range<usize>) -> std::io::Result<(Vec<u8>, usize)> {
    let mut file = File::open(path)?;
    // Whether a line begins with the range, the byte before tells.
    let from = range.start.saturating_sub(1);
    file.seek(SeekFrom::Start(from as u64))?;
    let mut text = Vec::with_capacity(2 * UNIT);
    file.by_ref()
        .take((range.end - from) as u64)
        .read_to_end(&mut text)?;
    let start = match range.start {
        0 => 0,
        _ => memchr::memchr(b'\n', &text).map_or(text.len(), |feed| feed + 1),
    };
    if start == text.len() {
        return Ok((Vec::new(), from + start));
    }
    while text.last() != Some(&b'\n') {
        let read = text.len();
        file.by_ref().take(UNIT as u64).read_to_end(&mut text)?;
        if text.len() == read {
            break;
        }
        if let Some(feed) = memchr::memchr(b'\n', &text[read..]) {
            text.truncate(read + feed + 1);
        }
    }
    text.drain(..start);
    Ok((text, from + start))
}

fn whole_utf8(path: &Path, text: Vec<u8>, start: usize) -> Result<String> {
    String::from_utf8(text).map_err(|error| {
        Error::Corpus(format!(
            "{}: not UTF-8 at byte {}; convert it to UTF-8 first",
            path.display(),
            start + error.utf8_error().valid_up_to()
        ))
    })
}

/// Encodes each line; gives their number.
fn push_lines(text: &str, add_special_tokens: bool, encoder: &mut RaggedEncoder<'_>) -> usize {
    let lines = text.split_terminator('\n');
    lines
        .map(|line| encoder.push(line, add_special_tokens))
        .count()
}

/// What a thread made, and the units in the order it did them, with the number of texts of each.
type Part = (Ragged, Vec<(usize, usize)>);

/// What became of a unit.
struct Made<'p> {
    unit: usize,
    ids: &'p [u32],
    /// Where its ids begin among those of the thread, and where those of each text end.
    start: usize,
    ends: &'p [usize],
}

fn put_in_order(parts: &[Part]) -> Ragged {
    let mut made: Vec<Made<'_>> = parts.iter().flat_map(by_unit).collect();
    made.sort_unstable_by_key(|made| made.unit);
    let ids = made.iter().map(|made| made.ids.len()).sum();
    let texts: usize = made.iter().map(|made| made.ends.len()).sum();
    let mut whole = Ragged {
        ids: vec![0; ids],
        boundaries: vec![0; texts + 1],
    };
    let (mut ids, mut ends) = (whole.ids.as_mut_slice(), &mut whole.boundaries[1..]);
    let mut before = 0;
    let copies = made.iter().map(|made| {
        let to_ids = ids.split_off_mut(..made.ids.len()).unwrap_or_default();
        let to_ends = ends.split_off_mut(..made.ends.len()).unwrap_or_default();
        before += made.ids.len();
        (made, before - made.ids.len(), to_ids, to_ends)
    });
    let copies = Mutex::new(copies.collect::<Vec<_>>().into_iter());
    parallel::on_threads(parts.len(), || {
        while let Some((made, before, ids, ends)) =
            copies.lock().ok().and_then(|mut copies| copies.next())
        {
            ids.copy_from_slice(made.ids);
            for (to, end) in ends.iter_mut().zip(made.ends) {
                *to = before + (end - made.start);
            }
        }
    });
    drop(copies);
    whole
}

fn by_unit((ragged, units): &Part) -> impl Iterator<Item = Made<'_>> {
    let mut done = 0;
    units.iter().map(move |&(unit, texts)| {
        let start = ragged.boundaries[done];
        let ends = &ragged.boundaries[done + 1..=done + texts];
        done += texts;
        Made {
            unit,
            ids: &ragged.ids[start..ragged.boundaries[done]],
            start,
            ends,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::EncodeOptions;
    use crate::options::TokenizerOptions;
    use crate::vocab::Vocab;

    fn tokenizer() -> Tokenizer {
        let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##a\nc\n.";
        let vocab = Vocab::from_lines(lines).unwrap();
        Tokenizer::new(vocab, TokenizerOptions::default()).unwrap()
    }

    /// Three units and a little, with a line that goes over all of one.
    fn text() -> String {
        let long = "b. ".repeat(UNIT / 2);
        let lines = (0..UNIT / 4).map(|n| "a baa c [MASK] \u{e4}a"[..n % 16].to_owned());
        let lines: Vec<String> = lines
            .chain([long])
            .chain((0..9).map(|_| "c".to_owned()))
            .collect();
        lines.join("\n") + "\n"
    }

    #[test]
    fn the_number_of_threads_changes_nothing() {
        let (tokenizer, text) = (tokenizer(), text());
        let texts: Vec<&str> = text.lines().collect();
        for special in [false, true] {
            let options = EncodeOptions {
                add_special_tokens: special,
                ..EncodeOptions::default()
            };
            let one = tokenizer.encode_ragged(&texts, special, NonZero::new(1));
            assert_eq!(one.boundaries.len(), texts.len() + 1);
            for (index, text) in texts.iter().enumerate().step_by(101) {
                let ids = &one.ids[one.boundaries[index]..one.boundaries[index + 1]];
                assert_eq!(ids, tokenizer.encode(text, None, &options).unwrap().ids());
            }
            for threads in [2, 5] {
                assert_eq!(
                    tokenizer.encode_ragged(&texts, special, NonZero::new(threads)),
                    one
                );
            }
        }
    }

    #[test]
    fn the_lines_of_a_file_are_texts() {
        let tokenizer = tokenizer();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines.txt");
        for text in [
            text(),
            String::new(),
            "a\n\nb".to_owned(),
            "\n".repeat(2 * UNIT + 1),
        ] {
            std::fs::write(&path, &text).unwrap();
            let texts: Vec<&str> = text.lines().collect();
            for threads in [1, 3] {
                let read = tokenizer
                    .encode_ragged_file(&path, true, NonZero::new(threads))
                    .unwrap();
                assert_eq!(read, tokenizer.encode_ragged(&texts, true, None));
            }
        }
    }

    #[test]
    fn the_first_byte_that_is_not_utf_8_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines.txt");
        let mut bytes = text().into_bytes();
        bytes[UNIT + 5] = 0xFF;
        bytes[2 * UNIT] = 0xFF;
        std::fs::write(&path, &bytes).unwrap();
        let error = tokenizer()
            .encode_ragged_file(&path, true, NonZero::new(2))
            .unwrap_err();
        assert!(
            error.to_string().contains(&format!("at byte {}", UNIT + 5)),
            "{error}"
        );
    }
}
