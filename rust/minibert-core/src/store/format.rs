//! The file format of a token store: a header of fixed size, then sections whose positions follow from
//! its counts. `docs/reference/token-store.md` specifies it.

use std::collections::BTreeMap;
use std::ops::Range;

use xxhash_rust::xxh3::xxh3_64;

use crate::corpus::CorpusSummary;
use crate::tokenizer::Tokenizer;
use crate::tokenizer::vocabulary::{CONTINUATION, SpecialIds};

#[cfg(target_endian = "big")]
compile_error!("token stores are little endian and are mapped as they are");

pub(super) const MAGIC: [u8; 8] = *b"MBTOKENS";
pub(super) const VERSION: u32 = 2;
pub(super) const HEADER: usize = 512;
/// Sections begin at multiples of this, so that mapped numbers are aligned.
pub(super) const ALIGNMENT: u64 = 64;
/// The offset of a sentence is stored relative to the first sentence of its block.
pub(super) const BLOCK: usize = 1024;

/// Bits of the kind of a token.
pub(super) const REPLACEMENT: u8 = 1;
pub(super) const CONTINUES: u8 = 2;

const LAYOUTS: [&str; 5] = ["sentences", "paragraphs", "wrapped", "mixed", "files"];
const SUMMARY_AT: usize = 120;
const CHECKSUMS_AT: usize = SUMMARY_AT + 8 * (8 + LAYOUTS.len());
const CHECKSUM_AT: usize = HEADER - 8;

/// A section of the file, in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Section {
    Ids,
    SentenceOffsets,
    BlockStarts,
    DocumentStarts,
    DocumentHashes,
    TokenCounts,
    Kinds,
}

impl Section {
    pub const ALL: [Self; 7] = [
        Self::Ids,
        Self::SentenceOffsets,
        Self::BlockStarts,
        Self::DocumentStarts,
        Self::DocumentHashes,
        Self::TokenCounts,
        Self::Kinds,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Ids => "token ids",
            Self::SentenceOffsets => "sentence offsets",
            Self::BlockStarts => "block starts",
            Self::DocumentStarts => "document starts",
            Self::DocumentHashes => "document hashes",
            Self::TokenCounts => "token counts",
            Self::Kinds => "kinds",
        }
    }
}

/// The header of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub id_bytes: u32,
    pub tokenizer: u64,
    pub fingerprint: u64,
    pub made_from: [u8; 32],
    pub documents: u64,
    pub sentences: u64,
    pub tokens: u64,
    pub vocab_size: u64,
    pub special: SpecialIds,
    pub summary: CorpusSummary,
    pub checksums: [u64; 7],
}

/// Why the first bytes of a file are not a header.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum BadHeader {
    NoStore,
    Version(u32),
    Damaged,
}

impl Header {
    pub fn encode(&self) -> [u8; HEADER] {
        let mut out = [0; HEADER];
        let mut at = 0;
        let mut put = |bytes: &[u8]| {
            out[at..at + bytes.len()].copy_from_slice(bytes);
            at += bytes.len();
        };
        put(&MAGIC);
        put(&VERSION.to_le_bytes());
        put(&self.id_bytes.to_le_bytes());
        put(&self.tokenizer.to_le_bytes());
        put(&self.fingerprint.to_le_bytes());
        put(&self.made_from);
        for count in [self.documents, self.sentences, self.tokens, self.vocab_size] {
            put(&count.to_le_bytes());
        }
        let special = self.special;
        for id in [
            special.pad,
            special.unk,
            special.cls,
            special.sep,
            special.mask,
            0,
        ] {
            put(&id.to_le_bytes());
        }
        for number in summary_numbers(&self.summary)
            .into_iter()
            .chain(self.checksums)
        {
            put(&number.to_le_bytes());
        }
        let checksum = xxh3_64(&out[..CHECKSUM_AT]);
        out[CHECKSUM_AT..].copy_from_slice(&checksum.to_le_bytes());
        out
    }

