"""The sixth station: batches ahead of use, on their way to the device.

`BatchStream` is what the trainer takes its batches from: threads of the core fill them while the
model computes. `EpochBatches` is the same examples for PyTorch's own `DataLoader`.
"""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING

import torch
from torch.utils.data import IterableDataset, get_worker_info

from minibert._core import BatchPool
from minibert.data.dataset import Batch, PretrainingDataset
from minibert.errors import MinibertError, OptionError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from torch import Tensor

__all__ = ["BatchStream", "EpochBatches", "batch_to_device"]


class BatchStream:
    """The batches of a dataset in order, epoch after epoch without end, filled ahead of use.

    They are those of `dataset.batch`, whatever the threads. Threads begin with the first batch that
    is asked for and end with `close`, or when the stream is no longer used. When the process forks
    they end before it does and begin anew in either process that goes on to ask, each from the same
    batch on.

    A batch takes microseconds and a step milliseconds, so that one thread is enough; more take
    cores from the training. Sixteen batches outlast the moments when training has all the cores.
    Who asks while no batch is ready fills one too, instead of waiting.

    Args:
        dataset: where the batches come from.
        epoch: of the first batch.
        index: of the first batch in its epoch; behind an epoch's last is the next epoch's first.
        threads: that fill batches, beside the one that asks.
        ahead: at most so many batches are filled before they are used; each takes its size in
            memory.

    Raises:
        OptionError: a number is out of range.

    Example:
        >>> with BatchStream(dataset, epoch=2, index=100) as stream:
        ...     for batch in stream:
        ...         step(batch)  # stream.epoch and stream.index say where to go on afterwards
    """

    def __init__(
        self,
        dataset: PretrainingDataset,
        *,
        epoch: int = 0,
        index: int = 0,
        threads: int = 1,
        ahead: int = 16,
    ) -> None:
        for name, value, least in [
            ("epoch", epoch, 0),
            ("index", index, 0),
            ("number of threads", threads, 1),
            ("number of batches ahead", ahead, 1),
        ]:
            if value < least:
                raise OptionError(f"the {name} must be {least} or more, not {value}")
        self.dataset = dataset
        self._position = (epoch, index)
        self.threads = threads
        self.ahead = ahead
        self._pool: BatchPool | None = None
        self._closed = False

    @property
    def epoch(self) -> int:
        """The epoch of the next batch, or of the last if that ended it."""
        return self._position[0]

    @property
    def index(self) -> int:
        """The index of the next batch in the epoch."""
        return self._position[1]

    def __iter__(self) -> BatchStream:
        return self

    def __next__(self) -> Batch:
        """The next batch; Ctrl-C is heard while it is waited for.

        Raises:
            MinibertError: the batch could not be made; the stream is closed then.
        """
        while not self._closed:
            pool = self._pool or self._start()
            try:
                taken = pool.take()
                if taken is not None:
                    epoch, index, arrays = taken
                    self._position = (epoch, index + 1)
                    return Batch(*arrays)
            except MinibertError:
                self.close()
                raise
            except BaseException:  # of a signal's handler, which may have come behind `take`
                self._drop_pool()
                raise
            if self._pool is pool:  # it was not ended by a fork
                self.close()
        raise StopIteration

    def _start(self) -> BatchPool:
        self._pool = BatchPool(
            self.dataset._core,
            epoch=self.epoch,
            index=self.index,
            threads=self.threads,
            ahead=self.ahead,
        )
        _running.add(self)
        return self._pool

    def close(self) -> None:
        """End the stream and its threads; what was filled and not used is thrown away."""
        self._closed = True
        self._drop_pool()

    def __enter__(self) -> BatchStream:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _drop_pool(self) -> BatchPool | None:
        """Stop the threads, until the next batch is asked for."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
        return pool

    def _rest(self) -> None:
        """As `_drop_pool`, and wait until the threads are gone."""
        pool = self._drop_pool()
        if pool is not None:
            pool.join()


# The streams with threads. A forked child would have none of them, but their locks as they were.
_running: weakref.WeakSet[BatchStream] = weakref.WeakSet()


def _rest_all() -> None:
    for stream in list(_running):
        stream._rest()
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_rest_all)


def batch_to_device(batch: Batch, device: torch.device) -> dict[str, Tensor]:
    """The arrays of a batch as tensors, by name.

    On the CPU they share the batch's memory. For a CUDA device they are put next to each other in
    one pinned buffer and go over in one copy that nobody waits for; PyTorch keeps the buffer until
    it is done, and uses it again for a later batch.
    """
    tensors = {name: torch.from_numpy(array) for name, array in batch._asdict().items()}
    if device.type == "cpu":
        return tensors
    if device.type != "cuda":
        return {name: tensor.to(device) for name, tensor in tensors.items()}
    size = sum(_aligned(tensor.nbytes) for tensor in tensors.values())
    packed = pack(tensors, torch.empty(size, dtype=torch.uint8, pin_memory=True))
    return unpack(packed.to(device, non_blocking=True), tensors)


def pack(tensors: dict[str, Tensor], buffer: Tensor) -> Tensor:
    """Copies tensors into a buffer of bytes, one behind the other."""
    for name, place in unpack(buffer, tensors).items():
        place.copy_(tensors[name])
    return buffer


def unpack(buffer: Tensor, like: dict[str, Tensor]) -> dict[str, Tensor]:
    """Views of a buffer of bytes with the names, types and shapes of others."""
    views, start = {}, 0
    for name, tensor in like.items():
        place = buffer[start : start + tensor.nbytes]
        views[name] = place.view(tensor.dtype).view(tensor.shape)
        start += _aligned(tensor.nbytes)
    return views


def _aligned(size: int) -> int:
    """A size in bytes, rounded up so that any type may begin behind it."""
    return -(-size // 16) * 16


class EpochBatches(IterableDataset[Batch]):
    """The batches of one epoch for a `torch.utils.data.DataLoader` with `batch_size=None`.

    Each batch comes once, in the same order with any number of workers. The epoch is what
    `set_epoch` said last, for workers that persist too. There is no `len`, since epochs differ in
    theirs: `dataset.batches_per_epoch` says it.

    Each worker plans the epoch and makes its batches itself, and is ahead of use by the loader's
    `prefetch_factor`. A `BatchStream` plans once, and copies nothing between processes.

    Args:
        dataset: where the batches come from. Worker processes that are not forked (`spawn`,
            `forkserver`) open its store's file themselves, so that it must have one: a store that
            `TokenStore.build` was given a path for, or that was opened.

    Example:
        >>> batches = EpochBatches(dataset)
        >>> loader = DataLoader(batches, batch_size=None, num_workers=2)
        >>> for epoch in range(10):
        ...     batches.set_epoch(epoch)
        ...     for batch in loader:  # a `Batch` of tensors
        ...         step(batch)
    """

    def __init__(self, dataset: PretrainingDataset) -> None:
        self.dataset = dataset
        # In shared memory, so that workers that persist are told.
        self._epoch = torch.zeros((), dtype=torch.int64)
        self._epoch.share_memory_()  # type: ignore[no-untyped-call]

    @property
    def epoch(self) -> int:
        """The epoch that an iteration begun now goes through."""
        return int(self._epoch)

    def set_epoch(self, epoch: int) -> None:
        """Choose the epoch of the iterations to come; without it every one goes through epoch 0.

        Raises:
            OptionError: the epoch is negative.
        """
        if epoch < 0:
            raise OptionError(f"the epoch must be 0 or more, not {epoch}")
        self._epoch.fill_(epoch)

    def __iter__(self) -> Iterator[Batch]:
        epoch = self.epoch
        worker = get_worker_info()
        first, step = (0, 1) if worker is None else (worker.id, worker.num_workers)
        # The loader asks its workers in turn.
        for index in range(first, self.dataset.batches_per_epoch(epoch), step):
            yield self.dataset.batch(epoch, index)
