"""Data-parallel training in several processes, by PyTorch's DistributedDataParallel.

Each process has the whole model and a shard of every batch. Gradients are summed over all
processes, so that all make the same steps and their weights stay equal. `ProcessGroup` wraps the
collective operations; with one process they do nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.distributed_c10d import PrefixStore
from torch.distributed.rendezvous import rendezvous
from torch.nn.parallel import DistributedDataParallel

from minibert.errors import MinibertError, OptionError, RankLostError, ReportedByPeerError, RunError
from minibert.model.device import choose_device
from minibert.training.ranks import Ranks

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

T = TypeVar("T")

# How long a process waits for another: rank 0 may prepare the corpus while the others wait.
_TIMEOUT = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class ProcessGroup:
    """The processes that train together.

    Every process must call the same methods in the same order, except `wait_for_rank0`. Any call
    raises `RankLostError` when another process is gone.
    """

    ranks: Ranks = field(default_factory=Ranks)

    @property
    def alone(self) -> bool:
        """Whether there is only one process."""
        return self.ranks.world_size == 1

    # ---- work in all or some processes ----------------------------------------------------------

    def all_or_none(self, work: Callable[[], T]) -> T:
        """Do work in every process; if it fails in one of them, it fails in all.

        Raises:
            MinibertError: in rank 0, the error of the lowest rank that had one.
            ReportedByPeerError: in the other ranks, once rank 0 has ended.
        """
        if self.alone:
            return work()
        error, result = None, None
        try:
            result = work()
        except MinibertError as raised:
            error = raised
        errors = [each for each in self.all_gather(error) if each is not None]
        if not errors:
            return result  # type: ignore[return-value]
        self.wait_for_rank0()
        raise errors[0] from None

    def broadcast_from_rank0(self, work: Callable[[], T]) -> T:
        """Do work in rank 0 alone, and return its result in every process."""
        if self.alone:
            return work()
        results = [self.all_or_none(lambda: work() if self.ranks.is_rank0 else None)]
        with _detecting_lost_ranks():
            dist.broadcast_object_list(results)
        return results[0]  # type: ignore[return-value]

    def rank0_first(self, work: Callable[[], T]) -> T:
        """Do work in rank 0, then in local rank 0 of each machine, then in all other processes.

        Files that one process writes are there for the next, whether machines share a disk or not.
        """
        turns = [self.ranks.is_rank0, self.ranks.local_rank == 0, True]
        results = []
        for turn in range(len(turns)):
            mine = turn == turns.index(True)
            self.all_or_none(lambda mine=mine: results.append(work()) if mine else None)  # type: ignore[misc]
        return results[0]

    def check_same(self, values: dict[str, object]) -> None:
        """Raise if a value is not the same in all processes.

        Raises:
            RunError: a value differs from that of rank 0.
        """
        of_rank0 = self.broadcast_from_rank0(lambda: values)

        def compare() -> None:
            for name, value in values.items():
                if value != of_rank0[name]:
                    raise RunError(
                        f"{name} is {value} in rank {self.ranks.rank} and {of_rank0[name]} in rank "
                        "0; it must be the same in all processes"
                    )

        self.all_or_none(compare)

    def barrier(self) -> None:
        """Wait until every process has called this."""
        self.all_reduce(torch.zeros(1))

    def wait_for_rank0(self) -> None:
        """In rank 0, do nothing; in any other, wait until rank 0 ends, and raise.

        A process that ended earlier would make torchrun kill rank 0 before it prints its error.

        Raises:
            ReportedByPeerError: rank 0 has ended.
        """
        if self.ranks.is_rank0:
            return
        with suppress(RankLostError):
            self.barrier()
        raise ReportedByPeerError("rank 0 reports the error")

    def all_gather(self, value: T) -> list[T]:
        """The values of all processes, in the order of their ranks."""
        values: list[Any] = [None] * self.ranks.world_size
        with _detecting_lost_ranks():
            dist.all_gather_object(values, value)
        return values

    # ---- steps ----------------------------------------------------------------------------------

    def all_reduce(self, tensor: Tensor) -> Tensor:
        """Sum a tensor over all processes, in place."""
        if not self.alone:
            with _detecting_lost_ranks():
                dist.all_reduce(tensor)
        return tensor

    def seed_dropout(self, seed: int, step: int) -> None:
        """Seed the dropout of this process and step, if there are several processes.

        It depends on nothing else, so that a run can be resumed with another number of processes.
        """
        if self.alone:
            return
        sequence = np.random.SeedSequence([seed, step, self.ranks.rank])
        torch.manual_seed(int(sequence.generate_state(1, np.uint64)[0]))

    def replicate(self, loss: nn.Module, *, all_used: bool) -> Replica:
        """Make the model's weights those of rank 0, and share its gradients between processes.

        Args:
            loss: a module that has the model and returns a loss and sums; with the same parameters
                in every process.
            all_used: whether every parameter takes part in every loss.
        """
        if self.alone:
            return Replica(loss, None)
        with _detecting_lost_ranks():
            parallel = DistributedDataParallel(loss, find_unused_parameters=not all_used)
            return Replica(loss, parallel)

    def detecting_lost_ranks(self) -> AbstractContextManager[None]:
        """Turn PyTorch's error that a process is gone into `RankLostError`."""
        return nullcontext() if self.alone else _detecting_lost_ranks()


