//! Splits a paragraph into sentences: at the boundaries of UAX #29, except those that come from an
//! abbreviation, an initial or a quotation.

use unicode_segmentation::UnicodeSegmentation;

use super::lines::{is_closer, is_terminator};

/// A name or a number follows: never the end of a sentence.
const TITLES: &[&str] = &[
    "mr", "mrs", "ms", "dr", "st", "mt", "prof", "rev", "hon", "sen", "rep", "gov", "gen", "col",
    "maj", "capt", "lt", "sgt", "cpl", "cmdr", "adm", "messrs", "mme", "mlle", "mm", "m", "fr",
    "sr", "sra", "hr", "vs", "viz", "cf", "e.g", "i.e", "eg", "ie", "esp", "ca", "approx",
];

/// The end of a sentence unless a number follows.
const NUMBERED: &[&str] = &[
    "no", "nos", "nr", "p", "pp", "vol", "vols", "ch", "chap", "sec", "sect", "fig", "figs", "art",
    "op", "eq", "ex", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov",
    "dec",
];

/// Words that begin a sentence far more often than they follow an initial in a name.
const STARTERS: &[&str] = &[
    "a", "after", "all", "an", "and", "as", "at", "before", "but", "by", "for", "from", "he",
    "her", "here", "his", "how", "however", "i", "if", "in", "it", "its", "my", "no", "now", "of",
    "on", "once", "or", "our", "she", "so", "some", "that", "the", "their", "then", "there",
    "these", "they", "this", "those", "to", "was", "we", "what", "when", "where", "who", "why",
    "with", "yes", "you", "your",
];

/// Verbs that name a speaker: `"Stop!" Mary said.`
const SPEECH: &[&str] = &[
    "added",
    "answered",
    "asked",
    "began",
    "called",
    "cried",
    "demanded",
    "exclaimed",
    "inquired",
    "laughed",
    "murmured",
    "remarked",
    "repeated",
    "replied",
    "returned",
    "said",
    "says",
    "shouted",
    "whispered",
];

/// The sentences of a paragraph, trimmed, none of them empty.
pub fn sentences(paragraph: &str) -> Vec<&str> {
    let mut sentences = Vec::new();
    push_sentences(paragraph, &mut sentences);
    sentences
}

/// Adds the sentences of a paragraph.
pub(super) fn push_sentences<'a>(paragraph: &'a str, sentences: &mut Vec<&'a str>) {
    let mut start = 0;
    let mut bound = 0;
    while let Some(next) = next_bound(paragraph, bound) {
        bound = next;
        // UAX #29 leaves an opening bracket with the sentence before where no space separates them. It
        // leaves invisible characters there too, which are part of the word after them.
        let is_next =
            |c| matches!(c, '「' | '『' | '（' | '【' | '“' | '(' | '[') || is_attached(c);
        let before = paragraph[start..bound].trim_end_matches(is_next);
        let at = start + before.len();
        if is_boundary(before, &paragraph[at..]) {
            push(&paragraph[start..at], sentences);
            start = at;
        }
    }
    push(&paragraph[start..], sentences);
}

/// Whether UAX #29 attaches a character to the one before: format characters and combining marks.
fn is_attached(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
}

/// The next boundary of UAX #29 after the one at `from`.
///
/// Only a terminator or the end of a line makes a boundary (SB4, SB11), and of the text before it only
/// the last letter matters (SB7): everything before that letter is skipped.
fn next_bound(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let end = next_end(bytes, from)?;
    // Combining marks are not ASCII, so the letter that they belong to is included.
    let before = bytes[from..end].iter().rposition(u8::is_ascii);
    let start = from + before.unwrap_or(0);
    // The first boundary only: each boundary is searched for from the one before.
    let sentence = text[start..].split_sentence_bounds().next()?;
    let bound = start + sentence.len();
    (bound < text.len()).then_some(bound)
}

/// The first position from `from` on at which [`is_end`] is true.
fn next_end(text: &[u8], from: usize) -> Option<usize> {
    let mut start = from;
    for bytes in text[from..].chunks(16) {
        // A fold without early exit, which the compiler vectorizes.
        if bytes
            .iter()
            .fold(false, |found, &byte| found | may_end(byte))
        {
            let mut places = start..start + bytes.len();
            if let Some(found) = places.find(|&at| may_end(text[at]) && is_end(&text[at..])) {
                return Some(found);
            }
        }
        start += bytes.len();
    }
    None
}

/// Whether a character of [`is_end`] may begin with this byte.
fn may_end(byte: u8) -> bool {
    let marks = [b'.', b'!', b'?', b'\n', b'\r', 0xC2];
    let is_any = |found, mark| found | u8::from(byte == mark);
    marks.into_iter().fold(u8::from(byte >= 0xD6), is_any) > 0
}

