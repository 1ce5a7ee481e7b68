"""The stream of batches: the right ones in order, and threads that come and go as they should."""

from __future__ import annotations

import gc
import multiprocessing
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minibert._core import BatchPool
from minibert.data import dataloader as loading
from minibert.data.dataloader import BatchStream
from minibert.data.dataset import Batch, PretrainingDataset
from minibert.data.token_store import TokenStore
from minibert.errors import InternalError, OptionError

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="looks at /proc, or forks")


@pytest.fixture(scope="module")
def dataset(store: TokenStore) -> PretrainingDataset:
    return PretrainingDataset(store, seq_len=32, batch_size=16, seed=5)


def numbers_from(dataset: PretrainingDataset, epoch: int, index: int, count: int):
    found = []
    while len(found) < count:
        if index < dataset.batches_per_epoch(epoch):
            found.append((epoch, index))
            index += 1
        else:
            epoch, index = epoch + 1, 0
    return found


def assert_same(one: Batch, two: Batch) -> None:
    for left, right in zip(one, two, strict=True):
        np.testing.assert_array_equal(left, right)


def filling_threads() -> int:
    names = []
    for path in Path("/proc/self/task").glob("*/comm"):
        with suppress(OSError):  # it ended meanwhile
            names.append(path.read_text())
    return sum(name.startswith("minibert-") for name in names)


def wait_for_threads(number: int) -> None:
    """A thread has its name a little after it began, and is listed a little after its end."""
    start = time.monotonic()
    while filling_threads() != number:
        assert time.monotonic() - start < 60
        time.sleep(0.001)


@settings(max_examples=30)
@given(
    epoch=st.integers(0, 5),
    index=st.integers(0, 40),
    threads=st.integers(1, 4),
    ahead=st.integers(1, 9),
)
def test_a_stream_has_the_batches_of_the_dataset_from_any_index(
    dataset: PretrainingDataset, epoch: int, index: int, threads: int, ahead: int
) -> None:
    stream = BatchStream(dataset, epoch=epoch, index=index, threads=threads, ahead=ahead)
    with stream:
        for number in numbers_from(dataset, epoch, index, 25):
            assert_same(next(stream), dataset.batch(*number))
            assert (stream.epoch, stream.index - 1) == number


def test_another_stream_continues_at_the_position_of_one(dataset: PretrainingDataset) -> None:
    per_epoch = dataset.batches_per_epoch(0)
    for used in (1, per_epoch - 1, per_epoch, per_epoch + 1):
        with BatchStream(dataset) as first:
            for _ in range(used):
                next(first)
            with BatchStream(dataset, epoch=first.epoch, index=first.index, threads=2) as second:
                assert_same(next(first), next(second))


def test_the_arrays_belong_to_their_batch_alone(dataset: PretrainingDataset) -> None:
    with BatchStream(dataset, ahead=1) as stream:
        batches = [next(stream) for _ in range(4)]
    for index, batch in enumerate(batches):
        assert all(array.flags.c_contiguous and array.flags.writeable for array in batch)
        assert_same(batch, dataset.batch(0, index))


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"epoch": -1}, "the epoch must be 0 or more, not -1"),
        ({"index": -1}, "the index must be 0 or more"),
        ({"threads": 0}, "the number of threads must be 1 or more, not 0"),
        ({"ahead": 0}, "the number of batches ahead must be 1 or more, not 0"),
    ],
)
def test_numbers_out_of_range_are_refused(dataset: PretrainingDataset, wrong, said) -> None:
    with pytest.raises(OptionError, match=said):
        BatchStream(dataset, **wrong)


@pytest.mark.parametrize("error", [InternalError("no batch"), OptionError("no such batch")])
def test_a_failure_is_raised_at_its_batch_and_ends_the_stream(
    dataset: PretrainingDataset, monkeypatch: pytest.MonkeyPatch, error
) -> None:
    class Failing:
        def __init__(self, *given, **options):
            self.good = [(0, 0, dataset.batch(0, 0))]

        def take(self):
            if not self.good:
                raise error
            return self.good.pop()

        def stop(self):
            pass

    monkeypatch.setattr(loading, "BatchPool", Failing)
    stream = BatchStream(dataset)
    next(stream)
    with pytest.raises(type(error), match=str(error)):
        next(stream)
    assert list(stream) == []


