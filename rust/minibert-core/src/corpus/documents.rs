//! From the text of one file to its documents: by marks where it has them, else by length.

use std::ops::Range;

use super::layout::{Layout, is_sentence_a_line};
use super::lines::{self, Line};
use super::sentences::sentences;
use super::wrap::{self, Paragraph, Wrapping};

/// A text without marks is cut into sections when they pass this many bytes. Next-sentence pairs
/// need other documents to draw from, and about 1,000 tokens give one eight examples of 128.
const SECTION: usize = 4_000;
/// A small corpus is cut smaller, so that it has some documents to hold out and to draw from.
const SMALLEST_SECTION: usize = 1_000;
const SECTIONS_WANTED: usize = 16;
/// A heading or a wide gap begins a new section only behind this much text, so that a title page
/// is not a row of tiny documents.
const SHORTEST_SECTION: usize = 400;
/// A section that is longer than this many times its target, for having a huge paragraph, is cut
/// between sentences.
const OVERLONG: usize = 4;
/// This many blank lines are a mark, where paragraphs are one or two apart.
const GAP: usize = 3;
const LONGEST_HEADING: usize = 60;

/// Sentences of one text that belong together, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub sentences: Vec<String>,
}

impl Document {
    pub fn bytes(&self) -> usize {
        self.sentences.iter().map(String::len).sum()
    }
}

/// Text of a document, before it is cut into sentences.
#[derive(Debug)]
pub(super) struct Section {
    paragraphs: Vec<String>,
    pub bytes: usize,
    /// About how many bytes it should have.
    target: usize,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Each paragraph is one sentence already.
    Sentences,
    /// A stretch of paragraphs that may be cut further.
    Paragraphs,
    /// A whole file, never to be cut.
    File,
}

/// What was seen in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub layout: &'static str,
    pub lines: usize,
    pub joined_lines: usize,
    pub wrap_width: Option<usize>,
}

impl Seen {
    /// What was seen in this and in the next part of the same file.
    pub fn and(self, next: &Self) -> Self {
        let same = self.layout == next.layout || next.lines == 0;
        Self {
            layout: if same { self.layout } else { "mixed" },
            lines: self.lines + next.lines,
            joined_lines: self.joined_lines + next.joined_lines,
            wrap_width: self.wrap_width.max(next.wrap_width),
        }
    }
}

/// How long a section should be in a corpus of `files` that are about as long as `text`.
fn section_target(text: &str, files: usize) -> usize {
    (text.len().saturating_mul(files) / SECTIONS_WANTED).clamp(SMALLEST_SECTION, SECTION)
}

/// Cuts the text of one of `files` files into sections and says what its layout is.
pub(super) fn sections(text: &str, files: usize, layout: Option<Layout>) -> (Vec<Section>, Seen) {
    let target = section_target(text, files);
    let lines = lines::split(text);
    let (found, wrapping) = look_at(&lines, layout);
    if found == Some(Layout::Sentences) {
        return (
            sentence_sections(&lines, target),
            seen_without_wrapping(&lines, "sentences"),
        );
    }
    let paragraphs = wrap::paragraphs(&lines, wrapping);
    let seen = seen(&lines, &paragraphs, found);
    let sections = if found == Some(Layout::Files) {
        vec![section(&lines, &paragraphs, target, Kind::File)]
    } else {
        section_ranges(&lines, &paragraphs, target)
            .into_iter()
            .map(|range| section(&lines, &paragraphs[range], target, Kind::Paragraphs))
            .collect()
    };
    (sections, seen)
}

/// Gives the text of every paragraph, its lines joined as in the documents.
pub(super) fn paragraph_texts(text: &str, layout: Option<Layout>, each: &mut dyn FnMut(&str)) {
    let lines = lines::split(text);
    let (_, wrapping) = look_at(&lines, layout);
    for paragraph in wrap::paragraphs(&lines, wrapping) {
        each(&wrap::text(&lines[paragraph.lines]));
    }
}

