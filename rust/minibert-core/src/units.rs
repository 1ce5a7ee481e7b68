//! Units of work for several threads, and what becomes of them, in the order of the units.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};

use crate::parallel::unpoisoned;
use crate::ragged::{Ragged, RaggedEncoder};

/// Units in the order in which they were given.
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
    /// Takes all units of `feed`, and tells `given` each time how many there were.
    pub fn feed<R>(
        &self,
        feed: impl FnOnce(&mut dyn FnMut(U)) -> R,
        mut given: impl FnMut(usize),
    ) -> R {
        // Whoever waits for more is to end also if `feed` panics.
        let _end = End(self);
        let mut units = 0;
        feed(&mut |unit| {
            unpoisoned(self.units.lock()).left.push_back(unit);
            self.more.notify_one();
            units += 1;
            given(units);
        })
    }

    /// The next unit and its number. It is waited for, as long as more may come.
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

/// Ends a queue when it goes.
struct End<'q, U>(&'q Queue<U>);

impl<U> Drop for End<'_, U> {
    fn drop(&mut self) {
        unpoisoned(self.0.units.lock()).ended = true;
        self.0.more.notify_all();
    }
}

/// Units as they come, put in order.
#[derive(Default)]
pub struct InOrder {
    /// Units that wait for one that goes before them, or for the thread that is adding others.
    waiting: Mutex<Vec<(usize, Ragged)>>,
    whole: Mutex<Whole>,
    /// Room to use again.
    spare: Mutex<Vec<Ragged>>,
}

#[derive(Default)]
struct Whole {
    ragged: Ragged,
    /// The number of units that are in it.
    units: usize,
}

impl InOrder {
    /// Adds a unit. The whole is expected to be so many times as long.
    pub fn add(&self, number: usize, times: f64, encoder: &mut RaggedEncoder<'_>) {
        encoder.flush();
        // No thread waits here: who finds the whole taken leaves the unit to whoever comes next.
        if let Ok(mut whole) = self.whole.try_lock() {
            self.add_waiting(&mut whole);
            if whole.units == number {
                if number == 0 {
                    encoder.expect_in(&mut whole.ragged, times);
                }
                encoder.append_to(&mut whole.ragged);
                whole.units += 1;
                return self.add_waiting(&mut whole);
            }
        }
        let spare = unpoisoned(self.spare.lock()).pop().unwrap_or_default();
        let unit = encoder.exchange(spare);
        unpoisoned(self.waiting.lock()).push((number, unit));
    }

    fn add_waiting(&self, whole: &mut Whole) {
        while let Some(unit) = self.take(whole.units) {
            whole.ragged.append(&unit.ids, &unit.boundaries);
            whole.units += 1;
            unpoisoned(self.spare.lock()).push(unit);
        }
    }

    fn take(&self, number: usize) -> Option<Ragged> {
        let mut waiting = unpoisoned(self.waiting.lock());
        let at = waiting.iter().position(|unit| unit.0 == number)?;
        Some(waiting.swap_remove(at).1)
    }

    /// The whole, when all threads have ended.
    pub fn into_ragged(self) -> Ragged {
        let mut whole = std::mem::take(&mut *unpoisoned(self.whole.lock()));
        self.add_waiting(&mut whole);
        whole.ragged
    }
}
