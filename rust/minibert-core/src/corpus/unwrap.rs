//! Joins wrapped lines, line by line, so that texts with both wrapped and unwrapped paragraphs come out
//! right.
//!
//! A wrapped line is followed by a word that would not have fitted. `wrap_width.rs`
//! estimates the width that the lines nearby were wrapped at.

use std::ops::Range;

use super::lines::{Line, is_wide};
use super::wrap_width::{LONGEST_WORD, WIDEST, WidthVotes, is_inside_sentence};

/// How many columns a wrapped line may be too wide: cleaning a text after it was wrapped widens lines.
const SLACK: usize = 8;
/// The number of lines on each side among which the widest gives the width, where none is detected.
const WIDEST_REACH: usize = 24;
/// The number of lines on each side that distinguish verse from prose.
const VERSE_REACH: usize = 3;

/// A paragraph: consecutive lines of a text, which are to be joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub lines: Range<usize>,
    pub blank_lines_before: usize,
}

/// Which lines of a text are joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrapping {
    /// No lines: every line is a paragraph.
    None,
    /// Lines near which a wrap width is detected.
    Seen,
    /// All lines are known to be wrapped: where no width is detected, that of the
    /// widest line nearby counts.
    Known,
}

pub(super) fn paragraphs(lines: &[Line<'_>], wrapping: Wrapping) -> Vec<Paragraph> {
    let mut joiner = Joiner::new(lines, wrapping);
    let mut paragraphs: Vec<Paragraph> = Vec::new();
    let mut blank_lines_before = 0;
    for (at, line) in lines.iter().enumerate() {
        if line.is_blank() {
            blank_lines_before += 1;
            continue;
        }
        match paragraphs.last_mut() {
            Some(last) if last.lines.end == at && joiner.joins(last.lines.start, at - 1) => {
                last.lines.end = at + 1;
            }
            _ => paragraphs.push(Paragraph {
                lines: at..at + 1,
                blank_lines_before,
            }),
        }
        blank_lines_before = 0;
    }
    paragraphs
}

/// Appends the text of a paragraph to `out`, with single spaces. A hyphen at the end of a line stays,
/// and no space follows it: `mother-` + `in-law` is `mother-in-law`.
pub(super) fn push_text(lines: &[Line<'_>], out: &mut String) {
    let start = out.len();
    for line in lines {
        if !joins_without_space(&out[start..], line.text) {
            out.push(' ');
        }
        if line.is_plain {
            out.push_str(line.text);
            continue;
        }
        for (number, word) in line.text.split_whitespace().enumerate() {
            if number > 0 {
                out.push(' ');
            }
            out.push_str(word);
        }
    }
}

fn joins_without_space(before: &str, after: &str) -> bool {
    let mut ends = before.chars().rev();
    let (Some(last), Some(next)) = (ends.next(), after.chars().next()) else {
        return true;
    };
    let hyphenated = last == '-'
        && next.is_alphabetic()
        && ends.next().is_some_and(|c| c.is_alphanumeric() || c == '-');
    hyphenated || (is_wide(last) && is_wide(next))
}

struct Joiner<'a> {
    lines: &'a [Line<'a>],
    wrapping: Wrapping,
    votes: WidthVotes,
}

