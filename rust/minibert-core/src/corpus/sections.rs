//! Cuts a text into sections, each of which becomes one document: at blank lines, headings and wide gaps,
//! or else by length.

use std::ops::Range;

use super::lines::Line;
use super::unwrap::Paragraph;

/// A text without marks is cut into sections of about this many bytes. Next-sentence pairs need other
/// documents to draw from, and about 1,000 tokens give one document eight examples of 128.
const SECTION: usize = 4_000;
/// A small corpus is cut into smaller sections, so that it has documents for validation and to draw
/// from.
const SMALLEST_SECTION: usize = 1_000;
const SECTIONS_WANTED: usize = 16;
/// A heading or a wide gap begins a new section only after this much text, so that a title page does
/// not become many tiny documents.
const SHORTEST_SECTION: usize = 400;
/// This many blank lines separate documents; paragraphs are one or two apart.
const GAP: usize = 3;
const LONGEST_HEADING: usize = 60;

/// Text that belongs together, before it is split into sentences.
#[derive(Debug)]
pub(super) struct Section {
    /// By number. If each line is a sentence, these are lines.
    pub paragraphs: Range<usize>,
    /// The number of bytes of its lines.
    pub bytes: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Each line is one sentence.
    Sentences,
    /// Paragraphs that may be cut further.
    Paragraphs,
    /// A whole file, which is never cut.
    File,
}

/// The target length of a section, in a corpus of `files` files that are about as long as `text`.
pub(super) fn section_target(text: &str, files: usize) -> usize {
    (text.len().saturating_mul(files) / SECTIONS_WANTED).clamp(SMALLEST_SECTION, SECTION)
}

/// Blank lines separate documents; a text without blank lines is cut by length.
pub(super) fn sentence_sections(lines: &[Line<'_>], target: usize) -> Vec<Section> {
    let first = lines.iter().position(|line| !line.is_blank());
    let last = lines.iter().rposition(|line| !line.is_blank());
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    let has_marks = lines[first..last].iter().any(Line::is_blank);
    let mut sections = Vec::new();
    let mut start = first;
    let mut bytes = 0;
    let mut end_at = |end: usize, next: usize, bytes: &mut usize| {
        if end > start {
            sections.push(Section {
                paragraphs: start..end,
                bytes: std::mem::take(bytes),
                kind: Kind::Sentences,
            });
        }
        start = next;
    };
    for (at, line) in lines.iter().enumerate().take(last + 1).skip(first) {
        bytes += line.text.len();
        if has_marks && line.is_blank() {
            end_at(at, at + 1, &mut bytes);
        } else if at == last || !has_marks && bytes > target {
            end_at(at + 1, at + 1, &mut bytes);
        }
    }
    sections
}

pub(super) fn paragraph_sections(
    lines: &[Line<'_>],
    paragraphs: &[Paragraph],
    target: usize,
) -> Vec<Section> {
    let section = |paragraphs, bytes| Section {
        paragraphs,
        bytes,
        kind: Kind::Paragraphs,
    };
    let mut sections = Vec::new();
    let mut start = 0;
    let mut bytes = 0;
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let is_marked = paragraph.blank_lines_before >= GAP || is_heading(lines, paragraph);
        if bytes > target || is_marked && bytes > SHORTEST_SECTION {
            sections.push(section(start..at, bytes));
            start = at;
            bytes = 0;
        }
        bytes += lines[paragraph.lines.clone()]
            .iter()
            .map(|line| line.text.len() + 1)
            .sum::<usize>();
    }
    if start < paragraphs.len() {
        sections.push(section(start..paragraphs.len(), bytes));
    }
    sections
}

/// `CHAPTER I`, `Chapter 25`, `XII.`, `3.`, `THE SUBTERRANEAN WAY`.
fn is_heading(lines: &[Line<'_>], paragraph: &Paragraph) -> bool {
    let [line] = &lines[paragraph.lines.clone()] else {
        return false;
    };
    if line.width() > LONGEST_HEADING {
        return false;
    }
    let mut words = line.text.split_whitespace();
    let first = words.next().unwrap_or("").trim_end_matches(['.', ':']);
    let number = words.next().unwrap_or("").trim_end_matches(['.', ':', ',']);
    let is_number = |word: &str| {
        !word.is_empty()
            && (word.bytes().all(|b| b.is_ascii_digit())
                || word.bytes().all(|b| b"IVXLCivxlc".contains(&b)))
    };
    let names_part = matches!(
        first.to_lowercase().as_str(),
        "chapter" | "book" | "part" | "section" | "letter" | "act" | "scene" | "volume" | "canto"
    );
    names_part && (is_number(number) || line.is_all_capitals())
        || is_number(first) && number.is_empty()
        || line.is_all_capitals() && line.text.chars().count() > 3
}
