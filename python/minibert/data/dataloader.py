"""Pipeline stage 6: batches are made ahead of use and copied to the device.

The trainer uses `BatchStream`: threads of the core make batches while the model computes.
`EpochBatches` has the same batches for PyTorch's own `DataLoader`.
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
    """The batches of a dataset in order, epoch after epoch without end, made ahead of use.

    They equal those of `dataset.batch` for any number of threads. Threads start with the first
    request and end with `close`, or when the stream is garbage-collected. Before the process forks
    they end; they restart with the next request in either process, from the same batch.

    A batch takes microseconds and a step milliseconds, so one thread is enough; more take cores
    from training. Sixteen batches bridge the moments when training has all cores. If no batch is
    ready, the thread that requests one makes one too, instead of waiting.

    Args:
        dataset: the dataset.
        epoch: the epoch of the first batch.
        index: the index of the first batch in its epoch; after the last follows the next epoch.
        threads: threads that make batches, beside the one that requests them.
        ahead: the limit of batches that are made and not used yet.

    Raises:
        OptionError: a number is out of range.

    Example:
        >>> with BatchStream(dataset, epoch=2, index=100) as stream:
        ...     for batch in stream:
        ...         step(batch)  # stream.epoch and stream.index are the position to resume from
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
        """The epoch of the last batch, and of the next unless the last one ended it."""
        return self._position[0]

    @property
    def index(self) -> int:
        """The index of the next batch in the epoch."""
        return self._position[1]

    def __iter__(self) -> BatchStream:
        return self

    def __next__(self) -> Batch:
        """The next batch; Ctrl-C works while this waits.

        Raises:
            MinibertError: the batch could not be made; the stream is closed.
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
            except BaseException:  # raised by a signal handler, perhaps after `take`
                self._drop_pool()
                raise
            if self._pool is pool:  # not ended by a fork
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
        """End the stream and its threads; unused batches are discarded."""
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
        """Stop the threads until the next request."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.stop()
        return pool

    def _join(self) -> None:
        """As `_drop_pool`, and wait until the threads have ended."""
        pool = self._drop_pool()
        if pool is not None:
            pool.join()


# The streams with threads. A forked child would have copies of their locks, but not the threads.
_running: weakref.WeakSet[BatchStream] = weakref.WeakSet()


def _join_all() -> None:
    for stream in list(_running):
        stream._join()
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_join_all)


def batch_to_device(batch: Batch, device: torch.device) -> dict[str, Tensor]:
    """The arrays of a batch as tensors on a device, by name.

    On the CPU they share the batch's memory. For CUDA they are packed into one pinned buffer and
    copied asynchronously; PyTorch keeps the buffer until the copy is done, and then reuses it.
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
    """Copy tensors into a buffer of bytes, one after the other."""
    for name, view in unpack(buffer, tensors).items():
        view.copy_(tensors[name])
    return buffer


def unpack(buffer: Tensor, like: dict[str, Tensor]) -> dict[str, Tensor]:
    """Views of a buffer of bytes with the names, types and shapes of other tensors."""
    views, start = {}, 0
    for name, tensor in like.items():
        part = buffer[start : start + tensor.nbytes]
        views[name] = part.view(tensor.dtype).view(tensor.shape)
        start += _aligned(tensor.nbytes)
    return views


def _aligned(size: int) -> int:
    """A size in bytes, rounded up to the alignment of every type."""
    return -(-size // 16) * 16


class EpochBatches(IterableDataset[Batch]):
    """The batches of one epoch for a `torch.utils.data.DataLoader` with `batch_size=None`.

    Each batch comes once, in the same order with any number of workers. `set_epoch` sets the epoch,
    for persistent workers too. There is no `len`, since epochs differ in their number of batches,
    which is `dataset.batches_per_epoch(epoch)`.

    Each worker plans the epoch and makes its own batches, ahead of use by the loader's
    `prefetch_factor`. A `BatchStream` plans once, and copies nothing between processes.

    Args:
        dataset: the dataset. Worker processes that are not forked (`spawn`, `forkserver`) open the
            file of its store, so the store must have a path.

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
        # In shared memory, so that persistent workers see changes.
        self._epoch = torch.zeros((), dtype=torch.int64)
        self._epoch.share_memory_()  # type: ignore[no-untyped-call]

    @property
    def epoch(self) -> int:
        """The epoch of the next iteration."""
        return int(self._epoch)

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch of later iterations; it is 0 at first.

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
        # The loader takes batches from its workers in rotation.
        for index in range(first, self.dataset.batches_per_epoch(epoch), step):
            yield self.dataset.batch(epoch, index)
