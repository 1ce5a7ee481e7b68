//! The text of one file, in parts if it is long: a file need not fit into memory.

use super::decompress::{STEP, Stream};
use super::source::{DecodingErrors, SourceFile};
use super::utf8;
use crate::Result;

/// A longer file is read in parts of about this many bytes, each laid out separately: enough to detect
/// the layout.
pub(super) const PART: usize = 1 << 24;

/// Reads the parts of a file, in order. Each part except the last ends at a blank line in its second
/// half, else at the end of a line, else at white space, so a text without white space is one part.
pub(super) struct Parts<'s> {
    source: &'s SourceFile,
    stream: Stream<'s>,
    errors: DecodingErrors,
    /// More bytes than this are cut.
    most: usize,
    /// Bytes that were read and not used yet.
    pending: Vec<u8>,
    /// Their offset in the text.
    at: u64,
    ended: bool,
}

impl<'s> Parts<'s> {
    /// Parts of about `most` bytes; of any length if it is `usize::MAX`.
    pub fn new(source: &'s SourceFile, errors: DecodingErrors, most: usize) -> Result<Self> {
        let mut parts = Self {
            source,
            stream: Stream::open(source)?,
            errors,
            most,
            pending: Vec::with_capacity(source.size.min(PART as u64) as usize + STEP),
            at: 0,
            ended: false,
        };
        parts.read_more_than(most)?;
        let mark = utf8::check_start(&parts.pending, &source.name())?;
        parts.pending.drain(..mark);
        parts.at = mark as u64;
        Ok(parts)
    }

    /// The text of the next part, without a byte-order mark.
    pub fn next(&mut self) -> Result<Option<String>> {
        let mut wanted = self.most;
        self.read_more_than(wanted)?;
        let cut = loop {
            if self.ended && self.pending.len() <= wanted {
                break self.pending.len();
            }
            match place_to_cut(&self.pending) {
                Some(cut) => break cut,
                // Twice as much before the next search, so that all searches together take linear time.
                None => wanted = wanted.saturating_mul(2),
            }
            self.read_more_than(wanted)?;
        };
        if cut == 0 {
            return Ok(None);
        }
        let rest = self.pending.split_off(cut);
        let bytes = std::mem::replace(&mut self.pending, rest);
        let at = self.at;
        self.at += cut as u64;
        utf8::part(bytes, at, self.errors, &self.source.name()).map(Some)
    }

    /// Whether the last part has been read.
    pub fn is_done(&self) -> bool {
        self.ended && self.pending.is_empty()
    }

    /// The number of bytes read so far, as stored.
    pub fn stored_bytes(&self) -> u64 {
        if self.is_done() {
            self.source.size
        } else {
            self.stream.stored_bytes().min(self.source.size)
        }
    }

    fn read_more_than(&mut self, bytes: usize) -> Result<()> {
        while !self.ended && self.pending.len() <= bytes {
            let missing = (bytes - self.pending.len()).min(PART) + 1;
            self.ended = self.stream.read_up_to(missing, &mut self.pending)? < missing;
        }
        Ok(())
    }
}

fn place_to_cut(bytes: &[u8]) -> Option<usize> {
    let half = bytes.len() / 2;
    let blank_line = memchr::memrchr_iter(b'\n', &bytes[half..])
        .map(|at| half + at)
        .find(|&at| bytes[..at].ends_with(b"\n") || bytes[..at].ends_with(b"\n\r"));
    blank_line
        .or_else(|| memchr::memrchr(b'\n', bytes))
        .or_else(|| bytes.iter().rposition(u8::is_ascii_whitespace))
        .map(|at| at + 1)
}

#[cfg(test)]
mod tests {
    use super::super::source::{Input, find};
    use super::*;

    fn parts(text: &str, most: usize) -> Vec<String> {
        let input = Input::Memory {
            name: "text".to_owned(),
            bytes: text.as_bytes().to_vec(),
        };
        let sources = find(&[input]).unwrap();
        let mut parts = Parts::new(&sources[0], DecodingErrors::Strict, most).unwrap();
        let mut texts = Vec::new();
        while let Some(text) = parts.next().unwrap() {
            assert!(parts.stored_bytes() <= sources[0].size);
            texts.push(text);
        }
        assert!(parts.is_done());
        texts
    }

    #[test]
    fn a_text_that_is_short_enough_is_one_part() {
        assert_eq!(parts("a\n\nb\n", 5), ["a\n\nb\n"]);
        assert_eq!(parts("\u{FEFF}a b", usize::MAX), ["a b"]);
        assert!(parts("", 5).is_empty());
    }

    #[test]
    fn a_longer_one_is_cut_at_blank_lines_else_line_ends_else_white_space_else_nowhere() {
        let table: &[(&str, &[&str])] = &[
            ("abcd\n\ne\nf\ng\n", &["abcd\n\n", "e\nf\ng\n"]),
            ("abc\r\n\r\nd\r\ne", &["abc\r\n\r\n", "d\r\ne"]),
            ("abc\ndef\nghij\n", &["abc\ndef\n", "ghij\n"]),
            ("ab cd ef gh ij", &["ab cd ef ", "gh ij"]),
            ("äöüäöüäöüäöü", &["äöüäöüäöüäöü"]),
            ("\n\nabcdefghijklmn\no", &["\n\n", "abcdefghijklmn\no"]),
        ];
        for &(text, expected) in table {
            let found = parts(text, 8);
            assert_eq!(found.concat(), text);
            assert_eq!(found, expected);
        }
    }
}