/// The layout, where it is given or lines are sentences, and which lines are to be joined.
fn look_at(lines: &[Line<'_>], layout: Option<Layout>) -> (Option<Layout>, Wrapping) {
    let found = match layout {
        None if is_sentence_a_line(lines) => Some(Layout::Sentences),
        other => other,
    };
    let wrapping = match found {
        Some(Layout::Sentences | Layout::Paragraphs) => Wrapping::None,
        Some(Layout::Wrapped) => Wrapping::Known,
        _ => Wrapping::Seen,
    };
    (found, wrapping)
}

/// Blank lines part documents; a text without any is cut by length.
fn sentence_sections(lines: &[Line<'_>], target: usize) -> Vec<Section> {
    let text_lines = |range: Range<usize>| {
        let sentences: Vec<Paragraph> = range
            .map(|at| Paragraph {
                lines: at..at + 1,
                blank_lines_before: 0,
            })
            .collect();
        section(lines, &sentences, target, Kind::Sentences)
    };
    let first = lines.iter().position(|line| !line.is_blank());
    let last = lines.iter().rposition(|line| !line.is_blank());
    let (Some(first), Some(last)) = (first, last) else {
        return Vec::new();
    };
    let has_marks = lines[first..last].iter().any(Line::is_blank);
    let mut sections = Vec::new();
    let mut start = first;
    let mut bytes = 0;
    for (at, line) in lines.iter().enumerate().take(last + 1).skip(first) {
        bytes += line.text.len();
        if has_marks && line.is_blank() {
            if at > start {
                sections.push(text_lines(start..at));
            }
            start = at + 1;
        } else if at == last || !has_marks && bytes > target {
            sections.push(text_lines(start..at + 1));
            start = at + 1;
            bytes = 0;
        }
    }
    sections
}

fn section(lines: &[Line<'_>], paragraphs: &[Paragraph], target: usize, kind: Kind) -> Section {
    let paragraphs: Vec<String> = paragraphs
        .iter()
        .map(|paragraph| wrap::text(&lines[paragraph.lines.clone()]))
        .collect();
    Section {
        bytes: paragraphs.iter().map(String::len).sum(),
        paragraphs,
        target,
        kind,
    }
}

fn section_ranges(
    lines: &[Line<'_>],
    paragraphs: &[Paragraph],
    target: usize,
) -> Vec<Range<usize>> {
    let mut ranges = Vec::new();
    let mut start = 0;
    let mut bytes = 0;
    for (at, paragraph) in paragraphs.iter().enumerate() {
        let is_marked = paragraph.blank_lines_before >= GAP || is_heading(lines, paragraph);
        if bytes > target || is_marked && bytes > SHORTEST_SECTION {
            ranges.push(start..at);
            start = at;
            bytes = 0;
        }
        bytes += lines[paragraph.lines.clone()]
            .iter()
            .map(|line| line.text.len() + 1)
            .sum::<usize>();
    }
    if start < paragraphs.len() {
        ranges.push(start..paragraphs.len());
    }
    ranges
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

fn seen_without_wrapping(lines: &[Line<'_>], layout: &'static str) -> Seen {
    Seen {
        layout,
        lines: lines.iter().filter(|line| !line.is_blank()).count(),
        joined_lines: 0,
        wrap_width: None,
    }
}

fn seen(lines: &[Line<'_>], paragraphs: &[Paragraph], layout: Option<Layout>) -> Seen {
    let mut seen = seen_without_wrapping(lines, "paragraphs");
    seen.joined_lines = seen.lines - paragraphs.len();
    seen.wrap_width = wrap::wrap_width(lines, paragraphs);
    let long = |width: usize| lines.iter().filter(|line| line.width() > width + 8).count();
    seen.layout = match (layout, seen.wrap_width) {
        (Some(Layout::Files), _) => "files",
        (Some(Layout::Wrapped), _) => "wrapped",
        (Some(Layout::Paragraphs), _) | (_, None) => "paragraphs",
        // A handful of joins in a text of another layout is an address or a table in it.
        _ if seen.joined_lines * 50 < seen.lines => "paragraphs",
        (_, Some(width)) if long(width) * 20 < seen.lines => "wrapped",
        _ => "mixed",
    };
    seen
}

impl Section {
    /// Cuts the paragraphs into sentences; an overlong section becomes several documents.
    pub fn documents(&self) -> Vec<Document> {
        if self.kind == Kind::Sentences {
            return vec![Document {
                sentences: self.paragraphs.clone(),
            }];
        }
        let is_overlong = self.kind == Kind::Paragraphs && self.bytes > OVERLONG * self.target;
        let mut documents = Vec::new();
        let mut kept: Vec<String> = Vec::new();
        let mut bytes = 0;
        for sentence in self
            .paragraphs
            .iter()
            .flat_map(|paragraph| sentences(paragraph))
        {
            if is_overlong && bytes > self.target {
                documents.push(Document {
                    sentences: std::mem::take(&mut kept),
                });
                bytes = 0;
            }
            bytes += sentence.len();
            kept.push(sentence.to_owned());
        }
        if !kept.is_empty() {
            documents.push(Document { sentences: kept });
        }
        documents
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(text: &str, layout: Option<Layout>) -> Vec<Vec<String>> {
        sections(text, 1, layout)
            .0
            .iter()
            .flat_map(Section::documents)
            .map(|document| document.sentences)
            .collect()
    }

    #[test]
    fn blank_lines_part_the_documents_of_a_sentence_a_line() {
        let text = "\n\nOne.\nTwo.\n\n\nThree.\nFour.\nFive.\n\n";
        let expected = [vec!["One.", "Two."], vec!["Three.", "Four.", "Five."]];
        assert_eq!(documents(text, None), expected);
        assert_eq!(documents(text, Some(Layout::Sentences)), expected);
        assert_eq!(sections(text, 1, None).1.layout, "sentences");
    }

    #[test]
    fn sentences_without_blank_lines_are_cut_by_length() {
        let text = "The cat sat on the mat.\n".repeat(500);
        let documents = documents(&text, None);
        assert!((10..14).contains(&documents.len()));
        assert_eq!(documents.concat().len(), 500);
    }

    #[test]
    fn a_small_corpus_is_cut_smaller_than_a_large_one() {
        let text = |sentences| "He came, and then he saw it all.\n\n".repeat(sentences);
        let documents = |text: &str, files| sections(text, files, None).0.len();
        assert_eq!(documents(&text(200), 1), 7);
        assert_eq!(documents(&text(200), 100), 2);
        assert!((60..100).contains(&documents(&text(10_000), 1)));
    }

    #[test]
    fn a_file_is_a_document_when_told_so() {
        let text = "He came. He saw.\n\nHe went.\n\n".repeat(1000);
        assert_eq!(documents(&text, Some(Layout::Files)).len(), 1);
        assert!(documents(&text, None).len() > 5);
    }

    #[test]
    fn headings_begin_documents_unless_hardly_any_text_came_before() {
        let chapter = "He came, and then he saw it all. He went again.\n\n".repeat(10);
        let text = format!("A TITLE\n\nCHAPTER I\n\n{chapter}\n\n\nCHAPTER II\n\n{chapter}");
        let documents = documents(&text, None);
        assert_eq!(documents.len(), 2);
        assert_eq!(documents[0][..2], ["A TITLE", "CHAPTER I"]);
        assert_eq!(documents[1][0], "CHAPTER II");
    }

    #[test]
    fn a_text_without_line_ends_is_cut_between_sentences() {
        let text = "He came, and then he saw it all. ".repeat(2000);
        let documents = documents(&text, None);
        assert!(documents.len() > 10);
        assert_eq!(documents.concat().len(), 2000);
    }

    #[test]
    fn lines_are_sentences_only_where_the_layout_says_so() {
        let text = "One. Two.\nThree.\n";
        assert_eq!(
            documents(text, Some(Layout::Sentences)),
            [["One. Two.", "Three."]]
        );
        assert_eq!(
            documents(text, Some(Layout::Paragraphs)),
            [["One.", "Two.", "Three."]]
        );
    }

    #[test]
    fn a_text_of_blank_lines_has_no_documents() {
        for layout in [None, Some(Layout::Sentences), Some(Layout::Files)] {
            assert!(documents("\n \n\t\n", layout).is_empty());
            assert!(documents("", layout).is_empty());
        }
    }
}
