//! How a text marks its documents, paragraphs and sentences, and how that is detected.

use std::fmt;
use std::str::FromStr;

use super::lines::Line;
use super::sentences::is_one_sentence;
use crate::Error;
use crate::error::OptionError;

/// A layout of text that a user can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One sentence per line, blank lines between documents: the format of BERT's own scripts.
    Sentences,
    /// One paragraph per line.
    Paragraphs,
    /// Lines wrapped at a width, with or without blank lines between paragraphs.
    Wrapped,
    /// Each file is a document; its paragraphs are detected.
    Files,
}

impl FromStr for Layout {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self, Error> {
        match name {
            "sentences" => Ok(Self::Sentences),
            "paragraphs" => Ok(Self::Paragraphs),
            "wrapped" => Ok(Self::Wrapped),
            "files" => Ok(Self::Files),
            _ => Err(OptionError::UnknownName {
                option: "layout",
                value: name.to_owned(),
                allowed: "auto, sentences, paragraphs, wrapped or files",
            }
            .into()),
        }
    }
}

impl fmt::Display for Layout {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Sentences => "sentences",
            Self::Paragraphs => "paragraphs",
            Self::Wrapped => "wrapped",
            Self::Files => "files",
        })
    }
}

/// The lines that are looked at are in this many runs, spread over the text.
const STRETCHES: usize = 8;
const STRETCH: usize = 250;

/// Whether a text has one sentence per line: nearly every line is exactly one sentence, and there are
/// more lines than blocks. (The dialogue of a novel may have one sentence per line too, but each in a
/// block of its own.)
pub(super) fn is_sentence_a_line(lines: &[Line<'_>]) -> bool {
    let mut looked_at = 0;
    let mut single = 0;
    let mut neighbors = 0;
    for line in sample(lines) {
        for pair in line.windows(2) {
            neighbors += usize::from(!pair[0].is_blank() && !pair[1].is_blank());
        }
        for line in line.iter().filter(|line| !line.is_blank()) {
            looked_at += 1;
            single += usize::from(is_one_sentence(line.text));
        }
    }
    looked_at > 1 && single * 20 >= looked_at * 17 && neighbors * 2 >= looked_at
}

fn sample<'a, 'b>(lines: &'a [Line<'b>]) -> impl Iterator<Item = &'a [Line<'b>]> {
    let step = (lines.len() / STRETCHES).max(STRETCH);
    lines
        .chunks(step)
        .map(|chunk| &chunk[..chunk.len().min(STRETCH)])
}

#[cfg(test)]
mod tests {
    use super::super::lines::split;
    use super::*;

    #[test]
    fn a_sentence_a_line_is_recognised() {
        for text in [
            "The cat sat.\nIt was warm.\n\nThe dog ran.\nIt was fast.\nIt barked.",
            "The cat sat.\nIt was warm.\nThe dog ran.",
            "the film is good .\nit is not bad .\nsee it !",
        ] {
            assert!(is_sentence_a_line(&split(text)), "{text}");
        }
    }

    #[test]
    fn other_layouts_are_not_taken_for_it() {
        for text in [
            "One sentence.",
            "\"Yes.\"\n\n\"No.\"\n\n\"Why not?\"\n\n\"I am tired.\"",
            "One. Two. Three.\nFour. Five.\nSix. Seven.",
            "It was a dark and stormy\nnight, and the rain fell\nin torrents.",
            "apples\npears\nplums",
        ] {
            assert!(!is_sentence_a_line(&split(text)), "{text}");
        }
    }

    #[test]
    fn layouts_have_names() {
        for name in ["sentences", "paragraphs", "wrapped", "files"] {
            assert_eq!(name.parse::<Layout>().unwrap().to_string(), name);
        }
        assert!("verse".parse::<Layout>().is_err());
    }
}