impl<'a> Joiner<'a> {
    fn new(lines: &'a [Line<'a>], wrapping: Wrapping) -> Self {
        let votes = match wrapping {
            Wrapping::None => WidthVotes::default(),
            Wrapping::Seen | Wrapping::Known => WidthVotes::new(lines),
        };
        Self {
            lines,
            wrapping,
            votes,
        }
    }

    /// Whether the line at `at` continues in the next, in a paragraph that began at `start`.
    fn joins(&mut self, start: usize, at: usize) -> bool {
        let Some(width) = self.width(at) else {
            return false;
        };
        let (line, next) = (&self.lines[at], &self.lines[at + 1]);
        if line.width() > width + SLACK || self.is_marked_apart(start, at) {
            return false;
        }
        let goes_on = is_inside_sentence(line, next);
        if next.width() > width + SLACK {
            return goes_on;
        }
        if fits(line, next, width) {
            // The text was wrapped unevenly, or its words were longer then.
            return goes_on && line.width() * 5 >= width * 4;
        }
        goes_on || !self.is_in_verse(at, width)
    }

    /// Whether something other than the width says that the next line begins a paragraph.
    fn is_marked_apart(&self, start: usize, at: usize) -> bool {
        let (line, next) = (&self.lines[at], &self.lines[at + 1]);
        let in_list = self.lines[start].starts_item();
        if next.starts_item()
            && (in_list || line.ends_sentence() || line.text.ends_with([':', ';', ',']))
        {
            return true;
        }
        next.indent > line.indent + 1 && !(in_list && at == start)
            || line.ends_with_closing_quote() && next.starts_with_opening_quote()
            || line.is_all_capitals() != next.is_all_capitals() && line.is_all_capitals()
    }

    /// Whether the lines around it begin with capitals, and one of them ends where neither the width nor
    /// the end of a sentence explains it.
    fn is_in_verse(&self, at: usize, width: usize) -> bool {
        if !self.lines[at + 1].starts_upper() {
            return false;
        }
        let breaks_without_reason = |&at: &usize| {
            let (line, next) = (&self.lines[at], &self.lines[at + 1]);
            fits(line, next, width) && !line.ends_sentence()
        };
        let in_run = |&at: &usize| {
            self.lines[at].starts_upper()
                && self
                    .lines
                    .get(at + 1)
                    .is_some_and(|next| !next.is_blank() && next.starts_upper())
        };
        let before = at.saturating_sub(VERSE_REACH)..at;
        let after = at + 1..(at + 1 + VERSE_REACH).min(self.lines.len());
        in_run(&at)
            && (before
                .rev()
                .take_while(in_run)
                .any(|at| breaks_without_reason(&at))
                || after
                    .take_while(in_run)
                    .any(|at| breaks_without_reason(&at)))
    }

    fn width(&mut self, at: usize) -> Option<usize> {
        match self.wrapping {
            Wrapping::None => None,
            Wrapping::Seen => self.votes.local_width(at),
            Wrapping::Known => self.votes.local_width(at).or_else(|| self.widest_near(at)),
        }
    }

    fn widest_near(&self, at: usize) -> Option<usize> {
        let near = at.saturating_sub(WIDEST_REACH)..(at + WIDEST_REACH).min(self.lines.len());
        self.lines[near]
            .iter()
            .map(Line::width)
            .filter(|&width| width <= WIDEST)
            .max()
    }
}

fn fits(line: &Line<'_>, next: &Line<'_>, width: usize) -> bool {
    let space = usize::from(!joins_without_space(line.text, next.text));
    line.width() + space + next.first_word_width().min(2 * LONGEST_WORD) <= width
}

