//! Reads a store once from end to end before it is used, so that any damage by a disk, a copy or
//! another program is found here.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

use xxhash_rust::xxh3::Xxh3Default;

use super::format::{ALIGNMENT, BadHeader, HEADER, Header, Section, VERSION};
use super::token_store::TokenStore;
use crate::error::StoreError;
use crate::{Error, Result};

/// Numbers of 8 bytes that are read at a time.
const BUFFER: usize = 1 << 15;

/// Reads the header and checks it against the length of the file.
pub(super) fn header(file: &mut File, path: &Path) -> Result<Header> {
    let refused = |source| Error::io(path, source);
    let length = file.metadata().map_err(refused)?.len();
    let mut bytes = [0; HEADER];
    file.read_exact(&mut bytes)
        .map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => not_a_store(path),
            _ => refused(error),
        })?;
    let header = Header::decode(&bytes).map_err(|bad| match bad {
        BadHeader::NoStore => not_a_store(path),
        BadHeader::Version(version) => StoreError::OtherVersion {
            path: path.display().to_string(),
            version,
            supported: VERSION,
        }
        .into(),
        BadHeader::Damaged => Error::damaged_store(path, "its header is not what was written"),
    })?;
    let is_known = matches!(header.id_bytes, 2 | 4) && header.documents > 0;
    match header.ranges() {
        Some((_, end)) if end == length && is_known => Ok(header),
        Some((_, end)) if is_known => Err(Error::damaged_store(
            path,
            format!("it has {length} bytes and should have {end}"),
        )),
        _ => Err(Error::damaged_store(
            path,
            "its header's numbers make no sense",
        )),
    }
}

/// Verifies the checksum of every section, and that all ids are in the vocabulary.
pub(super) fn sections(file: &mut File, header: &Header, path: &Path) -> Result<()> {
    let (ranges, _) = header
        .ranges()
        .ok_or_else(|| Error::damaged_store(path, "its header's numbers make no sense"))?;
    for (section, range) in Section::ALL.into_iter().zip(ranges) {
        let (checksum, largest) =
            read(file, section, &range, header).map_err(|source| Error::io(path, source))?;
        let name = section.name();
        if checksum != header.checksums[section as usize] {
            return Err(Error::damaged_store(
                path,
                format!("its {name} are not what was written"),
            ));
        }
        if largest >= header.vocab_size {
            let reason = format!("its {name} go beyond its vocabulary");
            return Err(Error::damaged_store(path, reason));
        }
    }
    Ok(())
}

/// The checksum of a section, and the largest id if it is the section of ids.
fn read(
    file: &mut File,
    section: Section,
    range: &Range<u64>,
    header: &Header,
) -> io::Result<(u64, u64)> {
    let mut checksum = Xxh3Default::new();
    let mut largest = 0;
    let mut buffer = vec![0_u64; BUFFER];
    let bytes: &mut [u8] = bytemuck::cast_slice_mut(&mut buffer);
    file.seek(SeekFrom::Start(range.start))?;
    let mut left = range.end.next_multiple_of(ALIGNMENT) - range.start;
    while left > 0 {
        let part = &mut bytes[..left.min(8 * BUFFER as u64) as usize];
        file.read_exact(part)?;
        checksum.update(part);
        left -= part.len() as u64;
        if section == Section::Ids {
            let ids = if header.id_bytes == 2 {
                largest_of::<u16>(part)
            } else {
                largest_of::<u32>(part)
            };
            largest = largest.max(ids);
        }
    }
    Ok((checksum.digest(), largest))
}

fn largest_of<T: bytemuck::AnyBitPattern + Ord + Default + Into<u64>>(bytes: &[u8]) -> u64 {
    let ids: &[T] = bytemuck::cast_slice(bytes);
    ids.iter().fold(T::default(), |a, &b| a.max(b)).into()
}

/// Checks boundaries, counts and special ids against each other.
pub(super) fn contents(store: &TokenStore, path: &Path) -> Result<()> {
    let starts = (0..=store.sentences()).map(|sentence| store.sentence_start(sentence));
    if !ascends(starts, store.tokens()) {
        return Err(Error::damaged_store(
            path,
            "its sentences do not follow one another",
        ));
    }
    let starts = store
        .document_starts()
        .iter()
        .map(|&start| usize::try_from(start).unwrap_or(usize::MAX));
    if !ascends(starts, store.sentences()) {
        return Err(Error::damaged_store(
            path,
            "its documents do not follow one another",
        ));
    }
    let counts = store.token_counts();
    let counted = counts
        .iter()
        .try_fold(0_u64, |sum, &count| sum.checked_add(count));
    if counted != Some(store.tokens() as u64) {
        return Err(Error::damaged_store(
            path,
            "its token counts do not add up to its tokens",
        ));
    }
    let ids = store.special().all();
    if ids.iter().any(|&id| id as usize >= counts.len()) {
        return Err(Error::damaged_store(
            path,
            "its special tokens are beyond its vocabulary",
        ));
    }
    Ok(())
}

/// Whether the numbers are strictly ascending from 0 to `end`.
fn ascends(numbers: impl Iterator<Item = usize>, end: usize) -> bool {
    let mut last = None;
    for number in numbers {
        if last.map_or(number != 0, |last| last >= number) {
            return false;
        }
        last = Some(number);
    }
    last == Some(end)
}

fn not_a_store(path: &Path) -> Error {
    let path = path.display().to_string();
    StoreError::NotAStore { path }.into()
}
