//! The batch pool, with a source whose batches are their own numbers.

use std::collections::HashSet;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

use minibert_core::dataset::prefetch::{BatchPool, BatchSource, PoolOptions, Taken};
use minibert_core::error::CorpusError;
use minibert_core::{Error, Result};

/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_secs(60);

type At = fn(u32, usize) -> bool;

/// Epoch `n` has `epochs[n % len]` batches, and each batch is its own number.
struct Numbers {
    epochs: Vec<usize>,
    fails: At,
    panics: At,
    filled: AtomicUsize,
    planned: Mutex<Vec<u32>>,
}

fn numbers(epochs: &[usize]) -> Numbers {
    Numbers {
        epochs: epochs.to_vec(),
        fails: |_, _| false,
        panics: |_, _| false,
        filled: AtomicUsize::new(0),
        planned: Mutex::default(),
    }
}

impl Numbers {
    fn size(&self, epoch: u32) -> usize {
        self.epochs[epoch as usize % self.epochs.len()]
    }

    /// The first batches from one on.
    fn first(&self, epoch: u32, index: usize, count: usize) -> Vec<(u32, usize)> {
        (epoch..)
            .flat_map(|epoch| (0..self.size(epoch)).map(move |index| (epoch, index)))
            .skip_while(|&number| number < (epoch, index))
            .take(count)
            .collect()
    }
}

fn numbered(number: (u32, usize)) -> Taken<(u32, usize)> {
    Taken::Batch {
        epoch: number.0,
        index: number.1,
        batch: number,
    }
}

impl BatchSource for Numbers {
    type Batch = (u32, usize);

    fn batches_per_epoch(&self, epoch: u32) -> usize {
        self.planned.lock().unwrap().push(epoch);
        assert!(!(self.panics)(epoch, usize::MAX), "no plan");
        self.size(epoch)
    }

    fn batch(&self, epoch: u32, index: usize) -> Result<(u32, usize)> {
        assert!(index < self.size(epoch));
        assert!(!(self.panics)(epoch, index), "no batch");
        if (self.fails)(epoch, index) {
            let file = format!("{epoch}.{index}");
            return Err(CorpusError::Empty { file }.into());
        }
        self.filled.fetch_add(1, Ordering::SeqCst);
        Ok((epoch, index))
    }
}

fn options(threads: usize, ahead: usize) -> PoolOptions {
    PoolOptions {
        threads: NonZero::new(threads).unwrap(),
        ahead: NonZero::new(ahead).unwrap(),
    }
}

fn start(
    source: &Arc<Numbers>,
    at: (u32, usize),
    threads: usize,
    ahead: usize,
) -> BatchPool<Numbers> {
    BatchPool::start(Arc::clone(source), at.0, at.1, options(threads, ahead)).unwrap()
}

/// Waits for the effect of other threads.
fn until(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(start.elapsed() < LONG);
        thread::yield_now();
    }
}

#[test]
fn batches_come_in_order_across_epochs_whatever_the_threads_and_the_depth() {
    let source = Arc::new(numbers(&[7, 1, 4]));
    for threads in [1, 2, 5] {
        for ahead in [1, 3, 16] {
            for at in [(0, 0), (0, 6), (0, 7), (1, 1), (5, 2)] {
                let pool = start(&source, at, threads, ahead);
                for number in source.first(at.0, at.1, 40) {
                    assert_eq!(pool.take(LONG).unwrap(), numbered(number));
                }
            }
        }
    }
}

#[test]
fn no_more_batches_are_filled_than_asked_for_ahead() {
    let source = Arc::new(numbers(&[100]));
    let pool = start(&source, (0, 0), 3, 5);
    for taken in 0..20 {
        until(|| {
            let filled = source.filled.load(Ordering::SeqCst);
            assert!(filled <= taken + 5);
            filled == taken + 5
        });
        pool.take(LONG).unwrap();
    }
}

#[test]
fn the_next_epoch_is_planned_while_this_one_is_filled_and_each_is_planned_once() {
    let source = Arc::new(numbers(&[6]));
    let pool = start(&source, (3, 0), 4, 2);
    until(|| *source.planned.lock().unwrap() == [3, 4]);
    for _ in 0..30 {
        pool.take(LONG).unwrap();
    }
    until(|| source.planned.lock().unwrap().len() == 7);
    let planned = source.planned.lock().unwrap();
    assert_eq!(*planned, (3..10).collect::<Vec<_>>());
}

#[test]
fn a_failure_comes_at_its_batch_and_nothing_after_it() {
    for threads in [1, 4] {
        let mut source = numbers(&[5]);
        source.fails = |epoch, index| epoch == 1 && index >= 2;
        let source = Arc::new(source);
        let pool = start(&source, (0, 0), threads, 8);
        for number in source.first(0, 0, 7) {
            assert_eq!(pool.take(LONG).unwrap(), numbered(number));
        }
        let message = pool.take(LONG).unwrap_err().to_string();
        assert!(message.starts_with("1.2 is empty"), "{message}");
        assert_eq!(pool.take(LONG).unwrap(), Taken::Ended);
        pool.join();
    }
}

