//! The width that the lines near a line were wrapped at, found by a vote.
//!
//! Where a line is followed by its own continuation (no sentence ends, and the next line begins inside
//! a sentence), the wrap width lies between the width of the line and that width with the next word
//! added. The local wrap width is the one that most such pairs near a line agree on. Verse, lists and
//! unwrapped text have pairs that agree on no width.

use std::ops::Range;

use super::lines::Line;

/// Pairs on each side of a line that vote on its wrap width.
const VOTERS: usize = 24;
/// Pairs farther than this many lines away do not vote.
const REACH: usize = 200;
/// Prose is not wrapped narrower than this, but lists are.
const NARROWEST: usize = 36;
/// A wider line is a paragraph by itself.
pub(super) const WIDEST: usize = 160;
/// For a wider width, one vote is not enough.
const USUALLY_WIDEST: usize = 100;
/// A wider word is an address, or text in a script without spaces.
pub(super) const LONGEST_WORD: usize = 30;

/// A line that continues in the next, and the wrap widths that explain it.
struct Vote {
    line: usize,
    widths: (usize, usize),
}

impl Vote {
    fn agrees(&self, width: usize) -> bool {
        self.widths.0 <= width && width <= self.widths.1
    }
}

/// The votes of all lines of a text.
pub(super) struct WidthVotes {
    votes: Vec<Vote>,
    /// The last answer of [`Self::local_width`], and the range of votes that it counted.
    counted: (Range<usize>, Option<usize>),
}

impl Default for WidthVotes {
    fn default() -> Self {
        Self {
            votes: Vec::new(),
            counted: (0..0, None),
        }
    }
}

impl WidthVotes {
    pub fn new(lines: &[Line<'_>]) -> Self {
        Self {
            votes: votes(lines),
            ..Self::default()
        }
    }

    /// The wrap width at a line, if enough votes agree on one.
    pub fn local_width(&mut self, at: usize) -> Option<usize> {
        let middle = self.votes.partition_point(|vote| vote.line < at);
        let near = self.near(at, middle);
        if self.counted.0 != near {
            self.counted = (near.clone(), elect(&self.votes[near.clone()]));
        }
        let width = self.counted.1;
        let Some(own) = self.votes.get(middle).filter(|vote| vote.line == at) else {
            return width;
        };
        if width.is_some_and(|width| own.agrees(width)) {
            return width;
        }
        // Where the width changes, one of the two sides explains the line.
        [near.start..middle, middle..near.end]
            .into_iter()
            .filter_map(|side| elect(&self.votes[side]))
            .find(|&width| own.agrees(width))
            .or(width)
    }

    /// The votes that count for a line; `middle` is the first vote that is not before it.
    fn near(&self, at: usize, middle: usize) -> Range<usize> {
        let mut near = middle.saturating_sub(VOTERS)..(middle + VOTERS).min(self.votes.len());
        while near.start < middle && self.votes[near.start].line + REACH < at {
            near.start += 1;
        }
        while near.end > middle && self.votes[near.end - 1].line > at + REACH {
            near.end -= 1;
        }
        near
    }
}

fn votes(lines: &[Line<'_>]) -> Vec<Vote> {
    let mut votes = Vec::new();
    for (at, pair) in lines.windows(2).enumerate() {
        let (line, next) = (&pair[0], &pair[1]);
        let width = line.width();
        if line.is_blank() || next.is_blank() || width > WIDEST || next.indent > line.indent + 1 {
            continue;
        }
        let word = next.first_word_width();
        if is_inside_sentence(line, next) && word <= LONGEST_WORD {
            votes.push(Vote {
                line: at,
                widths: (width, width + word),
            });
        }
    }
    votes
}

/// The narrowest width that most votes agree on, if at least half of them do.
fn elect(votes: &[Vote]) -> Option<usize> {
    let mut steps = [0_i32; WIDEST + 2];
    for vote in votes {
        steps[vote.widths.0] += 1;
        steps[(vote.widths.1 + 1).min(WIDEST + 1)] -= 1;
    }
    let mut agreeing = 0;
    let mut best = (0, 0);
    for (width, step) in steps.iter().enumerate() {
        agreeing += step;
        if agreeing > best.0 {
            best = (agreeing, width);
        }
    }
    let (agreeing, width) = best;
    let is_plausible = width >= NARROWEST && (agreeing > 1 || width <= USUALLY_WIDEST);
    (is_plausible && agreeing as usize * 2 >= votes.len()).then_some(width)
}

pub(super) fn is_inside_sentence(line: &Line<'_>, next: &Line<'_>) -> bool {
    !line.ends_sentence() && next.starts_inside_sentence()
}
