//! The lines of a text, with the properties that the layout rules need.

use crate::parallel::in_parts;

/// Text is split into lines on several threads, in chunks of about this many bytes.
const CHUNK: usize = 1 << 20;

/// One line of a text, trimmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line<'a> {
    pub text: &'a str,
    /// Columns of white space before the text.
    pub indent: u32,
    /// Columns of the text; a run of white space counts as one.
    width: u32,
    /// Whether all white space in the text is single spaces.
    pub is_plain: bool,
}

impl<'a> Line<'a> {
    fn new(raw: &'a str) -> Self {
        let start = raw.trim_start();
        let text = start.trim_end();
        let before = &raw[..raw.len() - start.len()];
        let plain = plain_columns(text);
        let counted = |columns: usize| u32::try_from(columns).unwrap_or(u32::MAX);
        Self {
            text,
            indent: counted(before.chars().map(tab_columns).sum()),
            width: counted(plain.unwrap_or_else(|| columns(text))),
            is_plain: plain.is_some(),
        }
    }

    pub fn is_blank(&self) -> bool {
        self.text.is_empty()
    }

    /// The column at which the line ends.
    pub fn width(&self) -> usize {
        self.indent as usize + self.width as usize
    }

    /// Columns that the first word would take at the end of the line before.
    pub fn first_word_width(&self) -> usize {
        let word = self.text.split_whitespace().next().unwrap_or("");
        match word.chars().next() {
            Some(first) if is_wide(first) => 2,
            _ => columns(word),
        }
    }

    /// Whether it ends with a terminator of a sentence, apart from quotes and brackets.
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

    /// The first character after opening quotes and brackets.
    fn first_letter(&self) -> Option<char> {
        self.text
            .trim_start_matches(['"', '\'', '“', '‘', '«', '„', '(', '[', '_', '*'])
            .chars()
            .next()
    }

    pub fn starts_upper(&self) -> bool {
        self.first_letter().is_some_and(char::is_uppercase)
    }

    /// Whether it begins like the middle of a sentence: with a lowercase letter, or a letter of a script
    /// without case.
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

    /// Whether it has letters, and all of them are capitals.
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

/// Whether a character is written without spaces between words and is two columns wide: Han, kana,
/// full-width forms.
pub(super) fn is_wide(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF00}'..='\u{FF60}' | '\u{20000}'..='\u{3FFFD}')
}

/// The columns of a text, if its white space is surely single spaces and no character is wide, found
/// from pairs of neighboring bytes; `None` if that is uncertain.
fn plain_columns(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let next = bytes.get(1..).unwrap_or_default();
    // A fold without early exit, which the compiler vectorizes.
    let seen = bytes.iter().zip(next).fold(0, |seen, (&byte, &next)| {
        let spaces = u8::from(byte == b' ') & u8::from(next == b' ');
        let control = u8::from(byte.wrapping_sub(b'\t') < 5);
        seen | spaces | control | byte & 0x80
    });
    match seen {
        0 => Some(text.len()),
        0x80 if !may_have_spaces_or_wide(bytes) => Some(text.chars().count()),
        _ => None,
    }
}

/// Whether the text may have white space or wide characters beyond ASCII.
fn may_have_spaces_or_wide(bytes: &[u8]) -> bool {
    let next = bytes.get(1..).unwrap_or_default();
    let found = bytes.iter().zip(next).fold(0, |found, (&byte, &next)| {
        let latin = u8::from(byte == 0xC2) & (u8::from(next == 0x85) | u8::from(next == 0xA0));
        let ogham = u8::from(byte == 0xE1) & u8::from(next == 0x9A);
        // The last two bytes of the white space from U+2000 to U+205F, in any character.
        let general = u8::from(byte == 0x80)
            & (u8::from(next < 0x8B) | u8::from(matches!(next, 0xA8 | 0xA9 | 0xAF)));
        let mathematical = u8::from(byte == 0x81) & u8::from(next == 0x9F);
        let wide = u8::from(byte >= 0xE3) | u8::from(byte == 0xE2) & u8::from(next >= 0xBA);
        found | latin | ogham | general | mathematical | wide
    });
    found > 0
}

