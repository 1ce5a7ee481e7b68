//! The text of a corpus in blocks of bounded size, for work that needs only its words: neither the
//! corpus nor a file has to fit into memory.
//!
//! Documents and sentences are cut between words (except for a sentence that ends, without white space,
//! in a mark newer than the normalizer's tables), so the layout of a text changes its words in two
//! cases only. Wrapped lines are joined without a space where both sides are written without spaces,
//! such as kana. And the rare separators of lines and pages separate words, whereas BERT's
//! normalization would remove them. A block with one of the two is laid out separately; all others are
//! used as they are.

use super::decompress::Stream;
use super::documents::paragraph_texts;
use super::layout::Layout;
use super::lines::{is_closer, is_line_end, is_terminator, is_wide};
use super::source::SourceFile;
use super::{Corpus, utf8};
use crate::Result;

/// Bytes read at a time: enough to find the end of a line, and to detect the layout.
const BLOCK: usize = 1 << 20;

/// Where a text without white space may be cut.
///
/// It receives bytes without white space, whose last character may be incomplete, and returns how many
/// of them may be used: 0 if they must stay together with the bytes that follow. It may remove bytes
/// that change nothing, if the bytes before are valid.
pub type CutRun<'a> = &'a dyn Fn(&mut Vec<u8>) -> usize;

/// The text of a part of a file, cut between words.
#[derive(Debug, Default)]
pub struct Block {
    text: String,
    layout: Option<Layout>,
}

impl Block {
    pub fn len(&self) -> usize {
        self.text.len()
    }

    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Calls `each` with parts of the text that cut no word. Their words are those of the documents.
    pub fn for_each_text(&self, each: &mut dyn FnMut(&str)) {
        if has_rare_separator(self.text.as_bytes()) || may_join_words(&self.text) {
            paragraph_texts(&self.text, self.layout, each);
        } else {
            each(&self.text);
        }
    }
}

/// Whether the text has a VT, FF or NEL.
fn has_rare_separator(bytes: &[u8]) -> bool {
    let next = bytes.get(1..).unwrap_or_default();
    // A fold without early exit, which the compiler vectorizes.
    let found = bytes.iter().zip(next).fold(0, |found, (&byte, &next)| {
        let is_nel = u8::from(byte == 0xC2) & u8::from(next == 0x85);
        found | u8::from(byte == 0x0B) | u8::from(byte == 0x0C) | is_nel
    });
    found > 0 || matches!(bytes.last(), Some(0x0B | 0x0C))
}

/// Whether a line that ends with a character that needs no space is followed by one that begins with
/// such a character.
fn may_join_words(text: &str) -> bool {
    let joins = |c: char| is_wide(c) && !is_terminator(c) && !is_closer(c);
    let mut before = None;
    has_wide(text.as_bytes())
        && text.split(is_line_end).map(str::trim).any(|line| {
            let after = line.chars().next();
            let found = before.is_some_and(joins) && after.is_some_and(joins);
            before = line.chars().next_back().or(before);
            found
        })
}

/// Whether any character may be one of `is_wide`, by the first two bytes of its UTF-8.
fn has_wide(bytes: &[u8]) -> bool {
    let next = bytes.get(1..).unwrap_or_default();
    let found = bytes.iter().zip(next).fold(0, |found, (&byte, &next)| {
        let radicals = u8::from(byte == 0xE2) & u8::from(next >= 0xBA);
        let kana_to_yi = u8::from((0xE3..=0xEA).contains(&byte));
        // Neither U+FEFF, which may be inside texts, nor emoji.
        let forms = u8::from(byte == 0xEF) & u8::from(next != 0xBB);
        let rare_han = u8::from(byte == 0xF0) & u8::from(next >= 0xA0);
        found | radicals | kana_to_yi | forms | rare_han
    });
    found > 0
}

/// Reads the blocks of a corpus, in order.
pub struct Blocks<'c> {
    corpus: &'c Corpus,
    /// The index of the source that is read next.
    next: usize,
    open: Option<OpenSource<'c>>,
    /// Of the sources that are finished.
    stored_bytes: u64,
    found_text: bool,
}

impl Corpus {
    /// The text in blocks of bounded size, in the order of the files, for its words alone.
    pub fn blocks(&self) -> Blocks<'_> {
        Blocks {
            corpus: self,
            next: 0,
            open: None,
            stored_bytes: 0,
            found_text: false,
        }
    }
}

