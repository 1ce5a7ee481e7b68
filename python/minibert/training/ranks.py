"""The rank of this process, from the environment variables of torchrun; needs no PyTorch."""

from __future__ import annotations

import os
from dataclasses import dataclass

from minibert.errors import OptionError


@dataclass(frozen=True, slots=True)
class Ranks:
    """The ranks of this process among the processes that train together."""

    rank: int = 0
    """From 0; rank 0 alone writes files and messages."""
    world_size: int = 1
    """The number of processes."""
    local_rank: int = 0
    """The rank among the processes on this machine."""
    local_world_size: int = 1
    """The number of processes on this machine."""
    restarts: int = 0
    """How often torchrun has restarted the processes, as counted on this machine."""
    max_restarts: int = 0
    """How often torchrun restarts them at most."""

    @property
    def is_rank0(self) -> bool:
        """Whether this is rank 0."""
        return self.rank == 0

    @classmethod
    def from_environment(cls) -> Ranks:
        """The ranks that torchrun has set; those of a single process without torchrun.

        Raises:
            OptionError: an environment variable has an invalid value.
        """
        if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ:
            return cls()
        rank, world_size = _number("RANK"), _number("WORLD_SIZE")
        if rank >= world_size:
            raise OptionError(f"RANK is {rank}; it must be below WORLD_SIZE, which is {world_size}")
        return cls(
            rank=rank,
            world_size=world_size,
            local_rank=_number("LOCAL_RANK", rank),
            local_world_size=_number("LOCAL_WORLD_SIZE", world_size),
            restarts=_number("TORCHELASTIC_RESTART_COUNT", 0),
            max_restarts=_number("TORCHELASTIC_MAX_RESTARTS", 0),
        )


def _number(name: str, default: int | None = None) -> int:
    text = os.environ.get(name, str(default))
    if not text.isascii() or not text.isdecimal():
        raise OptionError(
            f"the environment variable {name} is {text!r}, not a number from 0; start the "
            "processes by torchrun, or unset it"
        )
    return int(text)