/// Whether a text may begin with a terminator or the end of a line by UAX #29; for scripts with rare
/// terminators it may be true without one.
fn is_end(text: &[u8]) -> bool {
    match *text {
        [0xC2, next, ..] => next == 0x85,
        [0xD8, next, ..] => matches!(next, 0x9D..=0x9F),
        [0xDB, next, ..] => next == 0x94,
        [0xE0, 0xA5, next, ..] => matches!(next, 0xA4 | 0xA5),
        [0xE2, 0x80, next, ..] => matches!(next, 0xA4 | 0xA8 | 0xA9 | 0xBC | 0xBD),
        [0xE3, next, last, ..] => (next, last) == (0x80, 0x82),
        [0xD9 | 0xDA | 0xE4..=0xE9 | 0xEB..=0xED, ..] | [0xE0, 0xA4, ..] => false,
        _ => true,
    }
}

/// By UAX #29, U+2026 does not end a sentence. Here it does, if a capital follows.
fn push<'a>(segment: &'a str, sentences: &mut Vec<&'a str>) {
    let mut rest = segment;
    let mut from = 0;
    while let Some(found) = find_ellipsis(&rest.as_bytes()[from..]) {
        from += found + '…'.len_utf8();
        let after = rest[from..].trim_start_matches(is_closer);
        let next = after.trim_start();
        let capital = next
            .trim_start_matches(is_opener)
            .starts_with(char::is_uppercase);
        if next.len() < after.len() && capital && first_word(next) != "I" {
            let (sentence, others) = rest.split_at(rest.len() - next.len());
            sentences.push(sentence.trim());
            rest = others;
            from = 0;
        }
    }
    let rest = rest.trim();
    if !rest.is_empty() {
        sentences.push(rest);
    }
}

fn find_ellipsis(text: &[u8]) -> Option<usize> {
    let ellipsis = "…".as_bytes();
    memchr::memchr_iter(ellipsis[2], text)
        .find(|&last| text[..=last].ends_with(ellipsis))
        .map(|last| last - 2)
}

fn is_opener(c: char) -> bool {
    matches!(c, '"' | '\'' | '“' | '‘' | '«' | '„' | '(' | '[')
}

/// Whether a boundary of UAX #29 between `before` and `after` ends a sentence.
fn is_boundary(before: &str, after: &str) -> bool {
    // `"Stop!" she said.`
    if after.starts_with(char::is_lowercase) {
        return false;
    }
    let before = before.trim_end();
    if is_only_closers(before) || before.ends_with(is_quote) && names_speaker(after) {
        return false;
    }
    match before.strip_suffix('.') {
        Some(before) => !is_abbreviation(before, after),
        None => true,
    }
}

fn is_quote(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»')
}

/// Whether the text begins with one to three names and a verb of speech.
fn names_speaker(text: &str) -> bool {
    let mut words = text.split_whitespace().take(4);
    let is_name = |word: &str| word.starts_with(char::is_uppercase) && !is_starter(word);
    words.next().is_some_and(is_name)
        && words
            .find(|word| !is_name(word))
            .is_some_and(|word| SPEECH.contains(&word.trim_end_matches([',', '.', ':', ';'])))
}

/// A quotation mark that stands alone belongs to the text after it.
fn is_only_closers(text: &str) -> bool {
    text.chars().all(|c| is_closer(c) || is_opener(c))
}

/// Whether the full stop after `before` belongs to its last word. `before` does not include it.
fn is_abbreviation(before: &str, after: &str) -> bool {
    let word = before
        .rsplit(|c: char| c.is_whitespace() || c == '—' || c == '-')
        .next()
        .unwrap_or("")
        .trim_start_matches(is_opener);
    let is_whole_sentence = word.len() == before.trim_start().len();
    let next = first_word(after);
    let number_follows = next.starts_with(|c: char| c.is_ascii_digit());
    let name_follows = !is_starter(next) || is_initial(next, after);

    if is_enumerator(word) {
        return is_whole_sentence;
    }
    let lower = word.to_lowercase();
    if lower == "m" || lower == "mm" {
        return word.starts_with('M') && next.starts_with(char::is_uppercase) && name_follows;
    }
    if TITLES.contains(&lower.as_str()) {
        return true;
    }
    if NUMBERED.contains(&lower.as_str()) && word != "P" {
        return number_follows;
    }
    is_initials(word) && name_follows && (word != "I" || is_whole_sentence)
}

/// `3` or `IV`, as before a heading or an item of a list.
fn is_enumerator(word: &str) -> bool {
    let digits = word.bytes().all(|b| b.is_ascii_digit());
    let roman = word.bytes().all(|b| b"IVXLC".contains(&b));
    !word.is_empty() && (digits && word.len() <= 3 || roman && word.len() > 1)
}

/// `J`, `U.S`, `Ph.D`: capitals with dots between.
fn is_initials(word: &str) -> bool {
    let mut parts = word.split('.').peekable();
    parts.peek().is_some_and(|part| !part.is_empty())
        && parts.all(|part| {
            part.starts_with(char::is_uppercase)
                && part.chars().count() <= 2
                && (part.chars().count() == 1 || word.contains('.'))
        })
}