class Replica:
    """A loss module in one process, whose gradients become the sums over all processes.

    Args:
        loss: the module.
        parallel: the module wrapped for several processes; None with one process.
    """

    def __init__(self, loss: nn.Module, parallel: DistributedDataParallel | None) -> None:
        self._loss = loss
        self.parallel = parallel

    def backward(self, *inputs: Any, last: bool) -> tuple[Tensor, Tensor]:
        """Add the gradients of one micro-batch to the parameters' gradients.

        Args:
            inputs: the inputs of the loss module.
            last: whether this is the last micro-batch; then all processes' gradients are summed.

        Returns:
            The loss, detached, and the sums that came with it.
        """
        if self.parallel is None:
            loss, sums = self._loss(*inputs)
            loss.backward()
            return loss.detach(), sums
        with nullcontext() if last else self.parallel.no_sync():
            loss, sums = self.parallel(*inputs)
            # DistributedDataParallel takes the mean, and the loss is divided by all labels already.
            loss.backward(torch.full_like(loss, dist.get_world_size()))
        return loss.detach(), sums


@contextmanager
def process_group(ranks: Ranks) -> Iterator[ProcessGroup]:
    """The process group, once all processes have joined.

    Raises:
        RunError: the processes cannot connect.
    """
    if ranks.world_size == 1:
        yield ProcessGroup(ranks)
        return
    # Tensors on the CPU are exchanged by gloo, without waiting for a GPU.
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    try:
        store, _, _ = next(iter(rendezvous("env://", timeout=_TIMEOUT)))
        if ranks.local_world_size == ranks.world_size:  # machines do not count restarts alike
            # torchrun's store outlives a restart, and has the addresses of the ended processes.
            store = PrefixStore(f"minibert/{ranks.restarts}", store)
        dist.init_process_group(
            backend, timeout=_TIMEOUT, store=store, rank=ranks.rank, world_size=ranks.world_size
        )
    except (RuntimeError, ValueError) as error:
        raise RunError(
            f"the {ranks.world_size} processes cannot connect: {_first_line(error)}; start them by "
            "torchrun"
        ) from None
    group = ProcessGroup(ranks)
    yield ProcessGroup(replace(ranks, restarts=max(group.all_gather(ranks.restarts))))
    # Not after an error: destroying the group could wait for a process that is gone.
    dist.destroy_process_group()


def own_device(name: str, ranks: Ranks) -> torch.device:
    """The device of this process; with several processes, each has a GPU of its own.

    Raises:
        OptionError: as `choose_device`; or there are fewer GPUs than processes; or several
            processes cannot use the device.
    """
    if ranks.world_size > 1 and name in ("auto", "cuda") and torch.cuda.is_available():
        count = torch.cuda.device_count()
        if ranks.local_rank >= count:
            raise OptionError(
                f"there are more processes on this machine than its {count} GPUs; start {count} "
                "processes (torchrun --nproc-per-node), or set `device` to cpu"
            )
        device = torch.device("cuda", ranks.local_rank)
        torch.cuda.set_device(device)  # before any allocation, which would be on GPU 0
        return device
    device = choose_device(name)
    if ranks.world_size == 1 or device.type == "cpu":
        return device
    if device.type == "cuda":
        raise OptionError(
            f"`device` is {name}, a single GPU, but each process needs its own; set it to cuda"
        )
    raise OptionError(
        f"several processes train on cpu or cuda, not on {device.type}; set `device` to cpu"
    )


@contextmanager
def _detecting_lost_ranks() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        # gloo has no exception class; its messages contain the names of its files.
        if not isinstance(error, dist.DistError) and "gloo" not in str(error):
            raise
        raise RankLostError("another process of this training is gone") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
