//! A text as lines, whatever ends them, with what the layout rules ask about each.

/// One line of a text, trimmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub text: &'a str,
    /// Columns of white space before the text.
    pub indent: usize,
    /// Columns of the text, runs of white space counted as one.
    width: usize,
}

impl<'a> Line<'a> {
    fn new(raw: &'a str) -> Self {
        let text = raw.trim();
        let before = raw.len() - raw.trim_start().len();
        Self {
            text,
            indent: raw[..before].chars().map(tab_columns).sum(),
            width: columns(text),
        }
    }

    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The column that the line reaches.
    pub fn width(&self) -> usize {
        self.indent + self.width
    }

    /// Columns that the first word would take at the end of the line before.
    pub fn first_word_width(&self) -> usize {
        let word = self.text.split_whitespace().next().unwrap_or("");
        match word.chars().next() {
            Some(first) if is_wide(first) => 2,
            _ => columns(word),
        }
    }

    /// Whether the last thing in it, quotes and brackets aside, is what ends a sentence.
    pub fn ends_sentence(&self) -> bool {
        self.text
            .trim_end_matches(is_closer)
            .ends_with(is_terminator)
    }

    pub fn ends_with_closing_quote(&self) -> bool {
        self.text.ends_with(['"', '\'', '”', '’', '»', '」', '』']) && self.ends_sentence()
    }

    pub fn starts_with_opening_quote(&self) -> bool {
        self.text
            .starts_with(['"', '\'', '“', '‘', '«', '„', '「', '『'])
    }

    /// The first character behind opening quotes and brackets.
    fn first_letter(&self) -> Option<char> {
        self.text
            .trim_start_matches(['"', '\'', '“', '‘', '«', '„', '(', '[', '_', '*'])
            .chars()
            .next()
    }

    pub fn starts_upper(&self) -> bool {
        self.first_letter().is_some_and(char::is_uppercase)
    }

    /// Starts as the middle of a sentence does: with a small letter, or one of a script that has
    /// no capitals.
    pub fn starts_inside_sentence(&self) -> bool {
        self.first_letter()
            .is_some_and(|c| c.is_alphabetic() && !c.is_uppercase())
    }

    /// A bullet, or a number with a dot or bracket.
    pub fn starts_item(&self) -> bool {
        let Some((mark, _)) = self.text.split_once(' ') else {
            return false;
        };
        if matches!(mark, "-" | "*" | "•" | "–" | "—" | "+" | "·") {
            return true;
        }
        let label = mark.strip_prefix('(').unwrap_or(mark);
        let Some(label) = label.strip_suffix(['.', ')']) else {
            return false;
        };
        (1..=3).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_digit())
            || mark.ends_with(')') && label.len() == 1 && label.as_bytes()[0].is_ascii_lowercase()
    }

    /// Letters, and not a small one among them.
    pub fn is_all_capitals(&self) -> bool {
        let mut letters = self.text.chars().filter(|c| c.is_alphabetic()).peekable();
        letters.peek().is_some() && letters.all(char::is_uppercase)
    }
}

pub(super) fn is_terminator(c: char) -> bool {
    matches!(
        c,
        '.' | '!'
            | '?'
            | '…'
            | '‼'
            | '⁇'
            | '⁈'
            | '⁉'
            | '。'
            | '！'
            | '？'
            | '｡'
            | '．'
            | '।'
            | '॥'
            | '؟'
            | '۔'
            | '։'
            | '።'
            | '၊'
            | '။'
            | '།'
    )
}

pub(super) fn is_closer(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '”'
            | '’'
            | '»'
            | '›'
            | ')'
            | ']'
            | '}'
            | '」'
            | '』'
            | '）'
            | '】'
            | '*'
            | '_'
    )
}

/// Written without spaces between words and two columns wide: Han, kana, full-width forms.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF00}'..='\u{FF60}' | '\u{20000}'..='\u{3FFFD}')
}

fn columns(text: &str) -> usize {
    let mut columns = 0;
    let mut was_space = false;
    for c in text.chars() {
        let space = c.is_whitespace();
        columns += match (space && was_space, is_wide(c)) {
            (true, _) => 0,
            (false, true) => 2,
            (false, false) => 1,
        };
        was_space = space;
    }
    columns
}

fn tab_columns(c: char) -> usize {
    if c == '\t' { 8 } else { 1 }
}

/// Cuts at LF, CRLF, CR, and the rarer separators of lines and pages (VT, FF, NEL, U+2028, U+2029).
pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    let bytes = text.as_bytes();
    let mut lines = Vec::with_capacity(bytes.len() / 64);
    let mut start = 0;
    let mut at = 0;
    while at < bytes.len() {
        let length = line_end(&bytes[at..]);
        if length > 0 {
            lines.push(Line::new(&text[start..at]));
            start = at + length;
            at = start;
        } else {
            at += 1;
        }
    }
    if start < text.len() {
        lines.push(Line::new(&text[start..]));
    }
    lines
}

/// Whether a line ends with it, wherever it stands.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The bytes of the line end that `rest` starts with, or 0.
fn line_end(rest: &[u8]) -> usize {
    match rest {
        // `\r\r\n` is a CRLF file that was converted once more.
        [b'\r', b'\r', b'\n', ..] | [0xE2, 0x80, 0xA8 | 0xA9, ..] => 3,
        [b'\r', b'\n', ..] | [0xC2, 0x85, ..] => 2,
        [b'\n' | b'\r' | 0x0B | 0x0C, ..] => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_line_end_cuts_once() {
        let text = "a\nb\r\nc\rd\r\r\ne\u{0C}f\u{85}g\u{2028}h";
        let lines: Vec<_> = split(text).iter().map(|line| line.text).collect();
        assert_eq!(lines, ["a", "b", "c", "d", "e", "f", "g", "h"]);
        assert_eq!(split("a\n\nb").len(), 3);
        assert_eq!(split("a\r\n\r\nb\r\n").len(), 3);
        assert_eq!(split("").len(), 0);
    }

    #[test]
    fn widths_count_columns() {
        let width = |text| split(text)[0].width();
        assert_eq!(width("  don't  go"), 2 + 8);
        assert_eq!(width("\tx"), 9);
        assert_eq!(width("漢字"), 4);
        assert_eq!(width("\u{A0}\u{A0}é"), 3);
    }

    #[test]
    fn list_items_are_told_from_prose() {
        for text in ["- milk", "12. eggs", "(3) bread", "a) salt", "• oil"] {
            assert!(split(text)[0].starts_item(), "{text}");
        }
        for text in [
            "1802. ",
            "I. Newton",
            "(see above)",
            "-5 degrees",
            "e.g. salt",
        ] {
            assert!(!split(text)[0].starts_item(), "{text}");
        }
    }
}
