//! BERT's normalization: text is cleaned, Chinese characters are separated, accents are stripped and
//! letters lowercased, as Hugging Face `tokenizers` does it (`BertNormalizer`), in one pass and without
//! a copy.
//!
//! The reference makes four passes over the whole text. All rules but one look at a single character,
//! so one pass gives the same result. The exception is the canonical reordering of marks:
//! [`Normalizer::normalize`] keeps a run of marks back until the run ends.

pub(crate) mod ascii;
pub(crate) mod char_table;
pub(crate) mod encoded_char;
mod hangul;
mod lookup;
mod marks;
pub(crate) mod packed_chars;
mod unicode_tables;

use crate::options::TokenizerOptions;
use hangul::{HANGUL_FIRST, HANGUL_LAST, hangul_jamo};
use lookup::{any_in, combining_class, contains, find, touching};
use marks::{Mark, MarkRun};
use unicode_tables as tables;

/// What a normalized character means for the splitting into words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Part of a word.
    Letter,
    /// Separates words and is part of none.
    Space,
    /// A separate word.
    Punctuation,
}

/// Receives normalized characters, in order.
pub trait Sink {
    /// `origin` is the index, in characters, of the raw character that `c` comes from.
    fn push(&mut self, c: char, kind: Kind, origin: usize);
    /// Like `push`, for an ASCII letter, digit or other part of a word.
    fn push_ascii_letter(&mut self, byte: u8, origin: usize);
    /// A word ends here, although no separator follows.
    fn boundary(&mut self);
}

/// What happens to a raw character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Action {
    Letter,
    Space,
    Punctuation,
    Remove,
    Chinese,
    /// It is decomposed, lowercased, or is a mark: the tables are searched.
    Look,
}

/// Characters below this have their action in a table; for the few above, the tables of Unicode are
/// searched.
const TABLED: usize = 0x2_0000;

#[derive(Clone, Debug)]
pub struct Normalizer {
    options: TokenizerOptions,
    actions: Vec<Action>,
    /// The result for each ASCII letter: itself, or its lower case.
    ascii: [u8; 128],
}

impl Normalizer {
    pub fn new(options: &TokenizerOptions) -> Self {
        let mut normalizer = Self {
            options: options.clone(),
            actions: Vec::new(),
            ascii: std::array::from_fn(|byte| {
                let byte = byte as u8;
                if options.lowercase {
                    byte.to_ascii_lowercase()
                } else {
                    byte
                }
            }),
        };
        normalizer.actions = normalizer.tabled_actions();
        normalizer
    }

    pub fn options(&self) -> &TokenizerOptions {
        &self.options
    }

    /// Passes every normalized character of `text` to `sink`.
    pub fn normalize<S: Sink>(&self, text: &str, sink: &mut S) {
        let mut marks = MarkRun::default();
        for (origin, c) in text.chars().enumerate() {
            match self.action(c) {
                Action::Remove => {}
                Action::Look if !c.is_ascii() => self.look(c, origin, &mut marks, sink),
                Action::Chinese => {
                    self.end_run(&mut marks, sink);
                    sink.boundary();
                    self.look(c, origin, &mut marks, sink);
                    self.end_run(&mut marks, sink);
                    sink.boundary();
                }
                action => {
                    self.end_run(&mut marks, sink);
                    match action {
                        Action::Space => sink.push(' ', Kind::Space, origin),
                        Action::Punctuation => sink.push(c, Kind::Punctuation, origin),
                        _ if c.is_ascii() => {
                            sink.push_ascii_letter(self.ascii[c as usize], origin);
                        }
                        _ => sink.push(c, Kind::Letter, origin),
                    }
                }
            }
        }
        self.end_run(&mut marks, sink);
    }

    /// Whether a character is part of a word and unchanged.
    pub fn is_left_alone(&self, c: char) -> bool {
        self.action(c) == Action::Letter && !c.is_ascii_uppercase()
    }

    /// Whether the result depends on the neighboring characters: one of its marks survives, and marks
    /// may be reordered.
    pub fn is_contextual(&self, c: char) -> bool {
        let survives = |part| combining_class(part) > 0 && !contains(tables::MARKS, part);
        self.action(c) == Action::Look
            && self.options.strips_accents()
            && match find(tables::DECOMPOSED, c) {
                Some(parts) => parts.chars().any(survives),
                None => survives(c),
            }
    }