/// Whether `word`, which is the beginning of `text`, is a letter with a full stop.
fn is_initial(word: &str, text: &str) -> bool {
    let behind = text.trim_start().trim_start_matches(is_opener);
    word.len() == 1 && behind[word.len()..].starts_with('.')
}

fn is_starter(word: &str) -> bool {
    STARTERS.contains(&word.to_lowercase().as_str())
}

fn first_word(text: &str) -> &str {
    text.trim_start()
        .trim_start_matches(is_opener)
        .split(|c: char| !c.is_alphanumeric())
        .next()
        .unwrap_or("")
}

/// Whether a line is exactly one sentence: used to detect layouts.
pub(super) fn is_one_sentence(line: &str) -> bool {
    sentences(line).len() == 1 && line.trim_end_matches(is_closer).ends_with(is_terminator)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// `|` separates sentences.
    const TABLE: &[&str] = &[
        "He came. |She went! |Why? |Nobody knows.",
        "Mr. Brown met Mrs. Black and Dr. White in St. Ives.",
        "See e.g. Smith, i.e. The man. |Bread, milk, etc. |Then he left.",
        "Bread, milk, etc. were bought.",
        "It was No. 5 on p. 12 of vol. 3. |No. |He said no. |Then he went.",
        "On Jan. 5 it snowed. |It began in Jan. |It ended in May.",
        "\"Who is it?\" Mary asked. |\"Me!\" Mr. Brown said. |\"Go!\" |He said nothing.",
        "\"Who is it?\" |Mary saw nobody.",
        "Elihu P. Rucker and G. A. Henty met on p. 5.",
        "J. R. R. Tolkien wrote it. |So did C. S. Lewis.",
        "He lives in the U.S. |He likes it.",
        "The U.S. Army came.",
        "It was I. |He knew.",
        "I. M. Pei built it.",
        "\"Stop!\" she said. |\"I will not,\" he said. |\"Why?\" asked Tom.",
        "He said: \"Go.\" |Then he left.",
        "“Stop!” she said. |“Go.” |Then he left.",
        "'Yes.' |'No.' |'Why not?' he asked.",
        "(He was late.) |She was not.",
        "Well... perhaps. |He waited... |Then he left.",
        "Wait… what? |He waited… |Then he left. |And… I did.",
        "Wait . . . what?",
        "It cost 3.50 in 1999. |Version 2.0 was out at www.example.com at 5 p.m. yesterday.",
        "3. The house.",
        "IV. The house.",
        "He saw Plan B. |Then he left.",
        "Really?! |Yes!!! |No.",
        "他来了。|她走了！|为什么？",
        "これは本です。|「はい。」|と言った。",
        "यह एक घर है। |वह बड़ा है।",
        "هل أنت هنا؟ |نعم.",
        "No end",
        "M. Dupont came. |Messrs. Smith and Co. came too.",
        "She has a Ph.D. |He has none.",
        "He went to Washington, D.C. |The train was late.",
        "vs. the others",
        "He left!|\u{FEFF}Then she came.",
    ];

    #[test]
    fn the_table_of_sentences_is_cut_as_written() {
        for row in TABLE {
            let expected: Vec<_> = row.split('|').map(str::trim).collect();
            assert_eq!(sentences(&row.replace('|', "")), expected);
        }
    }

    /// The boundaries of UAX #29 but the first, by the library.
    fn bounds(text: &str) -> Vec<usize> {
        let bounds = text.split_sentence_bound_indices().skip(1);
        bounds.map(|(at, _)| at).collect()
    }

    fn bounds_found(text: &str) -> Vec<usize> {
        std::iter::successors(Some(0), |&at| next_bound(text, at))
            .skip(1)
            .collect()
    }

    #[test]
    fn every_character_that_ends_a_sentence_is_found() {
        for c in '\0'..='\u{1FFFF}' {
            let text = format!("Aa{c} B");
            assert_eq!(bounds_found(&text), bounds(&text), "{c:?}");
        }
    }

    #[test]
    fn nothing_comes_of_nothing() {
        assert!(sentences("").is_empty());
        assert!(sentences(" \t ").is_empty());
    }

    proptest! {
        #[test]
        fn sentences_hold_all_of_the_text_but_white_space(text in "[ A-Za-z0-9.!?'\"…。(),A]{0,60}") {
            let kept: String = sentences(&text).concat();
            let strip = |s: &str| s.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(strip(&kept), strip(&text));
        }

        #[test]
        fn bounds_are_those_of_uax_29(
            text in "[aB5.!?, \"(\\n\r\u{85}…。।؟\u{308}\u{AD}éÉ漢я\u{2028}‼\u{2024}]{0,16}|(\\PC{0,6}[.!? \"\n。]{0,3}){0,9}",
        ) {
            prop_assert_eq!(bounds_found(&text), bounds(&text));
        }

        #[test]
        fn any_text_is_cut_without_panic(text in "\\PC{0,40}") {
            prop_assert!(sentences(&text).iter().all(|s| !s.trim().is_empty()));
        }
    }
}