    pub fn decode(bytes: &[u8; HEADER]) -> Result<Self, BadHeader> {
        if bytes[..8] != MAGIC {
            return Err(BadHeader::NoStore);
        }
        let version = u32_at(bytes, 8);
        if version != VERSION {
            return Err(BadHeader::Version(version));
        }
        if u64_at(bytes, CHECKSUM_AT) != xxh3_64(&bytes[..CHECKSUM_AT]) {
            return Err(BadHeader::Damaged);
        }
        let mut made_from = [0; 32];
        made_from.copy_from_slice(&bytes[32..64]);
        let special = SpecialIds {
            pad: u32_at(bytes, 96),
            unk: u32_at(bytes, 100),
            cls: u32_at(bytes, 104),
            sep: u32_at(bytes, 108),
            mask: u32_at(bytes, 112),
        };
        Ok(Self {
            id_bytes: u32_at(bytes, 12),
            tokenizer: u64_at(bytes, 16),
            fingerprint: u64_at(bytes, 24),
            made_from,
            documents: u64_at(bytes, 64),
            sentences: u64_at(bytes, 72),
            tokens: u64_at(bytes, 80),
            vocab_size: u64_at(bytes, 88),
            special,
            summary: summary_at(bytes),
            checksums: std::array::from_fn(|n| u64_at(bytes, CHECKSUMS_AT + 8 * n)),
        })
    }

    /// The bytes of each section, without padding; `None` if the counts cannot be right.
    pub fn sizes(&self) -> Option<[u64; 7]> {
        Some([
            self.tokens.checked_mul(u64::from(self.id_bytes))?,
            self.sentences.checked_add(1)?.checked_mul(4)?,
            (self.sentences / BLOCK as u64 + 1).checked_mul(8)?,
            self.documents.checked_add(1)?.checked_mul(8)?,
            self.documents.checked_mul(8)?,
            self.vocab_size.checked_mul(8)?,
            self.vocab_size,
        ])
    }

    /// The range of each section in the file, and the length of the file.
    pub fn ranges(&self) -> Option<([Range<u64>; 7], u64)> {
        let mut at = HEADER as u64;
        let mut ranges = [const { 0..0 }; 7];
        for (range, size) in ranges.iter_mut().zip(self.sizes()?) {
            *range = at..at.checked_add(size)?;
            at = range.end.checked_next_multiple_of(ALIGNMENT)?;
        }
        Some((ranges, at))
    }
}

/// Two bytes per id if all ids fit, else four.
pub(super) fn id_bytes(vocab_size: usize) -> u32 {
    if vocab_size <= 1 << 16 { 2 } else { 4 }
}

/// The kind of each token.
pub(super) fn kinds(tokenizer: &Tokenizer) -> Vec<u8> {
    let vocab = tokenizer.vocab();
    let kind = |id: u32| {
        let token = tokenizer.token(id).unwrap_or("[unused");
        let replaces = !vocab.special().contains(id) && !token.starts_with("[unused");
        let continues = token.starts_with(CONTINUATION);
        (u8::from(replaces) * REPLACEMENT) | (u8::from(continues) * CONTINUES)
    };
    (0..vocab.len() as u32).map(kind).collect()
}

fn summary_numbers(summary: &CorpusSummary) -> [u64; 8 + LAYOUTS.len()] {
    let mut numbers = [0; 8 + LAYOUTS.len()];
    numbers[..7].copy_from_slice(&[
        summary.files,
        summary.bytes,
        summary.documents,
        summary.sentences,
        summary.characters,
        summary.lines,
        summary.joined_lines,
    ]);
    numbers[7] = summary.wrap_width.map_or(0, |width| width as u64 + 1);
    for (number, layout) in numbers[8..].iter_mut().zip(LAYOUTS) {
        *number = summary.layouts.get(layout).copied().unwrap_or(0);
    }
    numbers
}

fn summary_at(bytes: &[u8; HEADER]) -> CorpusSummary {
    let number = |n: usize| u64_at(bytes, SUMMARY_AT + 8 * n);
    let layouts = LAYOUTS
        .iter()
        .enumerate()
        .map(|(n, name)| ((*name).to_owned(), number(8 + n)))
        .filter(|(_, count)| *count > 0);
    CorpusSummary {
        files: number(0),
        bytes: number(1),
        documents: number(2),
        sentences: number(3),
        characters: number(4),
        lines: number(5),
        joined_lines: number(6),
        wrap_width: number(7).checked_sub(1).map(|width| width as usize),
        layouts: layouts.collect::<BTreeMap<_, _>>(),
    }
}

fn u32_at(bytes: &[u8; HEADER], at: usize) -> u32 {
    let mut number = [0; 4];
    number.copy_from_slice(&bytes[at..at + 4]);
    u32::from_le_bytes(number)
}

fn u64_at(bytes: &[u8; HEADER], at: usize) -> u64 {
    let mut number = [0; 8];
    number.copy_from_slice(&bytes[at..at + 8]);
    u64::from_le_bytes(number)
}