    /// Whether a character is a syllable that `hangul_jamo` decomposes.
    pub fn is_hangul(&self, c: char) -> bool {
        self.action(c) == Action::Look && self.options.strips_accents() && hangul_jamo(c).is_some()
    }

    /// What happens to all characters in `first..=last`, if it is the same for all and simple.
    pub fn alike(&self, first: u32, last: u32) -> Option<Alike> {
        let mapped =
            any_in(tables::DECOMPOSED, first, last) || any_in(tables::LOWERED, first, last);
        let action = if let Some(actions) = self.actions.get(first as usize..=last as usize) {
            let same = actions.iter().all(|action| *action == actions[0]);
            same.then(|| actions[0])?
        } else {
            // There are few ranges beyond the table.
            let touched = |ranges| touching(ranges, first, last).next().is_some();
            let splits = |range: &(u32, u32)| range.0 > first || range.1 < last;
            let split = |ranges| touching(ranges, first, last).any(splits);
            if mapped || touched(tables::MARKS) || touched(tables::PUNCTUATION) {
                return None;
            }
            if split(tables::CHINESE) || split(tables::REMOVED) {
                return None;
            }
            if touched(tables::REMOVED) && self.options.clean_text {
                Action::Remove
            } else if touched(tables::CHINESE) && self.options.handle_chinese_chars {
                Action::Chinese
            } else {
                Action::Letter
            }
        };
        match action {
            Action::Letter => Some(Alike::Letters),
            Action::Remove => Some(Alike::Removed),
            Action::Chinese if !mapped => Some(Alike::Words),
            Action::Look if first >= HANGUL_FIRST && last <= HANGUL_LAST => Some(Alike::Syllables),
            _ => None,
        }
    }

    /// Normalizes a character that may be decomposed, reordered, stripped or lowercased.
    fn look<S: Sink>(&self, c: char, origin: usize, marks: &mut MarkRun, sink: &mut S) {
        if !self.options.strips_accents() {
            self.lower(c, origin, sink);
            return;
        }
        if let Some(jamo) = hangul_jamo(c) {
            self.end_run(marks, sink);
            for part in jamo.into_iter().flatten() {
                self.lower(part, origin, sink);
            }
            return;
        }
        let Some(parts) = find(tables::DECOMPOSED, c) else {
            self.part(c, origin, true, marks, sink);
            return;
        };
        for (index, part) in parts.chars().enumerate() {
            self.part(part, origin, index == 0, marks, sink);
        }
    }

    /// Normalizes one character of a decomposition; `first` says whether it is the first.
    fn part<S: Sink>(
        &self,
        c: char,
        origin: usize,
        first: bool,
        marks: &mut MarkRun,
        sink: &mut S,
    ) {
        let class = combining_class(c);
        let is_mark = contains(tables::MARKS, c);
        if class > 0 {
            marks.push(Mark {
                c,
                class,
                origin,
                first,
                survives: !is_mark,
            });
            return;
        }
        self.end_run(marks, sink);
        if !is_mark {
            self.lower(c, origin, sink);
        }
    }

    fn end_run<S: Sink>(&self, marks: &mut MarkRun, sink: &mut S) {
        if marks.run.is_empty() {
            return;
        }
        marks.drain(|c, origin| self.lower(c, origin, sink));
    }

    fn lower<S: Sink>(&self, c: char, origin: usize, sink: &mut S) {
        if self.options.lowercase
            && let Some(lowered) = find(tables::LOWERED, c)
        {
            for part in lowered.chars() {
                sink.push(part, kind(part), origin);
            }
        } else {
            sink.push(c, kind(c), origin);
        }
    }

    fn action(&self, c: char) -> Action {
        match self.actions.get(c as usize) {
            Some(&action) => action,
            None => self.searched_action(c),
        }
    }

    /// The action of a character, from a search in every table that applies.
    fn searched_action(&self, c: char) -> Action {
        let stripped = self.options.strips_accents()
            && (hangul_jamo(c).is_some()
                || find(tables::DECOMPOSED, c).is_some()
                || contains(tables::MARKS, c)
                || combining_class(c) > 0);
        let lowered = self.options.lowercase && find(tables::LOWERED, c).is_some();
        match kind(c) {
            _ if self.options.clean_text && contains(tables::REMOVED, c) => Action::Remove,
            Kind::Space => Action::Space,
            _ if self.options.handle_chinese_chars && contains(tables::CHINESE, c) => {
                Action::Chinese
            }
            _ if stripped || lowered => Action::Look,
            Kind::Punctuation => Action::Punctuation,
            Kind::Letter => Action::Letter,
        }
    }

