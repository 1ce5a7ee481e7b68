//! The ids of many texts in one array.

/// The ids of several texts, end to end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ragged {
    pub ids: Vec<u32>,
    /// Text `n` has the ids in `boundaries[n]..boundaries[n + 1]`.
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
    /// Appends the ids of more texts, and their boundaries.
    pub(crate) fn append(&mut self, ids: &[u32], boundaries: &[usize]) {
        let before = self.ids.len();
        self.ids.extend_from_slice(ids);
        let ends = boundaries[1..].iter();
        self.boundaries.extend(ends.map(|end| before + end));
    }

    /// Reserves memory for `times` the given numbers of ids and texts, and an eighth more: a buffer that
    /// grows step by step is new memory to the process each time, which costs time.
    pub(crate) fn expect(&mut self, ids: usize, texts: usize, times: f64) {
        let expected = |len: usize| (len as f64 * times * 1.125) as usize;
        // The estimate may be far too high. Memory that is not available now is asked for when it is
        // needed.
        if self.ids.try_reserve(expected(ids)).is_ok() {
            self.boundaries.try_reserve(expected(texts)).ok();
        }
    }
}