/// The width that the lines of a text were wrapped at, if any were joined: for the summary.
pub(super) fn wrap_width(lines: &[Line<'_>], paragraphs: &[Paragraph]) -> Option<usize> {
    let mut widths = [0_usize; WIDEST + SLACK + 1];
    for paragraph in paragraphs {
        let inner = paragraph.lines.start..paragraph.lines.end - 1;
        for line in &lines[inner] {
            widths[line.width().min(WIDEST + SLACK)] += 1;
        }
    }
    let joined: usize = widths.iter().sum();
    let mut seen = 0;
    // The widest one percent is ignored: cleaning widened those lines.
    widths.iter().position(|&count| {
        seen += count;
        joined > 0 && seen * 100 >= joined * 99
    })
}

#[cfg(test)]
mod tests {
    use super::super::lines::split;
    use super::*;

    fn text(lines: &[Line<'_>]) -> String {
        let mut text = String::new();
        push_text(lines, &mut text);
        text
    }

    fn joined(source: &str, wrapping: Wrapping) -> Vec<String> {
        let lines = split(source);
        paragraphs(&lines, wrapping)
            .into_iter()
            .map(|paragraph| text(&lines[paragraph.lines]))
            .collect()
    }

    fn wrap(text: &str, width: usize) -> String {
        let mut lines = vec![String::new()];
        for word in text.split(' ') {
            let last = lines.last_mut().unwrap();
            if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > width {
                lines.push(word.to_owned());
            } else {
                last.push_str(if last.is_empty() { "" } else { " " });
                last.push_str(word);
            }
        }
        lines.join("\n")
    }

    const PROSE: [&str; 4] = [
        "The slanting rays of afternoon sunshine, pouring through stone arches, lay in broad and \
         golden bands upon the flags of the cloister, and Mr. Brown walked slowly up and down there.",
        "He had told nobody. There was nobody to tell.",
        "When the bell rang he turned, because the others would be coming back along the underground \
         way, a passage of more than a mile in length, and he did not want to be seen by any of them.",
        "\"It is late,\" said she.",
    ];

    #[test]
    fn wrapped_paragraphs_are_joined_with_and_without_blank_lines_between() {
        for width in [60, 72, 79] {
            let wrapped = PROSE.map(|paragraph| wrap(paragraph, width));
            assert_eq!(joined(&wrapped.join("\n\n"), Wrapping::Seen), PROSE);
            assert_eq!(joined(&wrapped.join("\n"), Wrapping::Seen), PROSE);
        }
    }

    #[test]
    fn a_paragraph_a_line_is_left_alone() {
        assert_eq!(joined(&PROSE.join("\n"), Wrapping::Seen), PROSE);
        assert_eq!(joined(&PROSE.join("\n\n"), Wrapping::Seen), PROSE);
    }

    #[test]
    fn a_whole_paragraph_on_a_line_right_after_wrapped_lines_stands_by_itself() {
        let source = [wrap(PROSE[0], 70), PROSE[2].to_owned(), wrap(PROSE[0], 70)].join("\n");
        assert_eq!(
            joined(&source, Wrapping::Seen),
            [PROSE[0], PROSE[2], PROSE[0]]
        );
    }

    #[test]
    fn the_width_may_change_within_a_text() {
        let part = |width| format!("{}\n{}\n", wrap(PROSE[0], width), wrap(PROSE[2], width));
        let source = part(50).repeat(20) + &part(75).repeat(20);
        let expected: Vec<_> = [PROSE[0], PROSE[2]].into_iter().cycle().take(80).collect();
        assert_eq!(joined(&source, Wrapping::Seen), expected);
    }

    #[test]
    fn verse_lists_headings_and_dialogue_are_not_joined() {
        let apart = [
            "The barley, oh the barley, and the barley ruddy brown!",
            "Here's to the barley, with the beer upon the board of the house;",
            "We'll go amowing, soon as ever all the wheat is down,",
            "When all is in the mow-yard, we'll stop, and thank the Lord, and sing",
            "Of barley.",
        ];
        let items = [
            "- flour and salt",
            "- two eggs",
            "3. bake it",
            "CHAPTER II",
            "It was late.",
        ];
        let dialogue = [
            "\"I never in my life have seen a thing as strange as this one was.\"",
            "\"Nor have I.\"",
        ];
        for lines in [&apart[..], &items[..], &dialogue[..]] {
            let source = format!("{}\n\n{}", wrap(PROSE[0], 70), lines.join("\n"));
            assert_eq!(joined(&source, Wrapping::Seen)[1..], *lines);
            let source = lines.join("\n");
            assert_eq!(joined(&source, Wrapping::Seen), lines);
        }
    }

    #[test]
    fn an_indented_first_line_begins_a_paragraph() {
        let wrapped = |paragraph| format!("    {}", wrap(paragraph, 66));
        let source = [PROSE[0], PROSE[2], PROSE[0]].map(wrapped).join("\n");
        assert_eq!(
            joined(&source, Wrapping::Seen),
            [PROSE[0], PROSE[2], PROSE[0]]
        );
    }

    #[test]
    fn hyphens_at_line_ends_stay_and_han_characters_need_no_space() {
        assert_eq!(
            text(&split("his mother-\nin-law -\nnot his")),
            "his mother-in-law - not his"
        );
        assert_eq!(text(&split("one--\ntwo")), "one--two");
        assert_eq!(text(&split("漢字\n漢字")), "漢字漢字");
        assert_eq!(text(&split("a \u{A0} b\nc")), "a b c");
    }

    #[test]
    fn scripts_without_capitals_are_joined_as_well() {
        let arabic = "كان يا ما كان في قديم الزمان رجل فقير يعيش مع زوجته وأولاده في بيت صغير قرب \
                      النهر وكان يخرج كل يوم إلى السوق ليبيع ما يصنعه من السلال والحصير ثم يعود مساء";
        let hindi = "बहुत समय पहले की बात है एक छोटे से गाँव में एक गरीब किसान अपने परिवार के साथ रहता था और \
                     हर दिन वह खेत में काम करने जाता था ताकि उसके बच्चे भूखे न सोएं और खुश रहें";
        for text in [arabic, hindi] {
            assert_eq!(joined(&wrap(text, 60), Wrapping::Seen), [text]);
        }
    }

    #[test]
    fn lines_known_to_be_wrapped_are_joined_without_a_vote() {
        let source =
            "In the year 1802 a speech from the throne of\nEngland apprised the world of it.";
        assert_eq!(joined(source, Wrapping::Seen).len(), 2);
        assert_eq!(joined(source, Wrapping::Known).len(), 1);
        assert_eq!(joined(source, Wrapping::None).len(), 2);
    }
}
