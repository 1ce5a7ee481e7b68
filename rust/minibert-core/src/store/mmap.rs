//! Maps the file of a store into memory.

use std::fs::File;
use std::io;

use memmap2::Mmap;

/// Maps a file for reading.
///
/// The operating system loads its pages when they are read, and frees them when memory is short.
#[allow(unsafe_code)]
pub(super) fn map(file: &File) -> io::Result<Mmap> {
    // SAFETY: the memory is only read, as numbers for which all bit patterns are valid. The file of a
    // store is never written again once it has its name: a new store replaces it by a rename. Another
    // program that writes into the file, or truncates it, while it is mapped breaks this; no program can
    // prevent that, and docs/reference/token-store.md says so.
    let map = unsafe { Mmap::map(file) }?;
    // Examples are drawn from all over the store. If the memory is smaller than the store, reading ahead
    // at each would evict pages that are needed next. This is advice only.
    #[cfg(unix)]
    map.advise(memmap2::Advice::Random).ok();
    Ok(map)
}
