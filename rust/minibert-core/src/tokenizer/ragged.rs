//! The ids of many texts, end to end.

/// The ids of several texts end to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ragged {
    pub ids: Vec<u32>,
    /// Text `n` has the ids from `boundaries[n]` to before `boundaries[n + 1]`.
    pub boundaries: Vec<usize>,
}

impl Default for Ragged {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            boundaries: vec![0],
        }
    }
}

impl Ragged {
    /// Adds the ids of more texts, and their boundaries.
    pub(crate) fn append(&mut self, ids: &[u32], boundaries: &[usize]) {
        let before = self.ids.len();
        self.ids.extend_from_slice(ids);
        let ends = boundaries[1..].iter();
        self.boundaries.extend(ends.map(|end| before + end));
    }

    /// Makes room for so many times the ids of texts, and an eighth more: memory that grows bit by bit is
    /// new to the process each time, and that costs.
    pub(crate) fn expect(&mut self, ids: usize, texts: usize, times: f64) {
        let expected = |len: usize| (len as f64 * times * 1.125) as usize;
        // The guess may be far too high: what is not to be had now is asked for when it is needed.
        if self.ids.try_reserve(expected(ids)).is_ok() {
            self.boundaries.try_reserve(expected(texts)).ok();
        }
    }
}
