//! Writes a token store while its tokens arrive: ids directly after the space for the header, every
//! other section into a temporary file until all ids are written.

use std::fs::{File, Permissions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use tempfile::{NamedTempFile, TempPath};
use xxhash_rust::xxh3::Xxh3Default;

use super::document_encoder::Encoded;
use super::format::{ALIGNMENT, BLOCK, HEADER, Header, Section, id_bytes, kinds};
use super::token_store::TokenStore;
use crate::corpus::CorpusSummary;
use crate::error::CorpusError;
use crate::rng::mix64;
use crate::tokenizer::Tokenizer;
use crate::tokenizer::vocabulary::SpecialIds;
use crate::{Error, Result};

const BUFFER: usize = 1 << 18;

pub(super) struct Writer {
    /// The temporary name of the file until it is complete; the file is deleted when this is dropped.
    temporary: Option<TempPath>,
    /// The path of the file, or the folder of temporary files.
    path: PathBuf,
    ids: Spool,
    sentence_offsets: Spool,
    block_starts: Spool,
    document_starts: Spool,
    document_hashes: Spool,
    token_counts: Vec<u64>,
    kinds: Vec<u8>,
    block_start: u64,
    documents: u64,
    sentences: u64,
    tokens: u64,
    id_bytes: u32,
    special: SpecialIds,
    tokenizer: u64,
    fingerprint: u64,
}

impl Writer {
    /// Begins a store at `path`, or in a file without a name that is deleted with it.
    pub fn new(tokenizer: &Tokenizer, path: Option<&Path>) -> Result<Self> {
        let folder = match path {
            Some(path) => match path.parent() {
                Some(folder) if folder != Path::new("") => folder.to_owned(),
                _ => PathBuf::from("."),
            },
            None => std::env::temp_dir(),
        };
        let shown = path.unwrap_or(&folder).to_owned();
        let refused = |source| Error::io(&shown, source);
        let (mut file, temporary) = match path {
            Some(path) => {
                let (file, name) = named(path, &folder).map_err(refused)?.into_parts();
                (file, Some(name))
            }
            None => (tempfile::tempfile_in(&folder).map_err(refused)?, None),
        };
        file.seek(SeekFrom::Start(HEADER as u64)).map_err(refused)?;
        let spool = || {
            let file = tempfile::tempfile_in(&folder)?;
            Ok(Spool::new(file))
        };
        let mut writer = Self {
            temporary,
            ids: Spool::new(file),
            sentence_offsets: spool().map_err(refused)?,
            block_starts: spool().map_err(refused)?,
            document_starts: spool().map_err(refused)?,
            document_hashes: spool().map_err(refused)?,
            path: shown.clone(),
            token_counts: vec![0; tokenizer.vocab().len()],
            kinds: kinds(tokenizer),
            block_start: 0,
            documents: 0,
            sentences: 0,
            tokens: 0,
            id_bytes: id_bytes(tokenizer.vocab().len()),
            special: tokenizer.vocab().special(),
            tokenizer: tokenizer.fingerprint(),
            fingerprint: mix64(tokenizer.fingerprint()),
        };
        writer.begin_sentence()?;
        writer.begin_document().map_err(refused)?;
        Ok(writer)
    }

    /// Adds documents; sentences and documents without tokens are skipped.
    pub fn push(&mut self, encoded: &Encoded) -> Result<()> {
        self.push_ids(&encoded.sentences.ids)
            .map_err(|source| Error::io(&self.path, source))?;
        let ends = encoded.sentences.boundaries.windows(2);
        let mut lengths = ends.map(|ends| ends[1] - ends[0]);
        for &(sentences, hash) in &encoded.documents {
            let before = self.sentences;
            for length in lengths.by_ref().take(sentences).filter(|&len| len > 0) {
                self.tokens += length as u64;
                self.sentences += 1;
                self.fingerprint = mix64(self.fingerprint ^ length as u64);
                self.begin_sentence()?;
            }
            if self.sentences > before {
                self.documents += 1;
                self.fingerprint = mix64(self.fingerprint ^ hash);
                self.document_hashes
                    .write(&hash.to_le_bytes())
                    .and_then(|()| self.begin_document())
                    .map_err(|source| Error::io(&self.path, source))?;
            }
        }
        Ok(())
    }

    fn push_ids(&mut self, ids: &[u32]) -> io::Result<()> {
        for &id in ids {
            self.token_counts[id as usize] += 1;
        }
        if self.id_bytes == 4 {
            return self.ids.write(bytemuck::cast_slice(ids));
        }
        let mut narrow = [0_u16; 4096];
        for part in ids.chunks(narrow.len()) {
            for (narrow, &id) in narrow.iter_mut().zip(part) {
                *narrow = id as u16;
            }
            self.ids
                .write(bytemuck::cast_slice(&narrow[..part.len()]))?;
        }
        Ok(())
    }

    /// Writes where the next sentence begins, which is also where the last one ends.
    fn begin_sentence(&mut self) -> Result<()> {
        let mut noted = Ok(());
        if self.sentences.is_multiple_of(BLOCK as u64) {
            self.block_start = self.tokens;
            noted = self.block_starts.write(&self.tokens.to_le_bytes());
        }
        let offset = u32::try_from(self.tokens - self.block_start).map_err(|_| {
            CorpusError::SentencesTooLong {
                sentence: self.sentences,
                sentences: BLOCK,
                limit: u32::MAX,
            }
        })?;
        noted
            .and_then(|()| self.sentence_offsets.write(&offset.to_le_bytes()))
            .map_err(|source| Error::io(&self.path, source))
    }

    fn begin_document(&mut self) -> io::Result<()> {
        self.document_starts.write(&self.sentences.to_le_bytes())
    }

    /// Joins the sections, writes the header, renames the file and opens it.
    pub fn finish(self, summary: CorpusSummary, made_from: [u8; 32]) -> Result<TokenStore> {
        let path = self.path.clone();
        let (file, header) = self
            .put_together(summary, made_from)
            .map_err(|source| Error::io(&path, source))?;
        TokenStore::of_file(&file, header, &path)
    }

    fn put_together(
        mut self,
        summary: CorpusSummary,
        made_from: [u8; 32],
    ) -> io::Result<(File, Header)> {
        let mut checksums = [0; 7];
        checksums[Section::Ids as usize] = self.ids.fill_up()?;
        let out = &mut self.ids.file;
        for (section, spool) in [
            (Section::SentenceOffsets, self.sentence_offsets),
            (Section::BlockStarts, self.block_starts),
            (Section::DocumentStarts, self.document_starts),
            (Section::DocumentHashes, self.document_hashes),
        ] {
            checksums[section as usize] = spool.move_into(out)?;
        }
        let counts: &[u8] = bytemuck::cast_slice(&self.token_counts);
        for (section, bytes) in [
            (Section::TokenCounts, counts),
            (Section::Kinds, &self.kinds),
        ] {
            let mut last = Spool::new(out.try_clone()?);
            last.write(bytes)?;
            checksums[section as usize] = last.fill_up()?;
        }
        let header = Header {
            id_bytes: self.id_bytes,
            tokenizer: self.tokenizer,
            fingerprint: self.fingerprint,
            made_from,
            documents: self.documents,
            sentences: self.sentences,
            tokens: self.tokens,
            vocab_size: self.kinds.len() as u64,
            special: self.special,
            summary,
            checksums,
        };
        out.seek(SeekFrom::Start(0))?;
        out.write_all(&header.encode())?;
        if let Some(temporary) = self.temporary {
            out.sync_all()?;
            temporary.persist(&self.path).map_err(|error| error.error)?;
            sync_folder_of(&self.path);
        }
        Ok((self.ids.file, header))
    }

    pub fn tokens(&self) -> u64 {
        self.tokens
    }
}

fn named(path: &Path, folder: &Path) -> io::Result<NamedTempFile> {
    let mut prefix = std::ffi::OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    // The permissions of any new file; the umask removes those that it should not have.
    #[cfg(unix)]
    builder.permissions(<Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o666));
    builder.tempfile_in(folder)
}

