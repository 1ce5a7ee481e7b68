//! A queue of units of work, filled by one thread and emptied by several.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};

use super::unpoisoned;

/// Units in the order in which they were added.
pub struct Queue<U> {
    units: Mutex<Given<U>>,
    more: Condvar,
}

struct Given<U> {
    left: VecDeque<U>,
    /// The number of the first of them.
    number: usize,
    ended: bool,
}

impl<U> Default for Queue<U> {
    fn default() -> Self {
        let given = Given {
            left: VecDeque::new(),
            number: 0,
            ended: false,
        };
        Self {
            units: Mutex::new(given),
            more: Condvar::new(),
        }
    }
}

impl<U> Queue<U> {
    /// Adds all units that `feed` gives, and calls `given` after each with the number of units so far.
    pub fn feed<R>(
        &self,
        feed: impl FnOnce(&mut dyn FnMut(U)) -> R,
        mut given: impl FnMut(usize),
    ) -> R {
        // The threads that wait for units must end even if `feed` panics.
        let _end = End(self);
        let mut units = 0;
        feed(&mut |unit| {
            unpoisoned(self.units.lock()).left.push_back(unit);
            self.more.notify_one();
            units += 1;
            given(units);
        })
    }

    /// The next unit and its number. Waits as long as more units may be added.
    pub fn next(&self) -> Option<(usize, U)> {
        let mut given = unpoisoned(self.units.lock());
        loop {
            if let Some(unit) = given.left.pop_front() {
                given.number += 1;
                return Some((given.number - 1, unit));
            }
            if given.ended {
                return None;
            }
            given = unpoisoned(self.more.wait(given));
        }
    }
}

/// Ends the queue when it is dropped.
struct End<'q, U>(&'q Queue<U>);

impl<U> Drop for End<'_, U> {
    fn drop(&mut self) {
        unpoisoned(self.0.units.lock()).ended = true;
        self.0.more.notify_all();
    }
}
