//! Prefetching: threads fill batches in order while the caller computes.
//!
//! A batch is a function of its number, so nothing depends on the thread that fills it. The threads
//! take numbers in order and put each batch into the place reserved for it. A caller that would have to
//! wait fills a batch instead. One more thread plans the next epoch, so that no batch waits for a plan.

use std::any::Any;
use std::collections::VecDeque;
use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use super::PretrainingDataset;
use super::batch::Batch;
use crate::error::{CorpusError, OptionError};
use crate::parallel::unpoisoned;
use crate::{Error, Result};

/// The epoch that is being filled, and the next one.
const EPOCHS_PLANNED: usize = 2;

/// A source of batches, which are found by epoch and number.
pub trait BatchSource: Send + Sync + 'static {
    type Batch: Send + 'static;

    /// The number of batches. The first call for an epoch plans it.
    fn batches_per_epoch(&self, epoch: u32) -> usize;

    fn batch(&self, epoch: u32, index: usize) -> Result<Self::Batch>;
}

impl BatchSource for PretrainingDataset {
    type Batch = Batch;

    fn batches_per_epoch(&self, epoch: u32) -> usize {
        self.batches_per_epoch(epoch)
    }

    fn batch(&self, epoch: u32, index: usize) -> Result<Batch> {
        self.batch(epoch, index)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolOptions {
    /// The number of threads that fill batches.
    pub threads: NonZero<usize>,
    /// The maximum number of batches that are filled, or being filled, but not taken.
    pub ahead: NonZero<usize>,
}

/// The result of [`BatchPool::take`].
#[derive(Debug, PartialEq, Eq)]
pub enum Taken<B> {
    Batch {
        epoch: u32,
        index: usize,
        batch: B,
    },
    /// The next batch was not filled in time: ask again.
    NotYet,
    /// The pool was stopped, or has returned an error: no batch follows.
    Ended,
}

/// Returns the batches of a source in order, from a given one on, epoch after epoch.
///
/// Dropping it stops the threads like [`Self::stop`].
pub struct BatchPool<S: BatchSource> {
    shared: Arc<Shared<S>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl<S: BatchSource> BatchPool<S> {
    /// Starts filling at batch `index` of `epoch`. The last batch of an epoch is followed by the first
    /// of the next.
    pub fn start(source: Arc<S>, epoch: u32, index: usize, options: PoolOptions) -> Result<Self> {
        let shared = Shared {
            source,
            ahead: options.ahead.get(),
            state: Mutex::new(State::at(epoch, index)),
            work: Condvar::new(),
            filled: Condvar::new(),
        };
        // Created first: if a thread cannot be started, dropping the pool stops the others.
        let pool = Self {
            shared: Arc::new(shared),
            threads: Mutex::default(),
        };
        pool.spawn("minibert-plan", Shared::plan)?;
        for _ in 0..options.threads.get() {
            pool.spawn("minibert-fill", Shared::fill)?;
        }
        Ok(pool)
    }

    fn spawn(&self, name: &str, work: fn(&Shared<S>)) -> Result<()> {
        let shared = Arc::clone(&self.shared);
        let thread = thread::Builder::new()
            .name(name.to_owned())
            .spawn(move || work(&shared))
            .map_err(|error| Error::NoThread {
                work: "fill batches",
                reason: error.to_string(),
            })?;
        unpoisoned(self.threads.lock()).push(thread);
        Ok(())
    }

    /// The next batch. It is waited for no longer than `patience`, or until a batch is filled that the
    /// caller has started meanwhile.
    ///
    /// An error is returned in place of its batch, and ends the pool.
    pub fn take(&self, patience: Duration) -> Result<Taken<S::Batch>> {
        let start = Instant::now();
        let mut state = self.shared.state();
        loop {
            if let Some(found) = state.next() {
                // Waking is a system call even if no thread waits.
                if state.resting > 0 {
                    self.shared.work.notify_all();
                }
                if state.callers > 0 {
                    self.shared.filled.notify_all(); // another caller's may be there too
                }
                return found;
            }
            let left = patience.saturating_sub(start.elapsed());
            if left.is_zero() {
                return Ok(Taken::NotYet);
            }
            if let Some((number, epoch, index)) = self.shared.take_on(&mut state) {
                drop(state);
                self.shared.fill_one(number, epoch, index);
                state = self.shared.state();
                continue;
            }
            if state.is_next_known() {
                continue; // there was nothing to take on but a failure
            }
            state.callers += 1;
            state = unpoisoned(self.shared.filled.wait_timeout(state, left)).0;
            state.callers -= 1;
        }
    }

    /// Prevents the threads from starting another batch. Returns at once; a batch may still be in
    /// progress.
    pub fn stop(&self) {
        self.shared.state().end();
        self.shared.work.notify_all();
        self.shared.filled.notify_all();
    }

    /// Stops, and waits for the threads to end, for at most as long as a batch or a plan takes.
    pub fn join(&self) {
        self.stop();
        let threads = std::mem::take(&mut *unpoisoned(self.threads.lock()));
        for thread in threads {
            // A panic of the source was caught, and became the error of its batch.
            let _ = thread.join();
        }
    }
}

impl<S: BatchSource> Drop for BatchPool<S> {
    fn drop(&mut self) {
        self.stop();
    }
}

struct Shared<S: BatchSource> {
    source: Arc<S>,
    ahead: usize,
    state: Mutex<State<S::Batch>>,
    /// For the threads: there is room, a plan, or the end.
    work: Condvar,
    /// For the caller: the next batch may be ready.
    filled: Condvar,
}

struct State<B> {
    /// The next batch that a thread starts.
    epoch: u32,
    index: usize,
    /// The number of batches of `epoch`, and of each later epoch that is planned.
    planned: VecDeque<Result<usize>>,
    /// From the next batch to be returned to the last one started; None if it is being filled.
    slots: VecDeque<Option<Result<Taken<B>>>>,
    /// The number of batches returned so far.
    given: u64,
    /// The number of batches started before the first of `epoch`.
    before_epoch: u64,
    /// The number of threads that wait for work.
    resting: usize,
    /// The number of callers that wait for a batch.
    callers: usize,
    /// Whether no more batches are started: the pool was stopped, or there was an error.
    ending: bool,
    /// Whether the caller receives nothing more.
    ended: bool,
}

impl<B> State<B> {
    fn at(epoch: u32, index: usize) -> Self {
        Self {
            epoch,
            index,
            planned: VecDeque::new(),
            slots: VecDeque::new(),
            given: 0,
            before_epoch: 0,
            resting: 0,
            callers: 0,
            ending: false,
            ended: false,
        }
    }

    fn taken_on(&self) -> u64 {
        self.given + self.slots.len() as u64
    }

    /// The epoch to plan, if there is one. While batches of an earlier epoch are being filled there is
    /// none, since a source keeps the plans of two epochs.
    fn epoch_to_plan(&self) -> Option<u32> {
        let older = self.before_epoch.saturating_sub(self.given) as usize;
        let older_are_filled = self.slots.iter().take(older).all(Option::is_some);
        let wanted = self.planned.len() < EPOCHS_PLANNED && older_are_filled;
        let ahead = u32::try_from(self.planned.len()).ok()?;
        wanted.then(|| self.epoch.checked_add(ahead)).flatten()
    }

    /// The place of the next batch, its epoch and its number, if there is room and a plan.
    fn take_on(&mut self, ahead: usize) -> Option<(u64, u32, usize)> {
        while !self.ending && self.slots.len() < ahead {
            match self.planned.front()? {
                Ok(batches) if self.index < *batches => {
                    let number = (self.taken_on(), self.epoch, self.index);
                    self.slots.push_back(None);
                    self.index += 1;
                    return Some(number);
                }
                Ok(_) => self.begin_next_epoch(),
                Err(_) => {
                    let failure = self.planned.pop_front().and_then(Result::err);
                    self.slots.push_back(failure.map(Err));
                    self.ending = true;
                }
            }
        }
        None
    }

    fn begin_next_epoch(&mut self) {
        self.before_epoch = self.taken_on();
        self.planned.pop_front();
        self.index = 0;
        match self.epoch.checked_add(1) {
            Some(epoch) => self.epoch = epoch,
            None => self
                .planned
                .push_front(Err(OptionError::NoSuchEpoch { epoch: self.epoch }.into())),
        }
    }

    fn is_next_known(&self) -> bool {
        self.ended || self.slots.front().is_some_and(Option::is_some)
    }

    /// The next result for the caller, if it is known.
    fn next(&mut self) -> Option<Result<Taken<B>>> {
        if self.ended {
            return Some(Ok(Taken::Ended));
        }
        self.slots.front()?.as_ref()?;
        let found = self.slots.pop_front().flatten()?;
        self.given += 1;
        if found.is_err() {
            self.end();
        }
        Some(found)
    }

    fn end(&mut self) {
        self.ending = true;
        self.ended = true;
        self.slots.clear();
    }
}

impl<S: BatchSource> Shared<S> {
    fn state(&self) -> MutexGuard<'_, State<S::Batch>> {
        unpoisoned(self.state.lock())
    }

    /// Waits until `find` finds work; None at the end.
    fn wait_for<T>(&self, find: impl Fn(&mut State<S::Batch>) -> Option<T>) -> Option<T> {
        let mut state = self.state();
        while !state.ending {
            let found = find(&mut state);
            if found.is_some() {
                return found;
            }
            if !state.ending {
                state.resting += 1;
                state = unpoisoned(self.work.wait(state));
                state.resting -= 1;
            }
        }
        None
    }

    /// The loop of the thread that plans.
    fn plan(&self) {
        while let Some(epoch) = self.wait_for(|state| state.epoch_to_plan()) {
            let batches = caught(|| match self.source.batches_per_epoch(epoch) {
                0 => Err(CorpusError::EpochTooSmall { epoch }.into()),
                batches => Ok(batches),
            });
            self.state().planned.push_back(batches);
            self.work.notify_all();
        }
    }

    /// The loop of a thread that fills.
    fn fill(&self) {
        while let Some((number, epoch, index)) = self.wait_for(|state| self.take_on(state)) {
            self.fill_one(number, epoch, index);
        }
    }

    fn fill_one(&self, number: u64, epoch: u32, index: usize) {
        let batch = caught(|| self.source.batch(epoch, index));
        let taken = batch.map(|batch| Taken::Batch {
            epoch,
            index,
            batch,
        });
        self.put(number, taken);
    }

    fn take_on(&self, state: &mut State<S::Batch>) -> Option<(u64, u32, usize)> {
        let epoch = state.epoch;
        let number = state.take_on(self.ahead);
        if state.epoch != epoch {
            self.work.notify_all();
        }
        if state.ending {
            self.work.notify_all();
            self.filled.notify_one();
        }
        number
    }

    fn put(&self, number: u64, batch: Result<Taken<S::Batch>>) {
        let mut state = self.state();
        if state.ended {
            return;
        }
        state.ending |= batch.is_err();
        let slot = (number - state.given) as usize;
        state.slots[slot] = Some(batch);
        if state.ending || number < state.before_epoch {
            self.work.notify_all();
        }
        if slot == 0 && state.callers > 0 {
            self.filled.notify_one();
        }
    }
}

/// The result of `work`; a panic becomes an error.
fn caught<T>(work: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| {
        Err(Error::Panicked {
            work: "fill batches",
            panic: said(&*panic).to_owned(),
        })
    })
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("it did not say why")
}
