//! Many texts at once, on every core.
//!
//! Threads live no longer than the call, so that a process may fork between calls; what they find is
//! put together in the order of the texts, so that it never depends on their number.

use std::num::NonZero;
use std::sync::{LockResult, OnceLock, PoisonError};
use std::thread::{self, ScopedJoinHandle};

use crate::encode::{EncodeOptions, Scratch};
use crate::encoding::Encoding;
use crate::tokenizer::Tokenizer;
use crate::{Error, Result};

/// Texts with fewer bytes than this are not worth a thread.
const BYTES_PER_THREAD: usize = 1 << 15;

impl Tokenizer {
    /// [`Self::encode`] of each text or pair, padded together, on as many threads as are asked for, or
    /// on every core.
    pub fn encode_batch(
        &self,
        texts: &[(&str, Option<&str>)],
        options: &EncodeOptions,
        threads: Option<NonZero<usize>>,
    ) -> Result<Vec<Encoding>> {
        let len = |(text, pair): &(&str, Option<&str>)| text.len() + pair.map_or(0, str::len);
        let parts = in_parts_on(threads, texts, len, |part| {
            let mut scratch = Scratch::default();
            let mut encodings = Vec::with_capacity(part.len());
            for &(text, pair) in part {
                match self.encode_unpadded(text, pair, options, &mut scratch) {
                    Ok(encoding) => encodings.push(encoding),
                    Err(error) => return (encodings, Some(error)),
                }
            }
            (encodings, None)
        });
        let mut whole = Vec::with_capacity(texts.len());
        for (encodings, error) in parts {
            whole.extend(encodings);
            if let Some(error) = error {
                return Err(in_batch(error, whole.len()));
            }
        }
        if let Some(padding) = &options.padding {
            padding.pad(&mut whole, self.vocab().special().pad);
        }
        Ok(whole)
    }
}

/// Says of which text of a batch an error is.
fn in_batch(error: Error, index: usize) -> Error {
    match error {
        Error::Text(message) => Error::Text(format!("text {index} of the batch: {message}")),
        Error::Option(message) => Error::Option(format!("text {index} of the batch: {message}")),
        other => other,
    }
}

/// Asked once: the answer takes reading several files.
static CORES: OnceLock<Option<NonZero<usize>>> = OnceLock::new();

/// The number of threads to use: what is wanted, or one a core.
pub(crate) fn threads(wanted: Option<NonZero<usize>>) -> usize {
    wanted
        .or_else(|| *CORES.get_or_init(|| thread::available_parallelism().ok()))
        .map_or(1, NonZero::get)
}

/// What a thread made; its panic goes on here.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// What a lock protects. A thread that panicked has its panic passed on when it is joined.
pub(crate) fn unpoisoned<T>(locked: LockResult<T>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}

/// Runs both at once, if a thread is to be had.
pub(crate) fn both<A: Send, B>(a: impl Fn() -> A + Sync, b: impl FnOnce() -> B) -> (A, B) {
    thread::scope(|scope| {
        let spawned = thread::Builder::new().spawn_scoped(scope, &a);
        let b = b();
        let a = match spawned {
            Ok(thread) => joined(thread),
            Err(_) => a(),
        };
        (a, b)
    })
}

/// Runs `work` on neighbouring parts of `items`, one part a core, and returns the results in order.
pub(crate) fn in_parts<T: Sync, R: Send>(
    items: &[T],
    bytes: impl Fn(&T) -> usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    in_parts_on(None, items, bytes, work)
}

/// As [`in_parts`], on at most so many threads if a number is given.
pub(crate) fn in_parts_on<T: Sync, R: Send>(
    wanted: Option<NonZero<usize>>,
    items: &[T],
    bytes: impl Fn(&T) -> usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    let total: usize = items.iter().map(&bytes).sum();
    let threads = threads(wanted).min(total / BYTES_PER_THREAD).max(1);
    if threads == 1 {
        return vec![work(items)];
    }
    let parts = split(items, bytes, total.div_ceil(threads));
    let work = &work;
    thread::scope(|scope| {
        let running: Vec<_> = parts
            .into_iter()
            .map(|part| scope.spawn(move || work(part)))
            .collect();
        running.into_iter().map(joined).collect()
    })
}

/// Cuts `items` into parts of at least `target` bytes; the last may have fewer.
fn split<T>(items: &[T], bytes: impl Fn(&T) -> usize, target: usize) -> Vec<&[T]> {
    let mut parts = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (index, item) in items.iter().enumerate() {
        size += bytes(item);
        if size >= target {
            parts.push(&items[start..=index]);
            (start, size) = (index + 1, 0);
        }
    }
    parts.push(&items[start..]);
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::options::TokenizerOptions;
    use crate::vocab::Vocab;

    fn tokenizer() -> Tokenizer {
        let lines = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\n##a";
        Tokenizer::new(
            Vocab::from_lines(lines).unwrap(),
            TokenizerOptions::default(),
        )
        .unwrap()
    }

    #[test]
    fn many_texts_in_parallel_give_what_each_gives_alone() {
        let texts: Vec<String> = (0..3000)
            .map(|n| "a baa c ".repeat(n % 7) + &"a".repeat(n % 50))
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let tokenizer = tokenizer();
        let ragged = tokenizer.encode_ragged(&texts, true, None);
        let pairs: Vec<_> = texts.iter().map(|&text| (text, None)).collect();
        let options = EncodeOptions::default();
        let encodings = tokenizer.encode_batch(&pairs, &options, None).unwrap();
        for threads in [1, 2, 7].map(NonZero::new) {
            let found = tokenizer.encode_batch(&pairs, &options, threads).unwrap();
            assert_eq!(found, encodings);
        }
        assert_eq!(ragged.boundaries.len(), texts.len() + 1);
        for (index, text) in texts.iter().enumerate() {
            let alone = tokenizer.encode(text, None, &options).unwrap();
            let ids = &ragged.ids[ragged.boundaries[index]..ragged.boundaries[index + 1]];
            assert_eq!(ids, alone.ids());
            assert_eq!(encodings[index], alone);
        }
    }

    #[test]
    fn no_texts_give_no_ids_and_one_boundary() {
        let ragged = tokenizer().encode_ragged(&[], true, None);
        assert_eq!((ragged.ids.len(), ragged.boundaries), (0, vec![0]));
        let options = EncodeOptions::default();
        let encodings = tokenizer().encode_batch(&[], &options, None).unwrap();
        assert!(encodings.is_empty());
    }
}
