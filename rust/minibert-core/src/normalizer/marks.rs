//! Runs of combining marks, which canonical ordering sorts by combining class.

/// A mark that waits for the end of its run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mark {
    pub c: char,
    pub class: u8,
    pub origin: usize,
    /// Whether it begins the decomposition of its raw character.
    pub first: bool,
    pub survives: bool,
}

/// A run of marks, sorted by combining class when it ends.
#[derive(Debug, Default)]
pub(super) struct MarkRun {
    pub run: Vec<Mark>,
    survivors: usize,
}

impl MarkRun {
    pub(super) fn push(&mut self, mark: Mark) {
        self.survivors += usize::from(mark.survives);
        self.run.push(mark);
    }

    /// Passes the marks that survive to `emit`, in canonical order, and empties the run.
    ///
    /// The reference aligns reordered marks by position: the nth mark that begins a decomposition is
    /// aligned to the nth raw character of the run, whichever character it came from.
    pub(super) fn drain(&mut self, mut emit: impl FnMut(char, usize)) {
        if self.survivors > 0 {
            let openings: Vec<usize> = self
                .run
                .iter()
                .filter(|mark| mark.first)
                .map(|mark| mark.origin)
                .collect();
            let mut openings = openings.into_iter();
            self.run.sort_by_key(|mark| mark.class);
            let mut place = None;
            for mark in &self.run {
                if mark.first {
                    place = openings.next();
                }
                if mark.survives {
                    emit(mark.c, place.unwrap_or(mark.origin));
                }
            }
        }
        self.run.clear();
        self.survivors = 0;
    }
}
