//! Units of work on every core, and what comes of them one after the other, in the order of the units.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;

use super::{threads, unpoisoned};
use crate::Result;

/// Does `work` on all units, each thread with a state of its own from `begin`, and gives what is made to
/// `take`, in order and on the calling thread; an error of `take` stops the work.
///
/// No unit is begun that is `ahead` or more units behind the one that `take` waits for.
pub(crate) fn in_order<U: Sync, S, R: Send>(
    units: &[U],
    ahead: usize,
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &U) -> R + Sync,
    take: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    let line = Line {
        places: Mutex::new(Places {
            units: units.len(),
            ahead: ahead.max(1),
            ..Places::default()
        }),
        changed: Condvar::new(),
    };
    thread::scope(|scope| {
        let _stop = Stop(&line);
        for _ in 1..threads(None).min(units.len()) {
            let help = || {
                let _stop = StopOnPanic(&line);
                let mut state = begin();
                while let Some(number) = line.next() {
                    line.put(number, work(&mut state, &units[number]));
                }
            };
            // Where no thread is to be had, the others do its work.
            if thread::Builder::new().spawn_scoped(scope, help).is_err() {
                break;
            }
        }
        let mut state = begin();
        let work = |number: usize| work(&mut state, &units[number]);
        line.work_and_take(work, take)
    })
}

/// Who does what, and what is made.
struct Line<R> {
    places: Mutex<Places<R>>,
    changed: Condvar,
}

struct Places<R> {
    units: usize,
    ahead: usize,
    /// The unit that is begun next.
    next: usize,
    /// The unit whose result is taken next.
    taken: usize,
    /// Of the units from `taken` on.
    made: VecDeque<Option<R>>,
    stopped: bool,
}

impl<R> Default for Places<R> {
    fn default() -> Self {
        Self {
            units: 0,
            ahead: 1,
            next: 0,
            taken: 0,
            made: VecDeque::new(),
            stopped: false,
        }
    }
}

impl<R> Places<R> {
    fn begin_next(&mut self) -> Option<usize> {
        let may_begin = self.next < self.units && self.next - self.taken < self.ahead;
        may_begin.then(|| {
            self.next += 1;
            self.made.push_back(None);
            self.next - 1
        })
    }

    fn take_next(&mut self) -> Option<R> {
        let made = self.made.front_mut()?.take()?;
        self.made.pop_front();
        self.taken += 1;
        Some(made)
    }
}

impl<R> Line<R> {
    /// The next unit to work on; waits until it may be begun.
    fn next(&self) -> Option<usize> {
        let mut places = unpoisoned(self.places.lock());
        while !places.stopped && places.next < places.units {
            if let Some(number) = places.begin_next() {
                return Some(number);
            }
            places = unpoisoned(self.changed.wait(places));
        }
        None
    }

    fn put(&self, number: usize, made: R) {
        let mut places = unpoisoned(self.places.lock());
        let at = number - places.taken;
        places.made[at] = Some(made);
        drop(places);
        self.changed.notify_all();
    }

    /// Takes what is made as soon as it is its turn, and works on units itself until then.
    fn work_and_take(
        &self,
        mut work: impl FnMut(usize) -> R,
        mut take: impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        let mut places = unpoisoned(self.places.lock());
        // Stopped while it is not done is what a panic in another thread leaves: it comes out there.
        while !places.stopped && places.taken < places.units {
            if let Some(made) = places.take_next() {
                drop(places);
                self.changed.notify_all();
                take(made)?;
            } else if let Some(number) = places.begin_next() {
                drop(places);
                self.put(number, work(number));
            } else {
                places = unpoisoned(self.changed.wait(places));
                continue;
            }
            places = unpoisoned(self.places.lock());
        }
        Ok(())
    }

    fn stop(&self) {
        unpoisoned(self.places.lock()).stopped = true;
        self.changed.notify_all();
    }
}

/// Lets the other threads end when the calling thread is done, has failed or panics.
struct Stop<'l, R>(&'l Line<R>);

impl<R> Drop for Stop<'_, R> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Lets all end when a thread panics.
struct StopOnPanic<'l, R>(&'l Line<R>);

impl<R> Drop for StopOnPanic<'_, R> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.stop();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::Error;

    #[test]
    fn results_come_in_order_however_few_may_wait() {
        let units: Vec<usize> = (0..500).collect();
        for ahead in [0, 1, 2, 7, 1000] {
            let mut taken = Vec::new();
            let (begun, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
            let work = |state: &mut usize, unit: &usize| {
                *state += 1;
                most.fetch_max(begun.fetch_add(1, Ordering::SeqCst), Ordering::SeqCst);
                unit * 2
            };
            in_order(
                &units,
                ahead,
                || 0,
                work,
                |made| {
                    taken.push(made);
                    begun.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                },
            )
            .unwrap();
            assert_eq!(taken, units.iter().map(|unit| unit * 2).collect::<Vec<_>>());
            // One may be on its way to `take`.
            assert!(most.into_inner() <= ahead.max(1));
        }
        in_order(&[(); 0], 1, || (), |(), ()| (), |()| Ok(())).unwrap();
    }

    #[test]
    fn an_error_stops_the_work() {
        let done = AtomicUsize::new(0);
        let work = |(): &mut (), _: &usize| done.fetch_add(1, Ordering::SeqCst);
        let units = vec![0; 1000];
        let stopped = in_order(&units, 4, || (), work, |_| Err(Error::Cancelled));
        assert!(matches!(stopped, Err(Error::Cancelled)));
        assert!(done.into_inner() <= 5);
    }

    #[test]
    fn a_panic_in_any_thread_comes_out() {
        let units: Vec<usize> = (0..100).collect();
        let panicked = std::panic::catch_unwind(|| {
            let work = |(): &mut (), unit: &usize| assert_ne!(*unit, 50);
            in_order(&units, 3, || (), work, |()| Ok(()))
        });
        assert!(panicked.is_err());
    }
}