/// Makes the new name durable, where folders can be synchronized.
fn sync_folder_of(path: &Path) {
    if let Some(folder) = path.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).ok();
    }
}

/// A file that is written sequentially, with its checksum.
struct Spool {
    file: File,
    buffer: Vec<u8>,
    checksum: Xxh3Default,
    bytes: u64,
}

impl Spool {
    fn new(file: File) -> Self {
        Self {
            file,
            buffer: Vec::new(),
            checksum: Xxh3Default::new(),
            bytes: 0,
        }
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= BUFFER {
            self.flush()?;
        }
        Ok(())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.checksum.update(&self.buffer);
        self.bytes += self.buffer.len() as u64;
        self.file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Pads the section to a multiple of the alignment; returns its checksum.
    fn fill_up(&mut self) -> io::Result<u64> {
        self.flush()?;
        let end = self.bytes.next_multiple_of(ALIGNMENT);
        let filling = [0; ALIGNMENT as usize];
        self.write(&filling[..(end - self.bytes) as usize])?;
        self.flush()?;
        Ok(self.checksum.digest())
    }

    fn move_into(mut self, out: &mut File) -> io::Result<u64> {
        let checksum = self.fill_up()?;
        self.file.seek(SeekFrom::Start(0))?;
        io::copy(&mut self.file, out)?;
        Ok(checksum)
    }
}
