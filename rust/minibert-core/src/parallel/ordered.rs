//! Units of work on every core, whose results are consumed in the order of the units.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex};
use std::thread;

use super::{threads, unpoisoned};
use crate::Result;

/// Runs `work` on all units. Each thread has its own state from `begin`. The results go to `take`, in
/// order and on the calling thread; an error of `take` stops the work.
///
/// At most `ahead` units are started before the result that `take` waits for.
pub(crate) fn in_order<U: Sync, S, R: Send>(
    units: &[U],
    ahead: usize,
    begin: impl Fn() -> S + Sync,
    work: impl Fn(&mut S, &U) -> R + Sync,
    take: impl FnMut(R) -> Result<()>,
) -> Result<()> {
    let shared = Shared {
        progress: Mutex::new(Progress {
            units: units.len(),
            ahead: ahead.max(1),
            ..Progress::default()
        }),
        changed: Condvar::new(),
    };
    thread::scope(|scope| {
        let _stop = Stop(&shared);
        for _ in 1..threads(None).min(units.len()) {
            let help = || {
                let _stop = StopOnPanic(&shared);
                let mut state = begin();
                while let Some(number) = shared.next() {
                    shared.put(number, work(&mut state, &units[number]));
                }
            };
            // If no more threads can be started, the existing ones do the work.
            if thread::Builder::new().spawn_scoped(scope, help).is_err() {
                break;
            }
        }
        let mut state = begin();
        let work = |number: usize| work(&mut state, &units[number]);
        shared.work_and_take(work, take)
    })
}

/// What the threads share.
struct Shared<R> {
    progress: Mutex<Progress<R>>,
    changed: Condvar,
}

struct Progress<R> {
    units: usize,
    ahead: usize,
    /// The unit that is started next.
    next: usize,
    /// The unit whose result is taken next.
    taken: usize,
    /// The results of the units from `taken` on; None where a unit is not finished.
    made: VecDeque<Option<R>>,
    stopped: bool,
}

impl<R> Default for Progress<R> {
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

impl<R> Progress<R> {
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

impl<R> Shared<R> {
    /// The next unit to work on. Waits until it may be started.
    fn next(&self) -> Option<usize> {
        let mut progress = unpoisoned(self.progress.lock());
        while !progress.stopped && progress.next < progress.units {
            if let Some(number) = progress.begin_next() {
                return Some(number);
            }
            progress = unpoisoned(self.changed.wait(progress));
        }
        None
    }

    fn put(&self, number: usize, made: R) {
        let mut progress = unpoisoned(self.progress.lock());
        let at = number - progress.taken;
        progress.made[at] = Some(made);
        drop(progress);
        self.changed.notify_all();
    }

    /// Takes each result when it is its turn. Works on units itself while it waits.
    fn work_and_take(
        &self,
        mut work: impl FnMut(usize) -> R,
        mut take: impl FnMut(R) -> Result<()>,
    ) -> Result<()> {
        let mut progress = unpoisoned(self.progress.lock());
        // If the work is stopped before it is complete, another thread has panicked: the panic continues
        // where that thread is joined.
        while !progress.stopped && progress.taken < progress.units {
            if let Some(made) = progress.take_next() {
                drop(progress);
                self.changed.notify_all();
                take(made)?;
            } else if let Some(number) = progress.begin_next() {
                drop(progress);
                self.put(number, work(number));
            } else {
                progress = unpoisoned(self.changed.wait(progress));
                continue;
            }
            progress = unpoisoned(self.progress.lock());
        }
        Ok(())
    }

    fn stop(&self) {
        unpoisoned(self.progress.lock()).stopped = true;
        self.changed.notify_all();
    }
}

/// Ends the other threads when the calling thread has finished, failed or panicked.
struct Stop<'l, R>(&'l Shared<R>);

impl<R> Drop for Stop<'_, R> {
    fn drop(&mut self) {
        self.0.stop();
    }
}

/// Ends all threads when one panics.
struct StopOnPanic<'l, R>(&'l Shared<R>);

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
            // One result may be between its unit and `take`.
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