impl Blocks<'_> {
    /// Replaces `block` with the next block; `false` at the end of the last file.
    pub fn next(&mut self, cut_run: CutRun<'_>, block: &mut Block) -> Result<bool> {
        let options = self.corpus.options;
        block.layout = options.layout;
        loop {
            let open = match &mut self.open {
                Some(open) => open,
                None if self.next == self.corpus.sources.len() => return self.end(),
                closed => {
                    self.next += 1;
                    closed.insert(OpenSource::new(&self.corpus.sources[self.next - 1])?)
                }
            };
            let mut bytes = std::mem::take(&mut block.text).into_bytes();
            let at = open.next(cut_run, &mut bytes)?;
            if bytes.is_empty() {
                self.close()?;
                continue;
            }
            block.text = utf8::part(bytes, at, options.errors, &open.source.name())?;
            open.found_text |= !block.text.trim_start().is_empty();
            return Ok(true);
        }
    }

    /// The number of bytes read so far, as stored.
    pub fn stored_bytes(&self) -> u64 {
        let of_open = self.open.as_ref().map(|open| open.stream.stored_bytes());
        self.stored_bytes + of_open.unwrap_or(0)
    }

    fn close(&mut self) -> Result<()> {
        let Some(open) = self.open.take() else {
            return Ok(());
        };
        self.stored_bytes += open.source.size;
        self.found_text |= open.found_text;
        if open.found_text || !open.source.named {
            return Ok(());
        }
        Err(open.source.refuse_as_empty())
    }

    fn end(&self) -> Result<bool> {
        if self.found_text {
            return Ok(false);
        }
        Err(self.corpus.refuse_as_empty())
    }
}

/// A source that is being read.
struct OpenSource<'c> {
    source: &'c SourceFile,
    stream: Stream<'c>,
    /// Bytes that were read and not used yet.
    pending: Vec<u8>,
    /// Their offset in the text.
    at: u64,
    ended: bool,
    found_text: bool,
}

impl<'c> OpenSource<'c> {
    fn new(source: &'c SourceFile) -> Result<Self> {
        let mut open = Self {
            source,
            stream: Stream::open(source)?,
            pending: Vec::new(),
            at: 0,
            ended: false,
            found_text: false,
        };
        open.read()?;
        let mark = utf8::check_start(&open.pending, &source.name())?;
        open.pending.drain(..mark);
        open.at = mark as u64;
        Ok(open)
    }

    fn read(&mut self) -> Result<()> {
        self.ended = self.stream.read_up_to(BLOCK, &mut self.pending)? < BLOCK;
        Ok(())
    }

    /// Fills `bytes` up to a position between words, or leaves it empty at the end; returns their
    /// offset.
    fn next(&mut self, cut_run: CutRun<'_>, bytes: &mut Vec<u8>) -> Result<u64> {
        let mut wanted = BLOCK / 2;
        while !self.ended {
            if self.pending.len() >= wanted {
                let cut = self.cut(cut_run);
                if cut > 0 {
                    return Ok(self.take_pending(cut, bytes));
                }
                // Twice as much before the next search, so that all searches together take linear time.
                wanted = 2 * self.pending.len().max(BLOCK / 2);
            }
            self.read()?;
        }
        Ok(self.take_pending(self.pending.len(), bytes))
    }

    /// Where to cut the pending bytes, or 0 for nowhere yet: at the end of a line, else at white space,
    /// else where `cut_run` says.
    fn cut(&mut self, cut_run: CutRun<'_>) -> usize {
        let space = memchr::memrchr(b'\n', &self.pending)
            .or_else(|| self.pending.iter().rposition(u8::is_ascii_whitespace));
        if let Some(space) = space {
            return space + 1;
        }
        let before = self.pending.len();
        let cut = cut_run(&mut self.pending);
        self.at += (before - self.pending.len()) as u64;
        cut
    }

    fn take_pending(&mut self, cut: usize, bytes: &mut Vec<u8>) -> u64 {
        bytes.clear();
        bytes.extend_from_slice(&self.pending[cut..]);
        self.pending.truncate(cut);
        std::mem::swap(bytes, &mut self.pending);
        let at = self.at;
        self.at += cut as u64;
        at
    }
}

#[cfg(test)]
mod tests {
    use super::super::{CorpusOptions, DecodingErrors, Input};
    use super::*;

    fn corpus(texts: &[&[u8]], errors: DecodingErrors) -> Corpus {
        let memory = |(number, text): (usize, &&[u8])| Input::Memory {
            name: format!("text {number}"),
            bytes: text.to_vec(),
        };
        let inputs: Vec<_> = texts.iter().enumerate().map(memory).collect();
        let layout = None;
        Corpus::open(&inputs, CorpusOptions { layout, errors }).unwrap()
    }

    fn read(corpus: &Corpus, cut_run: CutRun<'_>) -> Result<Vec<String>> {
        let mut blocks = corpus.blocks();
        let mut block = Block::default();
        let mut texts = Vec::new();
        while blocks.next(cut_run, &mut block)? {
            texts.push(block.text.clone());
        }
        assert_eq!(blocks.stored_bytes(), corpus.stored_bytes());
        Ok(texts)
    }

    fn nowhere(_: &mut Vec<u8>) -> usize {
        0
    }