    /// [`Self::searched_action`] of every character below [`TABLED`]. Later assignments override earlier
    /// ones.
    fn tabled_actions(&self) -> Vec<Action> {
        let mut actions = vec![Action::Letter; TABLED];
        fill(&mut actions, tables::PUNCTUATION, Action::Punctuation);
        if self.options.lowercase {
            let lowered = tables::LOWERED.iter().map(|&(code, _)| code);
            fill_each(&mut actions, lowered, Action::Look);
        }
        if self.options.strips_accents() {
            let decomposed = tables::DECOMPOSED.iter().map(|&(code, _)| code);
            fill_each(&mut actions, decomposed, Action::Look);
            fill_each(&mut actions, HANGUL_FIRST..=HANGUL_LAST, Action::Look);
            fill(&mut actions, tables::MARKS, Action::Look);
            for &(first, last, _) in tables::COMBINING_CLASSES {
                fill(&mut actions, &[(first, last)], Action::Look);
            }
        }
        if self.options.handle_chinese_chars {
            fill(&mut actions, tables::CHINESE, Action::Chinese);
        }
        fill(&mut actions, tables::WHITESPACE, Action::Space);
        if self.options.clean_text {
            fill(&mut actions, tables::REMOVED, Action::Remove);
        }
        actions
    }
}

/// What happens to characters that are all treated alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alike {
    /// They are unchanged.
    Letters,
    /// Each is unchanged and a separate word.
    Words,
    Removed,
    /// They are Hangul and decomposed.
    Syllables,
}

fn kind(c: char) -> Kind {
    if contains(tables::WHITESPACE, c) {
        Kind::Space
    } else if contains(tables::PUNCTUATION, c) {
        Kind::Punctuation
    } else {
        Kind::Letter
    }
}

fn fill(actions: &mut [Action], ranges: &[(u32, u32)], action: Action) {
    for &(first, last) in ranges {
        let (first, end) = (first as usize, (last as usize + 1).min(actions.len()));
        if first < end {
            actions[first..end].fill(action);
        }
    }
}

fn fill_each(actions: &mut [Action], codes: impl Iterator<Item = u32>, action: Action) {
    for code in codes {
        fill(actions, &[(code, code)], action);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn every_option() -> impl Iterator<Item = TokenizerOptions> {
        (0..16).map(|bits| TokenizerOptions {
            lowercase: bits & 1 != 0,
            strip_accents: Some(bits & 2 != 0),
            handle_chinese_chars: bits & 4 != 0,
            clean_text: bits & 8 != 0,
            ..TokenizerOptions::default()
        })
    }

    #[test]
    fn the_table_of_actions_says_what_the_search_says() {
        for options in every_option() {
            let normalizer = Normalizer::new(&options);
            for c in (0..TABLED as u32).filter_map(char::from_u32) {
                assert_eq!(
                    normalizer.action(c),
                    normalizer.searched_action(c),
                    "{c:?} {options:?}"
                );
            }
        }
    }

    #[test]
    fn the_tables_are_sorted() {
        for table in [
            tables::REMOVED,
            tables::WHITESPACE,
            tables::CHINESE,
            tables::PUNCTUATION,
        ] {
            assert!(table.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
        assert!(
            tables::WHITESPACE
                .iter()
                .all(|range| (range.1 as usize) < TABLED)
        );
        assert!(
            tables::COMBINING_CLASSES
                .iter()
                .all(|range| (range.1 as usize) < TABLED)
        );
        assert!(tables::MARKS.windows(2).all(|pair| pair[0].1 < pair[1].0));
        assert!(
            tables::COMBINING_CLASSES
                .windows(2)
                .all(|pair| pair[0].1 < pair[1].0)
        );
        assert!(
            tables::DECOMPOSED
                .windows(2)
                .all(|pair| pair[0].0 < pair[1].0)
        );
        assert!(tables::LOWERED.windows(2).all(|pair| pair[0].0 < pair[1].0));
    }
}