#[test]
fn a_panic_in_a_batch_or_a_plan_is_an_error_in_its_place() {
    let cases: [(At, usize, &str); 2] = [
        (|epoch, index| (epoch, index) == (1, 2), 7, "no batch"),
        (
            |epoch, index| (epoch, index) == (2, usize::MAX),
            10,
            "no plan",
        ),
    ];
    for (panics, good, said) in cases {
        let mut source = numbers(&[5]);
        source.panics = panics;
        let source = Arc::new(source);
        let pool = start(&source, (0, 0), 2, 3);
        for number in source.first(0, 0, good) {
            assert_eq!(pool.take(LONG).unwrap(), numbered(number));
        }
        let error = pool.take(LONG).unwrap_err();
        assert!(matches!(&error, Error::Panicked { panic, .. } if panic.contains(said)));
        assert_eq!(pool.take(LONG).unwrap(), Taken::Ended);
        pool.join();
    }
}

#[test]
fn an_epoch_without_a_batch_is_an_error_and_not_an_endless_search() {
    let source = Arc::new(numbers(&[2, 0]));
    let pool = start(&source, (0, 1), 2, 4);
    assert_eq!(pool.take(LONG).unwrap(), numbered((0, 1)));
    let message = pool.take(LONG).unwrap_err().to_string();
    assert!(message.starts_with("epoch 1 has too few"), "{message}");
    pool.join();
}

#[test]
fn the_last_epoch_that_has_a_number_is_followed_by_an_error() {
    let source = Arc::new(numbers(&[2]));
    let pool = start(&source, (u32::MAX, 1), 1, 4);
    assert_eq!(pool.take(LONG).unwrap(), numbered((u32::MAX, 1)));
    assert!(pool.take(LONG).is_err());
    pool.join();
}

/// Blocks in its second batch until it is released.
struct Gate(Mutex<bool>, Condvar, AtomicBool);

impl BatchSource for Gate {
    type Batch = usize;

    fn batches_per_epoch(&self, _: u32) -> usize {
        10
    }

    fn batch(&self, _: u32, index: usize) -> Result<usize> {
        if index > 0 {
            self.2.store(true, Ordering::SeqCst);
            let shut = self.0.lock().unwrap();
            drop(self.1.wait_while(shut, |open| !*open).unwrap());
        }
        Ok(index)
    }
}

#[test]
fn whoever_waits_gets_word_when_the_time_is_up_or_the_pool_is_stopped() {
    let gate = Arc::new(Gate(
        Mutex::new(false),
        Condvar::new(),
        AtomicBool::new(false),
    ));
    let pool = BatchPool::start(Arc::clone(&gate), 0, 0, options(1, 1)).unwrap();
    assert!(matches!(
        pool.take(LONG).unwrap(),
        Taken::Batch { batch: 0, .. }
    ));
    // The only place is taken, so the caller has nothing to fill.
    until(|| gate.2.load(Ordering::SeqCst));
    assert_eq!(pool.take(Duration::from_millis(1)).unwrap(), Taken::NotYet);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| pool.take(LONG).unwrap());
        pool.stop(); // at once, though a thread is still at its batch
        assert_eq!(waiting.join().unwrap(), Taken::Ended);
    });
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    pool.join();
    assert_eq!(Arc::strong_count(&gate), 2); // this one and the pool's own
}

#[test]
fn a_dropped_pool_leaves_no_thread_behind() {
    let source = Arc::new(numbers(&[1000]));
    let pool = start(&source, (0, 0), 3, 4);
    pool.take(LONG).unwrap();
    let left: Weak<Numbers> = Arc::downgrade(&source);
    drop((pool, source));
    until(|| left.upgrade().is_none());
}

#[test]
fn many_callers_share_the_batches_and_none_is_lost() {
    let source = Arc::new(numbers(&[50]));
    let pool = start(&source, (0, 0), 2, 3);
    let taken = thread::scope(|scope| {
        let one = || {
            (0..50)
                .map(|_| pool.take(LONG).unwrap())
                .collect::<Vec<_>>()
        };
        let callers: Vec<_> = (0..4).map(|_| scope.spawn(one)).collect();
        callers
            .into_iter()
            .flat_map(|caller| caller.join().unwrap())
            .map(|taken| match taken {
                Taken::Batch { batch, .. } => batch,
                other => panic!("{other:?}"),
            })
            .collect::<HashSet<_>>()
    });
    assert_eq!(taken, source.first(0, 0, 200).into_iter().collect());
}
