//! Maps the file of a store into memory.

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// Maps a file for reading.
///
/// Its pages come from the file when they are looked at and go again when memory is short.
#[allow(unsafe_code)]
pub(super) fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the memory is only ever read as numbers for which any bits are valid, and a store's file
    // is never written again once it has its name: a new one takes its place by being renamed. Another
    // program that writes into the file, or cuts it short, while it is mapped breaks this; no program
    // can rule that out, and docs/reference/token-store.md says so.
    let map = unsafe { Mmap::map(file) }?;
    // Examples are drawn from all over the store: reading ahead at each would push out of a memory that
    // is smaller than the store what is needed next. It is advice only.
    #[cfg(unix)]
    map.advise(memmap2::Advice::Random).ok();
    Ok(map)
}
