//! From the text of one file to its documents: by the marks that the file has, or else by length.

use super::layout::{Layout, is_sentence_a_line};
use super::lines::{self, Line};
use super::sections::{Kind, Section, paragraph_sections, section_target, sentence_sections};
use super::sentences::push_sentences;
use super::unwrap::{self, Paragraph, Wrapping};

/// A section longer than this many times its target, because of a huge paragraph, is cut between
/// sentences.
const OVERLONG: usize = 4;
/// Consecutive sentences of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    pub sentences: Vec<String>,
}

impl Document {
    pub fn bytes(&self) -> usize {
        self.sentences.iter().map(String::len).sum()
    }
}

/// The text of one file, or of a part of it, in sections.
pub(super) struct LaidOutText<'t> {
    lines: Vec<Line<'t>>,
    paragraphs: Vec<Paragraph>,
    pub sections: Vec<Section>,
    /// The target length of a section, in bytes.
    target: usize,
    pub seen: LayoutCounts,
}

/// What was found in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LayoutCounts {
    pub layout: &'static str,
    pub lines: usize,
    pub joined_lines: usize,
    pub wrap_width: Option<usize>,
}

impl LayoutCounts {
    /// What was found in this part and in the next part of the same file.
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

/// Cuts the text of one of `files` files into sections, and detects its layout.
pub(super) fn lay_out(text: &str, files: usize, layout: Option<Layout>) -> LaidOutText<'_> {
    let target = section_target(text, files);
    let lines = lines::split(text);
    let (found, wrapping) = look_at(&lines, layout);
    if found == Some(Layout::Sentences) {
        return LaidOutText {
            sections: sentence_sections(&lines, target),
            seen: seen_without_wrapping(&lines, "sentences"),
            paragraphs: Vec::new(),
            target,
            lines,
        };
    }
    let paragraphs = unwrap::paragraphs(&lines, wrapping);
    let seen = seen(&lines, &paragraphs, found);
    let sections = if found == Some(Layout::Files) {
        vec![Section {
            paragraphs: 0..paragraphs.len(),
            bytes: text.len(),
            kind: Kind::File,
        }]
    } else {
        paragraph_sections(&lines, &paragraphs, target)
    };
    LaidOutText {
        lines,
        paragraphs,
        sections,
        target,
        seen,
    }
}

/// Calls `each` with the text of every paragraph, its lines joined as in the documents.
pub(super) fn paragraph_texts(text: &str, layout: Option<Layout>, each: &mut dyn FnMut(&str)) {
    let lines = lines::split(text);
    let (_, wrapping) = look_at(&lines, layout);
    let mut paragraph_text = String::new();
    for paragraph in unwrap::paragraphs(&lines, wrapping) {
        paragraph_text.clear();
        unwrap::push_text(&lines[paragraph.lines], &mut paragraph_text);
        each(&paragraph_text);
    }
}

/// The layout, if it is given or each line is a sentence, and which lines are to be joined.
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

fn seen_without_wrapping(lines: &[Line<'_>], layout: &'static str) -> LayoutCounts {
    LayoutCounts {
        layout,
        lines: lines.iter().filter(|line| !line.is_blank()).count(),
        joined_lines: 0,
        wrap_width: None,
    }
}

fn seen(lines: &[Line<'_>], paragraphs: &[Paragraph], layout: Option<Layout>) -> LayoutCounts {
    let mut seen = seen_without_wrapping(lines, "paragraphs");
    seen.joined_lines = seen.lines - paragraphs.len();
    seen.wrap_width = unwrap::wrap_width(lines, paragraphs);
    let long = |width: usize| lines.iter().filter(|line| line.width() > width + 8).count();
    seen.layout = match (layout, seen.wrap_width) {
        (Some(Layout::Files), _) => "files",
        (Some(Layout::Wrapped), _) => "wrapped",
        (Some(Layout::Paragraphs), _) | (_, None) => "paragraphs",
        // A few joins in a text of another layout come from an address or a table.
        _ if seen.joined_lines * 50 < seen.lines => "paragraphs",
        (_, Some(width)) if long(width) * 20 < seen.lines => "wrapped",
        _ => "mixed",
    };
    seen
}

impl LaidOutText<'_> {
    /// Calls `each` with the sentences of each document of a section: one document, or several if the
    /// section is too long. `room` is a buffer.
    pub fn for_each_document(
        &self,
        section: &Section,
        room: &mut String,
        each: &mut dyn FnMut(&[&str]),
    ) {
        room.clear();
        let mut ends = Vec::with_capacity(section.paragraphs.len());
        let mut push = |lines: &[Line<'_>]| {
            unwrap::push_text(lines, room);
            ends.push(room.len());
        };
        if section.kind == Kind::Sentences {
            self.lines[section.paragraphs.clone()]
                .chunks(1)
                .for_each(&mut push);
        } else {
            for paragraph in &self.paragraphs[section.paragraphs.clone()] {
                push(&self.lines[paragraph.lines.clone()]);
            }
        }
        let mut start = 0;
        let paragraphs = ends.into_iter().map(|end| {
            let paragraph = &room[start..end];
            start = end;
            paragraph
        });
        if section.kind == Kind::Sentences {
            return each(&paragraphs.collect::<Vec<_>>());
        }
        let mut sentences = Vec::new();
        paragraphs.for_each(|paragraph| push_sentences(paragraph, &mut sentences));
        let is_overlong = section.kind == Kind::Paragraphs && room.len() > OVERLONG * self.target;
        let longest = if is_overlong { self.target } else { usize::MAX };
        for_each_up_to(longest, &sentences, each);
    }
}

/// Calls `each` with groups of sentences; a group ends when it has more than `bytes` bytes.
fn for_each_up_to(bytes: usize, mut sentences: &[&str], each: &mut dyn FnMut(&[&str])) {
    while !sentences.is_empty() {
        let mut given = 0;
        let passes = |sentence: &&str| {
            given += sentence.len();
            given > bytes
        };
        let last = sentences.iter().position(passes);
        let (group, others) = sentences.split_at(last.map_or(sentences.len(), |last| last + 1));
        each(group);
        sentences = others;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(text: &str, layout: Option<Layout>) -> Vec<Vec<String>> {
        let laid = lay_out(text, 1, layout);
        let mut documents = Vec::new();
        for section in &laid.sections {
            laid.for_each_document(section, &mut String::new(), &mut |sentences| {
                documents.push(
                    sentences
                        .iter()
                        .map(|&sentence| sentence.to_owned())
                        .collect(),
                );
            });
        }
        documents
    }

    #[test]
    fn blank_lines_part_the_documents_of_a_sentence_a_line() {
        let text = "\n\nOne.\nTwo.\n\n\nThree.\nFour.\nFive.\n\n";
        let expected = [vec!["One.", "Two."], vec!["Three.", "Four.", "Five."]];
        assert_eq!(documents(text, None), expected);
        assert_eq!(documents(text, Some(Layout::Sentences)), expected);
        assert_eq!(lay_out(text, 1, None).seen.layout, "sentences");
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
        let documents = |text: &str, files| lay_out(text, files, None).sections.len();
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
