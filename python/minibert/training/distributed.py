"""Several processes that train one model together, by PyTorch's DistributedDataParallel.

Each process has the whole model and a shard of every batch. Gradients are averaged over all
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

# How long one waits for another: the first prepares the corpus while the rest do nothing.
_PATIENCE = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class ProcessGroup:
    """The processes of a training.

    What all of them must call, all must call in the same order. Any call raises `RankLostError`
    when another process has gone.
    """

    ranks: Ranks = field(default_factory=Ranks)

    @property
    def alone(self) -> bool:
        """Whether there is one process only."""
        return self.ranks.world == 1

    # ---- work -----------------------------------------------------------------------------------

    def all_or_none(self, work: Callable[[], T]) -> T:
        """Do work in every process, which fails in all of them or in none.

        Raises:
            MinibertError: in the first process, the error of the first that had one.
            ReportedByPeerError: in the others, once the first has ended.
        """
        if self.alone:
            return work()
        error, done = None, None
        try:
            done = work()
        except MinibertError as raised:
            error = raised
        errors = [each for each in self.all_gather(error) if each is not None]
        if not errors:
            return done  # type: ignore[return-value]
        self.wait_for_rank0()
        raise errors[0] from None

    def broadcast_from_rank0(self, work: Callable[[], T]) -> T:
        """Do work in the first process alone, and give every process what came of it."""
        if self.alone:
            return work()
        done = [self.all_or_none(lambda: work() if self.ranks.first else None)]
        with _detecting_lost_ranks():
            dist.broadcast_object_list(done)
        return done[0]  # type: ignore[return-value]

    def rank0_first(self, work: Callable[[], T]) -> T:
        """Do work in the first process, then in the first of each machine, then in all others.

        So that what one leaves on a disk, the next ones find, whichever machines share it.
        """
        turns = [self.ranks.first, self.ranks.local_rank == 0, True]
        done = []
        for turn in range(len(turns)):
            mine = turn == turns.index(True)
            self.all_or_none(lambda mine=mine: done.append(work()) if mine else None)  # type: ignore[misc]
        return done[0]

    def check_same(self, what: dict[str, object]) -> None:
        """Raise if anything is not the same in all processes.

        Raises:
            RunError: something is not.
        """
        of_first = self.broadcast_from_rank0(lambda: what)

        def compare() -> None:
            for name, value in what.items():
                if value != of_first[name]:
                    raise RunError(
                        f"{name} is {value} in process {self.ranks.rank} and {of_first[name]} in "
                        "process 0; what is trained together must be the same everywhere"
                    )

        self.all_or_none(compare)

    def barrier(self) -> None:
        """Wait until every process is here."""
        self.all_reduce(torch.zeros(1))

    def wait_for_rank0(self) -> None:
        """In the first process, nothing; in another, raise when the first one's process ends.

        Who went before it has said what is wrong would have the launcher end it too.

        Raises:
            ReportedByPeerError: when the first process has ended.
        """
        if self.ranks.first:
            return
        with suppress(RankLostError):
            self.barrier()
        raise ReportedByPeerError("the first process tells what is wrong")

    def all_gather(self, value: T) -> list[T]:
        """What each process gives, in the order of their ranks."""
        values: list[Any] = [None] * self.ranks.world
        with _detecting_lost_ranks():
            dist.all_gather_object(values, value)
        return values

    # ---- steps ----------------------------------------------------------------------------------

    def all_reduce(self, tensor: Tensor) -> Tensor:
        """Add up a tensor over all processes, in place."""
        if not self.alone:
            with _detecting_lost_ranks():
                dist.all_reduce(tensor)
        return tensor

    def seed_dropout(self, seed: int, step: int) -> None:
        """Let each of several processes draw its own dropout, by the step.

        Not by what was drawn before, so that a run goes on with any number of processes.
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
        """Turns the error that a process is gone into `RankLostError`."""
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
    """The group of the processes, when all have joined it."""
    if ranks.world == 1:
        yield ProcessGroup(ranks)
        return
    # Numbers that are on the CPU anyway go by gloo, and wait for no GPU.
    backend = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
    try:
        store, _, _ = next(iter(rendezvous("env://", timeout=_PATIENCE)))
        if ranks.local_world == ranks.world:  # several machines do not count their restarts alike
            # torchrun's store outlives a restart, with the addresses of the processes before it.
            store = PrefixStore(f"minibert/{ranks.restarts}", store)
        dist.init_process_group(
            backend, timeout=_PATIENCE, store=store, rank=ranks.rank, world_size=ranks.world
        )
    except (RuntimeError, ValueError) as error:
        raise RunError(
            f"the {ranks.world} processes do not find one another: {_first_line(error)}; "
            "start them by torchrun"
        ) from None
    group = ProcessGroup(ranks)
    yield ProcessGroup(replace(ranks, restarts=max(group.all_gather(ranks.restarts))))
    # After an error it ends with the process: to end it here could wait for who is gone.
    dist.destroy_process_group()


def own_device(name: str, ranks: Ranks) -> torch.device:
    """The device of this process by its name: of several on a machine, each has its own GPU.

    Raises:
        OptionError: as `choose_device`; there are fewer GPUs than processes; or it is no device for
            several.
    """
    if ranks.world > 1 and name in ("auto", "cuda") and torch.cuda.is_available():
        count = torch.cuda.device_count()
        if ranks.local_rank >= count:
            raise OptionError(
                f"there are more processes on this machine than its {count} GPUs; "
                f"give torchrun --nproc-per-node {count}, or --device cpu"
            )
        device = torch.device("cuda", ranks.local_rank)
        torch.cuda.set_device(device)  # first of all: what goes to "the" GPU takes memory of it
        return device
    device = choose_device(name)
    if ranks.world == 1 or device.type == "cpu":
        return device
    if device.type == "cuda":
        raise OptionError(
            f"--device {name} is one GPU, and each process takes its own; give --device cuda"
        )
    raise OptionError(
        f"several processes train on cpu or cuda, not on {device.type}; give --device cpu"
    )


@contextmanager
def _detecting_lost_ranks() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        # gloo has no error of its own, but names its files.
        if not isinstance(error, dist.DistError) and "gloo" not in str(error):
            raise
        raise RankLostError("another process of this training is gone") from error


def _first_line(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]
