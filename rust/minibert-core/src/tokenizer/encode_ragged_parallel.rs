//! Lists of texts, and the lines of files, to ids on several threads.
//!
//! The work is cut into units, and each thread takes the next unit when it has finished one. The
//! results are joined in the order of the units, so that they do not depend on the threads.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::num::NonZero;
use std::ops::Range;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

use super::Tokenizer;
use super::encode_ragged::RaggedEncoder;
use super::ragged::Ragged;
use crate::error::CorpusError;
use crate::parallel::queue::Queue;
use crate::parallel::scratch_pool::ScratchPool;
use crate::parallel::{self, unpoisoned};
use crate::{Error, Result};

/// A unit has about this many bytes: a fraction of a millisecond of work.
const UNIT: usize = 1 << 16;

impl Tokenizer {
    /// The ids of [`Self::encode`] for each text, with `threads` threads, or one per core.
    pub fn encode_ragged(
        &self,
        texts: &[&str],
        add_special_tokens: bool,
        threads: Option<NonZero<usize>>,
    ) -> Ragged {
        let feed = |take: &mut dyn FnMut(_)| texts.iter().for_each(|&text| take(text));
        let join = |work: &mut (dyn FnMut() + Send)| work();
        self.encode_ragged_fed(texts.len(), add_special_tokens, threads, feed, join)
            .0
    }

    /// Like [`Self::encode_ragged`], for `texts` texts that `feed` passes one after the other to the
    /// function it receives. Other threads encode the first texts while more arrive. Then the calling
    /// thread joins in, by the function that `join` receives.
    pub fn encode_ragged_fed<'t, R>(
        &self,
        texts: usize,
        add_special_tokens: bool,
        threads: Option<NonZero<usize>>,
        feed: impl FnOnce(&mut dyn FnMut(&'t str)) -> R,
        join: impl FnOnce(&mut (dyn FnMut() + Send)),
    ) -> (Ragged, R) {
        let feed = |give: &mut dyn FnMut(Vec<&'t str>)| {
            let (mut unit, mut bytes) = (Vec::new(), 0);
            let returned = feed(&mut |text| {
                unit.push(text);
                bytes += text.len();
                if bytes >= UNIT {
                    let room = Vec::with_capacity(unit.len());
                    give(std::mem::replace(&mut unit, room));
                    bytes = 0;
                }
            });
            give(unit);
            returned
        };
        let encode = |unit: Vec<&str>, encoder: &mut RaggedEncoder<'_>, _: &mut Vec<u8>| {
            for text in &unit {
                encoder.push(text, add_special_tokens);
            }
            texts as f64 / unit.len() as f64
        };
        self.encode_units(threads, feed, join, encode)
    }

    /// Like [`Self::encode_ragged`], for the lines of a file; the line feed is not part of a text.
    ///
    /// The file is read one unit at a time, so it may be larger than the memory if its ids are not.
    pub fn encode_ragged_file(
        &self,
        path: &Path,
        add_special_tokens: bool,
        threads: Option<NonZero<usize>>,
    ) -> Result<Ragged> {
        let failed = |source| Error::io(path, source);
        let bytes = std::fs::metadata(path).map_err(failed)?.len() as usize;
        let units = bytes.div_ceil(UNIT);
        let errors = Mutex::new(Vec::new());
        let encode = |unit: usize, encoder: &mut RaggedEncoder<'_>, room: &mut Vec<u8>| {
            let range = unit * UNIT..(unit + 1) * UNIT;
            let lines = read_lines(path, range, room)
                .map_err(failed)
                .and_then(|lines| whole_utf8(path, &room[lines.within.clone()], lines.place));
            match lines {
                Ok(text) => text
                    .split_terminator('\n')
                    .for_each(|line| encoder.push(line, add_special_tokens)),
                Err(error) => unpoisoned(errors.lock()).push((unit, error)),
            }
            units as f64
        };
        let feed = |give: &mut dyn FnMut(usize)| (0..units).for_each(give);
        let (ragged, ()) = self.encode_units(threads, feed, |work| work(), encode);
        let errors = unpoisoned(errors.into_inner()).into_iter();
        match errors.min_by_key(|&(unit, _)| unit) {
            Some((_, error)) => Err(error),
            None => Ok(ragged),
        }
    }

    /// Encodes the units that `feed` gives on several threads, and joins the results in order. `encode`
    /// has a buffer that it may use, and returns the estimated number of units like this one in the
    /// whole input.
    fn encode_units<U: Send, R>(
        &self,
        threads: Option<NonZero<usize>>,
        feed: impl FnOnce(&mut dyn FnMut(U)) -> R,
        join: impl FnOnce(&mut (dyn FnMut() + Send)),
        encode: impl Fn(U, &mut RaggedEncoder<'_>, &mut Vec<u8>) -> f64 + Sync,
    ) -> (Ragged, R) {
        let queue = Queue::default();
        let whole = InOrder::default();
        let work = || {
            let mut encoder = RaggedEncoder::new(self);
            let mut room = Vec::new();
            while let Some((number, unit)) = queue.next() {
                let times = encode(unit, &mut encoder, &mut room);
                whole.add(number, times, &mut encoder);
            }
            encoder.end();
        };
        let returned = thread::scope(|scope| {
            let threads = parallel::threads(threads);
            let mut others = Vec::new();
            let returned = queue.feed(feed, |units| {
                // One unit is left for the calling thread.
                if units > others.len() + 1 && others.len() + 1 < threads {
                    others.push(scope.spawn(work));
                }
            });
            let mut others = Some(others);
            join(&mut || {
                work();
                for other in others.take().into_iter().flatten() {
                    parallel::joined(other);
                }
            });
            returned
        });
        (whole.into_ragged(), returned)
    }
}

