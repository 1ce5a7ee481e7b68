//! The text station: files of any layout become documents of sentences, read a file or 16 MiB of
//! it at a time, or blocks of words, read a little at a time.

mod blocks;
mod documents;
mod layout;
mod lines;
mod parts;
mod sentences;
mod source;
mod stream;
mod utf8;
mod wrap;

use std::collections::BTreeMap;

pub use blocks::{Block, Blocks, CutRun};
pub use documents::Document;
use documents::{Section, Seen};
pub use layout::Layout;
use parts::{PART, Parts};
pub use sentences::sentences;
use source::Source;
pub use source::{Errors, Input};

use crate::parallel::in_parts;
use crate::{Error, Result};

/// Text that is cut into sentences at once, in bytes: enough for every thread, and little enough
/// for progress to be seen and a wish to stop to be heard.
const BATCH: usize = 1 << 20;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CorpusOptions {
    /// Found by looking at each file when not given.
    pub layout: Option<Layout>,
    pub errors: Errors,
}

/// The files of a corpus, found but not kept: each walk over the documents reads them again.
#[derive(Debug, Clone)]
pub struct Corpus {
    sources: Vec<Source>,
    options: CorpusOptions,
}

/// What a walk over a corpus has seen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorpusSummary {
    pub files: u64,
    /// As stored, before decompression.
    pub bytes: u64,
    pub documents: u64,
    pub sentences: u64,
    pub characters: u64,
    /// Lines that hold text.
    pub lines: u64,
    /// Lines that were joined to the line before.
    pub joined_lines: u64,
    /// The widest that a file's lines are wrapped at.
    pub wrap_width: Option<usize>,
    /// Files by layout: `sentences`, `paragraphs`, `wrapped`, `mixed` (wrapped and unwrapped
    /// paragraphs in one file) or `files`.
    pub layouts: BTreeMap<String, u64>,
}

/// How far a walk has come, in bytes as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub bytes: u64,
    pub total_bytes: u64,
    pub documents: u64,
    pub sentences: u64,
}

/// Told how far the work is; an error, such as [`Error::Cancelled`], stops it.
pub type OnProgress<'a> = &'a mut dyn FnMut(Progress) -> Result<()>;

impl Corpus {
    /// Finds the files, without reading them.
    pub fn open(inputs: &[Input], options: CorpusOptions) -> Result<Self> {
        Ok(Self {
            sources: source::find(inputs)?,
            options,
        })
    }

    /// The files of the corpus, in the order they are read.
    pub fn names(&self) -> Vec<String> {
        self.sources.iter().map(Source::name).collect()
    }

    /// Bytes of all files, as stored.
    pub fn stored_bytes(&self) -> u64 {
        self.sources.iter().map(|source| source.size).sum()
    }

    /// The text in blocks of bounded size, in the order of the files, for its words alone.
    pub fn blocks(&self) -> Blocks<'_> {
        Blocks::new(self)
    }

    /// Gives every document in order, one at a time.
    pub fn for_each_document(
        &self,
        each: &mut dyn FnMut(Document) -> Result<()>,
    ) -> Result<CorpusSummary> {
        self.for_each_batch(&mut |documents, _| documents.into_iter().try_for_each(&mut *each))
    }

    /// Gives the documents in order, many at a time, for work that is done in parallel.
    pub fn for_each_batch(
        &self,
        each: &mut dyn FnMut(Vec<Document>, Progress) -> Result<()>,
    ) -> Result<CorpusSummary> {
        let mut summary = CorpusSummary::default();
        for source in &self.sources {
            let before = summary.bytes;
            let mut parts = self.parts(source)?;
            let mut of_source: Option<Seen> = None;
            while let Some(text) = parts.next()? {
                // A part of a long file is as a file among many.
                let is_part = of_source.is_some() || !parts.is_done();
                let files = if is_part {
                    usize::MAX
                } else {
                    self.sources.len()
                };
                let (sections, seen) = documents::sections(&text, files, self.options.layout);
                drop(text);
                self.give(sections, before + parts.stored_bytes(), &mut summary, each)?;
                of_source = Some(match of_source {
                    Some(of_source) => of_source.and(&seen),
                    None => seen,
                });
            }
            match of_source.filter(|seen| seen.lines > 0) {
                Some(seen) => summary.add(&seen),
                None if source.named => return Err(source.refuse_as_empty()),
                None => {}
            }
            summary.files += 1;
            summary.bytes = before + source.size;
        }
        if summary.sentences == 0 {
            return Err(self.refuse_as_empty());
        }
        Ok(summary)
    }

    fn parts<'c>(&self, source: &'c Source) -> Result<Parts<'c>> {
        let most = match self.options.layout {
            Some(Layout::Files) => usize::MAX,
            _ => PART,
        };
        Parts::new(source, self.options.errors, most)
    }

    /// Gives the documents of a part of a file; with the last, so many bytes have been read.
    fn give(
        &self,
        sections: Vec<Section>,
        end: u64,
        summary: &mut CorpusSummary,
        each: &mut dyn FnMut(Vec<Document>, Progress) -> Result<()>,
    ) -> Result<()> {
        let start = summary.bytes;
        let total_bytes = self.stored_bytes();
        let text_bytes: usize = sections.iter().map(|section| section.bytes).sum();
        let mut done = 0;
        for batch in batches(sections) {
            done += batch.iter().map(|section| section.bytes).sum::<usize>();
            let documents = cut(&batch);
            summary.count(&documents);
            let share = done as f64 / text_bytes.max(1) as f64;
            summary.bytes = start + ((end - start) as f64 * share) as u64;
            let progress = Progress {
                bytes: summary.bytes,
                total_bytes,
                documents: summary.documents,
                sentences: summary.sentences,
            };
            each(documents, progress)?;
        }
        Ok(())
    }

    fn refuse_as_empty(&self) -> Error {
        Error::Corpus(format!(
            "none of the {} files of the corpus holds any text",
            self.sources.len()
        ))
    }
}

fn cut(sections: &[Section]) -> Vec<Document> {
    let parts = in_parts(
        sections,
        |section| section.bytes,
        |part| part.iter().flat_map(Section::documents).collect::<Vec<_>>(),
    );
    parts.into_iter().flatten().collect()
}

fn batches(sections: Vec<Section>) -> impl Iterator<Item = Vec<Section>> {
    let mut sections = sections.into_iter();
    std::iter::from_fn(move || {
        let mut batch = Vec::new();
        let mut bytes = 0;
        while bytes < BATCH {
            let Some(section) = sections.next() else {
                break;
            };
            bytes += section.bytes;
            batch.push(section);
        }
        (!batch.is_empty()).then_some(batch)
    })
}

impl CorpusSummary {
    fn count(&mut self, documents: &[Document]) {
        self.documents += documents.len() as u64;
        for document in documents {
            self.sentences += document.sentences.len() as u64;
            self.characters += document
                .sentences
                .iter()
                .map(|sentence| sentence.chars().count() as u64)
                .sum::<u64>();
        }
    }

    fn add(&mut self, seen: &Seen) {
        self.lines += seen.lines as u64;
        self.joined_lines += seen.joined_lines as u64;
        if seen.layout == "wrapped" || seen.layout == "mixed" {
            self.wrap_width = self.wrap_width.max(seen.wrap_width);
        }
        *self.layouts.entry(seen.layout.to_owned()).or_default() += 1;
    }
}
