//! Work on several threads.
//!
//! Threads end before a call returns, so that a process may fork between calls. Results are joined in
//! the order of the input, so that they do not depend on the number of threads.

pub(crate) mod ordered;
pub(crate) mod queue;
pub(crate) mod scratch_pool;

use std::num::NonZero;
use std::sync::{LockResult, OnceLock, PoisonError};
use std::thread::{self, ScopedJoinHandle};

/// Fewer bytes than this are not worth a thread.
const BYTES_PER_THREAD: usize = 1 << 15;

/// Asked once: the answer requires reading several files.
static CORES: OnceLock<Option<NonZero<usize>>> = OnceLock::new();

/// The number of threads to use: `wanted`, or one per core.
pub(crate) fn threads(wanted: Option<NonZero<usize>>) -> usize {
    wanted
        .or_else(|| *CORES.get_or_init(|| thread::available_parallelism().ok()))
        .map_or(1, NonZero::get)
}

/// The result of a thread. A panic of the thread continues here.
pub(crate) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// The value behind a lock. A panic of the thread that held it is passed on where that thread is
/// joined.
pub(crate) fn unpoisoned<T>(locked: LockResult<T>) -> T {
    locked.unwrap_or_else(PoisonError::into_inner)
}

/// Runs both closures at the same time, if a thread can be started.
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

/// Runs `work` on contiguous parts of `items`, one part per core, and returns the results in order.
pub(crate) fn in_parts<T: Sync, R: Send>(
    items: &[T],
    bytes: impl Fn(&T) -> usize,
    work: impl Fn(&[T]) -> R + Sync,
) -> Vec<R> {
    in_parts_on(None, items, bytes, work)
}

/// Like [`in_parts`], on at most `wanted` threads.
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

/// Cuts `items` into parts of at least `target` bytes; the last part may have fewer.
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
