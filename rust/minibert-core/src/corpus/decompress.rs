//! The bytes of a source, decompressed while they are read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};

use flate2::bufread::MultiGzDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::source::{Content, SourceFile, cannot_read};
use crate::error::CorpusError;
use crate::{Error, Result};

/// The memory that zstd allows a frame by default (`--long=27`).
const ZSTD_WINDOW: u64 = 1 << 27;
const ZSTD_MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];
const GZIP_MAGIC: [u8; 2] = [0x1F, 0x8B];

/// Bytes that are read at a time. New memory is filled with zeros first; this much is still in the
/// cache then.
pub(super) const STEP: usize = 1 << 17;

/// A source that is being read.
pub(super) struct Stream<'s> {
    source: &'s SourceFile,
    decoder: Decoder<'s>,
}

enum Decoder<'s> {
    Plain(BufReader<Stored<'s>>),
    Gzip(MultiGzDecoder<BufReader<Stored<'s>>>),
    Zstd(Box<ZstdFrames<BufReader<Stored<'s>>>>),
}

impl Read for Decoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(stored) => stored.read(buffer),
            Self::Gzip(decoder) => decoder.read(buffer),
            Self::Zstd(frames) => frames.read(buffer),
        }
    }
}

impl<'s> Stream<'s> {
    /// Opens a source. Its first bytes, or else its name, say how it is compressed.
    pub fn open(source: &'s SourceFile) -> Result<Self> {
        let content = match &source.content {
            Content::File(path) => {
                Reader::File(File::open(path).map_err(|error| cannot_read(path, &error))?)
            }
            Content::Memory { bytes, .. } => Reader::Memory(bytes),
        };
        let mut stored = BufReader::new(Stored { content, read: 0 });
        let start = stored
            .fill_buf()
            .map_err(|error| unreadable(source, &error))?;
        let is = |magic: &[u8], suffix| start.starts_with(magic) || has_suffix(source, suffix);
        let decoder = if is(&GZIP_MAGIC, ".gz") {
            Decoder::Gzip(MultiGzDecoder::new(stored))
        } else if is(&ZSTD_MAGIC, ".zst") {
            Decoder::Zstd(Box::new(ZstdFrames::new(stored)))
        } else {
            Decoder::Plain(stored)
        };
        Ok(Self { source, decoder })
    }

    /// Appends `most` bytes, fewer only at the end, and returns how many.
    pub fn read_up_to(&mut self, most: usize, bytes: &mut Vec<u8>) -> Result<usize> {
        let start = bytes.len();
        let mut end = start;
        while end < start + most {
            bytes.resize((end + STEP).min(start + most), 0);
            let read = self.decoder.read(&mut bytes[end..]);
            end += *read.as_ref().unwrap_or(&0);
            bytes.truncate(end);
            match read {
                Ok(0) => break,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(self.refusal(&error)),
            }
        }
        Ok(end - start)
    }

    /// The number of bytes read so far, as stored.
    pub fn stored_bytes(&self) -> u64 {
        let stored = match &self.decoder {
            Decoder::Plain(stored) => stored,
            Decoder::Gzip(decoder) => decoder.get_ref(),
            Decoder::Zstd(frames) => &frames.source,
        };
        stored.get_ref().read
    }

    fn refusal(&self, error: &io::Error) -> Error {
        // An error of the operating system has a number, an error of a decoder has none.
        if matches!(self.decoder, Decoder::Plain(_)) || error.raw_os_error().is_some() {
            return unreadable(self.source, error);
        }
        CorpusError::NotDecompressed {
            file: self.source.name(),
            reason: error.to_string(),
        }
        .into()
    }
}

fn unreadable(source: &SourceFile, error: &io::Error) -> Error {
    cannot_read(source.name().as_ref(), error)
}

fn has_suffix(source: &SourceFile, suffix: &str) -> bool {
    let name = source.name();
    let start = name.len().saturating_sub(suffix.len());
    name.as_bytes()[start..].eq_ignore_ascii_case(suffix.as_bytes())
}

/// The stored bytes, and how many of them have been read.
struct Stored<'s> {
    content: Reader<'s>,
    read: u64,
}

enum Reader<'s> {
    File(File),
    Memory(&'s [u8]),
}

impl Read for Stored<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match &mut self.content {
            Reader::File(file) => file.read(buffer),
            Reader::Memory(bytes) => bytes.read(buffer),
        }?;
        self.read += read as u64;
        Ok(read)
    }
}

/// All frames of a zstd file (RFC 8878, section 3.1). Checksums are verified where a frame has one.
struct ZstdFrames<R> {
    source: R,
    decoder: FrameDecoder,
    state: ZstdState,
}

#[derive(PartialEq, Eq)]
enum ZstdState {
    Start,
    InFrame,
    AfterFrame,
}

impl<R: BufRead> ZstdFrames<R> {
    fn new(source: R) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(ZSTD_WINDOW);
        Self {
            source,
            decoder,
            state: ZstdState::Start,
        }
    }

    /// Begins the next frame, or skips a frame without content.
    fn begin_frame(&mut self) -> io::Result<()> {
        self.state = match self.decoder.reset(&mut self.source) {
            Ok(()) => ZstdState::InFrame,
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let mut skipped = self.source.by_ref().take(u64::from(length));
                if io::copy(&mut skipped, &mut io::sink())? < u64::from(length) {
                    return Err(refused("a skippable frame is longer than the file"));
                }
                ZstdState::AfterFrame
            }
            Err(error) => return Err(refused(error)),
        };
        Ok(())
    }

    /// Reads from the current frame; 0 at its end.
    fn read_frame(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            self.decoder
                .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(refused)?;
        }
        let read = self.decoder.read(buffer)?;
        let stated = self.decoder.get_checksum_from_data();
        if read == 0 && stated.is_some() && stated != self.decoder.get_calculated_checksum() {
            return Err(refused("its checksum is wrong"));
        }
        Ok(read)
    }
}

impl<R: BufRead> Read for ZstdFrames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if self.state == ZstdState::InFrame {
                let read = self.read_frame(buffer)?;
                if read > 0 {
                    return Ok(read);
                }
                self.state = ZstdState::AfterFrame;
            }
            if self.state == ZstdState::AfterFrame && self.source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.begin_frame()?;
        }
    }
}

fn refused(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::other(reason)
}