/// Some lines of a file.
struct Lines {
    /// Their range in the bytes that were read.
    within: Range<usize>,
    /// Where they begin in the file.
    place: usize,
}

/// Reads the lines of a file that begin in a range of bytes.
fn read_lines(path: &Path, range: Range<usize>, room: &mut Vec<u8>) -> std::io::Result<Lines> {
    let mut file = File::open(path)?;
    // The byte before the range says whether a line begins with the range.
    let from = range.start.saturating_sub(1);
    file.seek(SeekFrom::Start(from as u64))?;
    room.clear();
    file.by_ref()
        .take((range.end - from) as u64)
        .read_to_end(room)?;
    let start = match range.start {
        0 => 0,
        _ => memchr::memchr(b'\n', room).map_or(room.len(), |feed| feed + 1),
    };
    while start < room.len() && room.last() != Some(&b'\n') {
        let read = room.len();
        file.by_ref().take(UNIT as u64).read_to_end(room)?;
        if room.len() == read {
            break;
        }
        if let Some(feed) = memchr::memchr(b'\n', &room[read..]) {
            room.truncate(read + feed + 1);
        }
    }
    Ok(Lines {
        within: start..room.len(),
        place: from + start,
    })
}

fn whole_utf8<'t>(path: &Path, text: &'t [u8], start: usize) -> Result<&'t str> {
    std::str::from_utf8(text).map_err(|error| {
        CorpusError::InvalidUtf8 {
            file: path.display().to_string(),
            offset: (start + error.valid_up_to()) as u64,
        }
        .into()
    })
}

/// Results in any order, joined in the order of their units.
#[derive(Default)]
struct InOrder {
    /// Results that wait for an earlier one, or for the thread that is appending others.
    waiting: Mutex<Vec<(usize, Ragged)>>,
    whole: Mutex<Whole>,
    /// Buffers to use again.
    spare: ScratchPool<Ragged>,
}

#[derive(Default)]
struct Whole {
    ragged: Ragged,
    /// The number of units in it.
    units: usize,
}

impl InOrder {
    /// Adds a unit. The whole result is expected to be `times` as long.
    fn add(&self, number: usize, times: f64, encoder: &mut RaggedEncoder<'_>) {
        encoder.flush();
        // No thread waits here: if another thread is appending, the unit is left for the next thread
        // that does.
        if let Ok(mut whole) = self.whole.try_lock() {
            self.add_waiting(&mut whole);
            if whole.units == number {
                if number == 0 {
                    encoder.expect_in(&mut whole.ragged, times);
                }
                encoder.append_to(&mut whole.ragged);
                whole.units += 1;
                return self.add_waiting(&mut whole);
            }
        }
        let spare = self.spare.take().unwrap_or_default();
        let unit = encoder.exchange(spare);
        unpoisoned(self.waiting.lock()).push((number, unit));
    }

    fn add_waiting(&self, whole: &mut Whole) {
        while let Some(unit) = self.take(whole.units) {
            whole.ragged.append(&unit.ids, &unit.boundaries);
            whole.units += 1;
            self.spare.give_back(unit);
        }
    }

    fn take(&self, number: usize) -> Option<Ragged> {
        let mut waiting = unpoisoned(self.waiting.lock());
        let at = waiting.iter().position(|unit| unit.0 == number)?;
        Some(waiting.swap_remove(at).1)
    }

    /// The whole result, after all threads have ended.
    fn into_ragged(self) -> Ragged {
        let mut whole = std::mem::take(&mut *unpoisoned(self.whole.lock()));
        self.add_waiting(&mut whole);
        whole.ragged
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::TokenizerOptions;
    use crate::tokenizer::encode::EncodeOptions;
    use crate::tokenizer::vocabulary::Vocab;

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