pub(super) fn count_chars(text: &str) -> usize {
    if text.is_ascii() {
        return text.len();
    }
    text.chars().count()
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

/// Splits a text at LF, CRLF, CR, and the rare separators of lines and pages (VT, FF, NEL, U+2028,
/// U+2029).
pub(super) fn split(text: &str) -> Vec<Line<'_>> {
    let chunks = chunks(text);
    let mut parts = in_parts(&chunks, |chunk| chunk.len(), split_chunks).into_iter();
    let mut lines = parts.next().unwrap_or_default();
    parts.for_each(|part| lines.extend(part));
    lines
}

/// Splits a text after line feeds, which always end a line.
fn chunks(text: &str) -> Vec<&str> {
    let mut chunks = Vec::new();
    let mut rest = text;
    while let Some(behind) = rest.as_bytes().get(CHUNK..)
        && let Some(feed) = memchr::memchr(b'\n', behind)
    {
        let (chunk, others) = rest.split_at(CHUNK + feed + 1);
        chunks.push(chunk);
        rest = others;
    }
    chunks.push(rest);
    chunks
}

fn split_chunks<'t>(chunks: &[&'t str]) -> Vec<Line<'t>> {
    let bytes: usize = chunks.iter().map(|chunk| chunk.len()).sum();
    let mut lines = Vec::with_capacity(bytes / 64);
    for chunk in chunks {
        split_chunk(chunk, &mut lines);
    }
    lines
}

fn split_chunk<'t>(text: &'t str, lines: &mut Vec<Line<'t>>) {
    let bytes = text.as_bytes();
    let has_rare_ends = may_have_rare_ends(bytes);
    let next = |from: usize| {
        if has_rare_ends {
            bytes[from..].iter().position(|&byte| may_end_line(byte))
        } else {
            memchr::memchr2(b'\n', b'\r', &bytes[from..])
        }
    };
    let mut start = 0;
    let mut at = 0;
    while let Some(found) = next(at) {
        at += found;
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
}

/// Whether the text may have line ends other than LF and CR.
fn may_have_rare_ends(bytes: &[u8]) -> bool {
    let next = bytes.get(1..).unwrap_or_default();
    // A fold without early exit, which the compiler vectorizes.
    let found = bytes.iter().zip(next).fold(0, |found, (&byte, &next)| {
        let control = u8::from(byte == 0x0B) | u8::from(byte == 0x0C);
        let nel = u8::from(byte == 0xC2) & u8::from(next == 0x85);
        let separators = u8::from(byte == 0x80) & u8::from(next & 0xFE == 0xA8);
        found | control | nel | separators
    });
    found > 0 || matches!(bytes.last(), Some(0x0B | 0x0C))
}

/// Whether a line end may begin with this byte.
fn may_end_line(byte: u8) -> bool {
    matches!(byte, b'\n'..=b'\r' | 0xC2 | 0xE2)
}

/// Whether the character ends a line.
pub(super) fn is_line_end(c: char) -> bool {
    matches!(c, '\n'..='\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// The bytes of the line end that `rest` starts with, or 0.
fn line_end(rest: &[u8]) -> usize {
    match rest {
        // `\r\r\n` comes from a CRLF file that was converted once more.
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
    fn the_columns_of_plain_text_are_counted_as_those_of_any() {
        for c in '\0'..='\u{FFFF}' {
            for text in [format!("a{c}b"), format!("é{c} b"), format!("a {c}é")] {
                let Some(plain) = plain_columns(&text) else {
                    continue;
                };
                assert_eq!(plain, columns(&text), "{text:?}");
                let words: Vec<_> = text.split_whitespace().collect();
                assert_eq!(words.join(" "), text);
            }
        }
        assert_eq!(plain_columns("“He’s — late…”"), Some(14));
    }

    #[test]
    fn a_long_text_is_split_as_its_chunks_are() {
        let text = "one\r\n two\u{2028}three\r\r\n\n".repeat(CHUNK / 10);
        let mut lines = Vec::new();
        split_chunk(&text, &mut lines);
        assert!(chunks(&text).len() > 1);
        assert_eq!(split(&text), lines);
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