    #[test]
    fn a_text_is_cut_at_line_ends_and_nothing_of_it_is_lost() {
        let text = "\u{FEFF}".to_owned() + &"Zwölf Boxkämpfer jagen\nViktor. ".repeat(200_000);
        let corpus = corpus(&[text.as_bytes(), b"x y"], DecodingErrors::Strict);
        let blocks = read(&corpus, &nowhere).unwrap();
        let (last, blocks) = blocks.split_last().unwrap();
        assert_eq!(last, "x y");
        assert!(blocks.len() > 4 && blocks.iter().all(|block| block.len() <= 2 * BLOCK));
        let (_, whole) = blocks.split_last().unwrap();
        assert!(whole.iter().all(|block| block.ends_with('\n')));
        assert_eq!("\u{FEFF}".to_owned() + &blocks.concat(), text);
    }

    #[test]
    fn a_text_without_white_space_is_cut_where_the_caller_says_or_kept_together() {
        let text = "ä-".repeat(BLOCK);
        let corpus = corpus(&[text.as_bytes()], DecodingErrors::Strict);
        let at_hyphen = |run: &mut Vec<u8>| memchr::memrchr(b'-', run).map_or(0, |at| at + 1);
        let blocks = read(&corpus, &at_hyphen).unwrap();
        assert!(blocks.len() > 2 && blocks.iter().all(|block| block.ends_with('-')));
        assert_eq!(blocks.concat(), text);
        assert_eq!(read(&corpus, &nowhere).unwrap(), [text]);
    }

    #[test]
    fn bytes_that_make_no_difference_may_be_taken_out_and_offsets_still_count_them() {
        let text = "a".repeat(9 * BLOCK).into_bytes();
        let shorten = |run: &mut Vec<u8>| {
            assert!(run.len() < 2 * BLOCK);
            run.truncate(10);
            0
        };
        let blocks = read(&corpus(&[&text], DecodingErrors::Strict), &shorten).unwrap();
        assert!(blocks.concat().len() < 2 * BLOCK);
        let bad = [&text[..], b"\xFF"].concat();
        let error = read(&corpus(&[&bad], DecodingErrors::Strict), &shorten).unwrap_err();
        let offset = format!("at byte {}:", 9 * BLOCK);
        assert!(error.to_string().contains(&offset), "{error}");
    }

    #[test]
    fn what_cannot_be_read_is_refused_as_in_the_whole_file() {
        let far = "word \n".repeat(BLOCK / 3).into_bytes();
        let put = |at: usize, byte: u8| {
            let mut bytes = far.clone();
            bytes[at] = byte;
            bytes
        };
        let table: &[(Vec<u8>, &str)] = &[
            (b"".to_vec(), "text 1 is empty"),
            (b" \n \r\n".to_vec(), "text 1 is empty"),
            (vec![1; 100], "100 % of its bytes are control characters"),
            (b"\xFF\xFEa\0".to_vec(), "text 1 is UTF-16"),
            (put(BLOCK + 4, 0), "has a NUL byte at 1048580"),
            (put(BLOCK + 4, 0xC3), "text 1 is not UTF-8 at byte 1048580:"),
            (
                b"\x1F\x8B\x08\0cut".to_vec(),
                "text 1 is damaged or cut short",
            ),
        ];
        for (bytes, expected) in table {
            let corpus = corpus(&[b"good", bytes], DecodingErrors::Strict);
            let by_block = read(&corpus, &nowhere).unwrap_err().to_string();
            assert!(by_block.contains(expected), "{by_block}");
            let whole = corpus.for_each_document(&mut |_| Ok(())).unwrap_err();
            assert_eq!(by_block, whole.to_string());
        }
    }

    #[test]
    fn bad_utf8_is_replaced_as_in_the_whole_file() {
        let text = b"g\xE4rden \xE2\x82 x\n\xF0\x9F\n".repeat(BLOCK / 9);
        let blocks = read(&corpus(&[&text], DecodingErrors::Replace), &nowhere).unwrap();
        assert!(blocks.len() > 1);
        assert_eq!(blocks.concat(), String::from_utf8_lossy(&text));
    }

    #[test]
    fn lines_are_looked_at_only_where_words_may_depend_on_them() {
        for text in ["ab\ncd", "你好。\n世界", "か\nx", "\u{E9}\n\u{E9}"] {
            assert!(!may_join_words(text), "{text}");
        }
        for text in ["か\nな", "か \r\n な", "⺀\n⺀", "か\u{2028}な", "𠀀\n𠀀"] {
            assert!(may_join_words(text), "{text}");
        }
        for text in ["a\u{B}b", "ab\u{C}", "a\u{85}b"] {
            assert!(has_rare_separator(text.as_bytes()), "{text:?}");
        }
        assert!(!has_rare_separator("a\u{1C}b\u{A0}".as_bytes()));
    }
}