def test_an_epoch_beyond_the_last_is_an_error_and_not_a_wrap(dataset: PretrainingDataset) -> None:
    last = 2**32 - 1
    stream = BatchStream(dataset, epoch=last, index=dataset.batches_per_epoch(last) - 1)
    next(stream)
    with pytest.raises(OptionError, match="no epoch after"):
        next(stream)


@on_linux
def test_threads_start_with_the_first_batch_and_end_with_the_stream(
    dataset: PretrainingDataset,
) -> None:
    wait_for_threads(0)
    stream = BatchStream(dataset, threads=3)
    assert filling_threads() == 0
    next(stream)
    wait_for_threads(3 + 1)  # and one that plans
    stream.close()
    wait_for_threads(0)
    assert list(stream) == []

    forgotten = BatchStream(dataset)
    next(forgotten)
    del forgotten
    gc.collect()
    wait_for_threads(0)


def test_closing_wakes_a_waiting_thread(dataset: PretrainingDataset) -> None:
    pool = BatchPool(dataset._core, epoch=0, index=0, threads=1, ahead=1)
    ended = []

    def use() -> None:
        while pool.take() is not None:
            pass
        ended.append(True)

    thread = threading.Thread(target=use)
    thread.start()
    pool.stop()
    thread.join(60)
    assert ended == [True]


class Interrupted(Exception):
    pass


@pytest.mark.skipif(not hasattr(signal, "setitimer"), reason="needs a timer that signals")
def test_an_interrupted_wait_loses_no_batch(dataset: PretrainingDataset) -> None:
    armed = False

    def interrupt(*_) -> None:
        if armed:
            raise Interrupted

    dataset.batch(0, 0)  # NumPy's interface is looked up once, and that may not be interrupted
    interrupted = 0
    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with BatchStream(dataset, ahead=1) as stream:
            for n in range(300):
                [number] = numbers_from(dataset, stream.epoch, stream.index, 1)
                try:
                    armed = True
                    signal.setitimer(signal.ITIMER_REAL, 1e-6 + n % 30 * 1e-5)
                    batch = next(stream)
                    armed = False
                except Interrupted:
                    armed = False
                    interrupted += 1
                    continue
                assert_same(batch, dataset.batch(*number))
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert interrupted > 0


def take_in_child(stream: BatchStream, batches) -> None:
    batches.put([next(stream) for _ in range(3)])


@on_linux
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_after_a_fork_both_processes_continue_with_the_same_batch(
    dataset: PretrainingDataset,
) -> None:
    context = multiprocessing.get_context("fork")
    batches = context.Queue()
    with BatchStream(dataset, threads=2) as stream:
        for _ in range(7):
            next(stream)
        for fork in range(4):
            child = context.Process(target=take_in_child, args=(stream, batches))
            child.start()
            in_child = batches.get(timeout=60)
            child.join()
            for offset, batch in enumerate(in_child):
                assert_same(batch, dataset.batch(0, 7 + fork + offset))
            assert_same(next(stream), in_child[0])


@on_linux
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_threads_end_before_a_fork(dataset: PretrainingDataset) -> None:
    context = multiprocessing.get_context("fork")
    with BatchStream(dataset) as stream:
        next(stream)
        child = context.Process(target=int)
        child.start()
        wait_for_threads(0)  # they would not be in the child, but their locks would
        child.join()
        assert_same(next(stream), dataset.batch(0, 1))


LEAVE = """
import os, signal, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from helpers.samples import store_of
from minibert import BatchStream, PretrainingDataset
store = store_of(Path(sys.argv[2]), [[5, 6]] * 200)
interrupted = os.fork()
if interrupted:
    print(os.waitstatus_to_exitcode(os.waitpid(interrupted, 0)[1]), flush=True)
stream = BatchStream(PretrainingDataset(store, seq_len=32, batch_size=4), threads=3)
next(stream)
if not interrupted:
    os.kill(os.getpid(), signal.SIGINT)
    for batch in stream:
        pass
"""


@on_linux
@pytest.mark.exhaustive
def test_a_program_with_a_stream_ends_when_it_should(tmp_path: Path) -> None:
    """Two of them: one is interrupted, and the other comes to its end in the middle of an epoch."""
    command = [sys.executable, "-c", LEAVE, Path(__file__).parents[1], tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) in (1, -2, 130)
    assert done.stderr.count("Traceback") == done.stderr.count("KeyboardInterrupt") == 1
