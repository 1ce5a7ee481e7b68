//! The corpus reader: text files of any layout to documents of sentences.
//!
//! [`Corpus::for_each_document`] reads a file, or 16 MiB of it, at a time; [`Corpus::blocks`] reads
//! smaller blocks for work that needs only the words. Each step is a file, in the order of the data:
//! `source` finds files, `decompress` and `utf8` read them, `parts` cuts long ones, `lines` splits them
//! into lines, `layout` detects how they are laid out, `unwrap` and `wrap_width` join wrapped lines,
//! `sections` and `documents` find documents, and `sentences` splits these into sentences.

mod blocks;
mod decompress;
mod documents;
mod layout;
mod lines;
mod parts;
mod sections;
mod sentences;
mod source;
mod unwrap;
mod utf8;
mod wrap_width;

use std::collections::BTreeMap;
use std::ops::Range;

pub use blocks::{Block, Blocks, CutRun};
pub use documents::Document;
use documents::{LaidOutText, LayoutCounts};
pub use layout::Layout;
use parts::{PART, Parts};
use sections::Section;
pub use sentences::sentences;
use source::SourceFile;
pub use source::{DecodingErrors, Input};

use crate::error::CorpusError;
use crate::parallel::ordered::in_order;
use crate::{Error, Result};

/// Bytes of text that a thread splits into sentences at once: few enough for all threads to end
/// together, for frequent progress, and for a quick stop.
pub(crate) const BATCH: usize = 1 << 18;
/// Batches of documents that may wait for an earlier one.
const BATCHES_AHEAD: usize = 16;

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CorpusOptions {
    /// None: detected for each file.
    pub layout: Option<Layout>,
    pub errors: DecodingErrors,
}

/// The files of a corpus. Their text is not kept: every pass over the documents reads it again.
#[derive(Debug, Clone)]
pub struct Corpus {
    sources: Vec<SourceFile>,
    options: CorpusOptions,
}

/// What was found in a corpus.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CorpusSummary {
    pub files: u64,
    /// As stored, before decompression.
    pub bytes: u64,
    pub documents: u64,
    pub sentences: u64,
    pub characters: u64,
    /// Lines that contain text.
    pub lines: u64,
    /// Lines that were joined to the line before.
    pub joined_lines: u64,
    /// The largest width, in columns, that the lines of a file are wrapped at.
    pub wrap_width: Option<usize>,
    /// Files by layout: `sentences`, `paragraphs`, `wrapped`, `mixed` (wrapped and unwrapped
    /// paragraphs in one file) or `files`.
    pub layouts: BTreeMap<String, u64>,
}

/// The progress of reading, in bytes as stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub bytes: u64,
    pub total_bytes: u64,
    pub documents: u64,
    pub sentences: u64,
}

/// Receives the progress; an error, such as [`Error::Cancelled`], stops the work.
pub type OnProgress<'a> = &'a mut dyn FnMut(Progress) -> Result<()>;

impl Corpus {
    /// Finds the files, without reading them.
    pub fn open(inputs: &[Input], options: CorpusOptions) -> Result<Self> {
        Ok(Self {
            sources: source::find(inputs)?,
            options,
        })
    }

    /// The files of the corpus, in the order in which they are read.
    pub fn names(&self) -> Vec<String> {
        self.sources.iter().map(SourceFile::name).collect()
    }

    /// Bytes of all files, as stored.
    pub fn stored_bytes(&self) -> u64 {
        self.sources.iter().map(|source| source.size).sum()
    }

    /// Calls `each` with every document, in order.
    pub fn for_each_document(
        &self,
        each: &mut dyn FnMut(Document) -> Result<()>,
    ) -> Result<CorpusSummary> {
        self.for_each_batch(&mut |documents, _| documents.into_iter().try_for_each(&mut *each))
    }

    /// Calls `each` with batches of documents, in order, for work in parallel.
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

    /// Runs `work` on batches of documents on every core, each thread with its own state from `begin`,
    /// and passes the results to `each` in order. At most `ahead` batches are finished before the one
    /// that is waited for.
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
                // A part of a long file counts as one of many files.
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

    /// The progress within a text, after which `end` bytes of the corpus have been read.
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

/// A batch of documents that have not been split into sentences yet.
pub(crate) struct Documents<'d> {
    laid: &'d LaidOutText<'d>,
    sections: &'d [Section],
    room: &'d mut String,
    seen: &'d mut Counts,
}

impl Documents<'_> {
    /// Calls `each` with the sentences of every document.
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

/// What was found in a batch of documents.
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

/// Groups sections into batches.
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

/// The progress within a text.
struct Reading<'s> {
    summary: &'s mut CorpusSummary,
    total_bytes: u64,
    /// The range of the text in the corpus, in bytes as stored.
    stored: Range<u64>,
    text_bytes: usize,
    done: usize,
}

impl Reading<'_> {
    /// Adds a finished batch.
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
