//! The text station: files of any layout become documents of sentences, read a file or 16 MiB of
//! it at a time, or blocks of words, read a little at a time.

mod blocks;
mod decompress;
mod documents;
mod layout;
mod lines;
mod parts;
mod sentences;
mod source;
mod unwrap;
mod utf8;
mod wrap_width;

use std::collections::BTreeMap;
use std::ops::Range;

pub use blocks::{Block, Blocks, CutRun};
pub use documents::Document;
use documents::{LaidOutText, LayoutCounts, Section};
pub use layout::Layout;
use parts::{PART, Parts};
pub use sentences::sentences;
use source::SourceFile;
pub use source::{DecodingErrors, Input};

use crate::error::CorpusError;
use crate::parallel::ordered::in_order;
use crate::{Error, Result};

/// Text that a thread cuts into sentences at once, in bytes: little enough for all threads to end
/// together, for progress to be seen and for a wish to stop to be heard.
pub(crate) const BATCH: usize = 1 << 18;
/// Batches of documents that wait for the one before them.
const BATCHES_AHEAD: usize = 16;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CorpusOptions {
    /// Found by looking at each file when not given.
    pub layout: Option<Layout>,
    pub errors: DecodingErrors,
}

/// The files of a corpus, found but not kept: each walk over the documents reads them again.
#[derive(Debug, Clone)]
pub struct Corpus {
    sources: Vec<SourceFile>,
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
        self.sources.iter().map(SourceFile::name).collect()
    }

    /// Bytes of all files, as stored.
    pub fn stored_bytes(&self) -> u64 {
        self.sources.iter().map(|source| source.size).sum()
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
        let collect = |(): &mut (), given: Documents<'_>| {
            let mut documents = Vec::new();
            given.for_each(&mut |sentences| {
                let sentences = sentences.iter().map(|&sentence| sentence.to_owned());
                documents.push(Document {
                    sentences: sentences.collect(),
                });
            });
            documents
        };
        self.map_batches(BATCHES_AHEAD, || (), collect, each)
    }

    /// Does `work` on batches of documents on every core, each thread with a state from `begin`, and gives
    /// what is made of them in order; at most so many batches are made `ahead` of the one that is waited
    /// for.
    pub(crate) fn map_batches<S, R: Send>(
        &self,
        ahead: usize,
        begin: impl Fn() -> S + Sync,
        work: impl Fn(&mut S, Documents<'_>) -> R + Sync,
        each: &mut dyn FnMut(R, Progress) -> Result<()>,
    ) -> Result<CorpusSummary> {
        let mut summary = CorpusSummary::default();
        let begin = || (begin(), String::new());
        for source in &self.sources {
            let before = summary.bytes;
            let mut parts = self.parts(source)?;
            let mut of_source: Option<LayoutCounts> = None;
            while let Some(text) = parts.next()? {
                // A part of a long file is as a file among many.
                let is_part = of_source.is_some() || !parts.is_done();
                let files = if is_part {
                    usize::MAX
                } else {
                    self.sources.len()
                };
                let laid = documents::lay_out(&text, files, self.options.layout);
                let work = |(state, room): &mut (S, String), sections: &&[Section]| {
                    let mut seen = Counts {
                        text_bytes: sections.iter().map(|section| section.bytes).sum(),
                        ..Counts::default()
                    };
                    let documents = Documents {
                        laid: &laid,
                        sections,
                        room,
                        seen: &mut seen,
                    };
                    (work(state, documents), seen)
                };
                let mut reading = self.reading(&laid, before + parts.stored_bytes(), &mut summary);
                let take = |(made, seen)| each(made, reading.progress(&seen));
                in_order(&batches(&laid.sections), ahead, begin, work, take)?;
                of_source = Some(match of_source {
                    Some(of_source) => of_source.and(&laid.seen),
                    None => laid.seen,
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

    fn parts<'c>(&self, source: &'c SourceFile) -> Result<Parts<'c>> {
        let most = match self.options.layout {
            Some(Layout::Files) => usize::MAX,
            _ => PART,
        };
        Parts::new(source, self.options.errors, most)
    }

    /// Of a text behind which so many bytes of the corpus have been read.
    fn reading<'s>(
        &self,
        text: &LaidOutText<'_>,
        end: u64,
        summary: &'s mut CorpusSummary,
    ) -> Reading<'s> {
        Reading {
            total_bytes: self.stored_bytes(),
            stored: summary.bytes..end,
            text_bytes: text.sections.iter().map(|section| section.bytes).sum(),
            done: 0,
            summary,
        }
    }

    fn refuse_as_empty(&self) -> Error {
        CorpusError::AllEmpty {
            files: self.sources.len(),
        }
        .into()
    }
}

/// A batch of documents that are still to be cut out of their text.
pub(crate) struct Documents<'d> {
    laid: &'d LaidOutText<'d>,
    sections: &'d [Section],
    room: &'d mut String,
    seen: &'d mut Counts,
}

impl Documents<'_> {
    /// Gives every document as its sentences.
    pub fn for_each(self, each: &mut dyn FnMut(&[&str])) {
        for section in self.sections {
            self.laid
                .for_each_document(section, self.room, &mut |sentences| {
                    self.seen.add(sentences);
                    each(sentences);
                });
        }
    }
}

/// What was seen in a batch of documents.
#[derive(Default)]
struct Counts {
    text_bytes: usize,
    documents: u64,
    sentences: u64,
    characters: u64,
}

impl Counts {
    fn add(&mut self, sentences: &[&str]) {
        let characters = sentences
            .iter()
            .map(|sentence| lines::count_chars(sentence));
        self.documents += 1;
        self.sentences += sentences.len() as u64;
        self.characters += characters.sum::<usize>() as u64;
    }
}

/// Parts sections into batches.
fn batches(sections: &[Section]) -> Vec<&[Section]> {
    let mut bytes = 0;
    let passes = |section: &Section| {
        bytes += section.bytes;
        let is_enough = bytes >= BATCH;
        if is_enough {
            bytes = 0;
        }
        is_enough
    };
    sections.split_inclusive(passes).collect()
}

/// How far the documents of a text are done.
struct Reading<'s> {
    summary: &'s mut CorpusSummary,
    total_bytes: u64,
    /// Where the text is in the corpus, in bytes as stored.
    stored: Range<u64>,
    text_bytes: usize,
    done: usize,
}

impl Reading<'_> {
    /// Adds a batch that is done.
    fn progress(&mut self, batch: &Counts) -> Progress {
        self.done += batch.text_bytes;
        let share = self.done as f64 / self.text_bytes.max(1) as f64;
        let stored = (self.stored.end - self.stored.start) as f64 * share;
        self.summary.bytes = self.stored.start + stored as u64;
        self.summary.documents += batch.documents;
        self.summary.sentences += batch.sentences;
        self.summary.characters += batch.characters;
        Progress {
            bytes: self.summary.bytes,
            total_bytes: self.total_bytes,
            documents: self.summary.documents,
            sentences: self.summary.sentences,
        }
    }
}

impl CorpusSummary {
    fn add(&mut self, seen: &LayoutCounts) {
        self.lines += seen.lines as u64;
        self.joined_lines += seen.joined_lines as u64;
        if seen.layout == "wrapped" || seen.layout == "mixed" {
            self.wrap_width = self.wrap_width.max(seen.wrap_width);
        }
        *self.layouts.entry(seen.layout.to_owned()).or_default() += 1;
    }
}
