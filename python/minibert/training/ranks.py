"""Which of several processes this is, as `torchrun` tells it; reading that needs no PyTorch."""

from __future__ import annotations

import os
from dataclasses import dataclass

from minibert.errors import OptionError


@dataclass(frozen=True, slots=True)
class Ranks:
    """The place of this process among those that train one model together."""

    rank: int = 0
    """Its number, from 0; the process of rank 0 writes and talks for all."""
    world: int = 1
    """How many processes there are."""
    local_rank: int = 0
    """Its number among those on the same machine."""
    local_world: int = 1
    """How many there are on the same machine."""
    restarts: int = 0
    """How many times `torchrun` has started all of them anew, as far as this machine's knows."""
    max_restarts: int = 0
    """How many times it would."""

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and talks."""
        return self.rank == 0

    @classmethod
    def from_environment(cls) -> Ranks:
        """What `torchrun` has put into the environment; a process alone where it has not.

        Raises:
            OptionError: the environment says what cannot be.
        """
        if "RANK" not in os.environ or "WORLD_SIZE" not in os.environ:
            return cls()
        rank, world = _number("RANK"), _number("WORLD_SIZE")
        if rank >= world:
            raise OptionError(f"RANK is {rank}; with WORLD_SIZE={world} it must be below {world}")
        return cls(
            rank=rank,
            world=world,
            local_rank=_number("LOCAL_RANK", rank),
            local_world=_number("LOCAL_WORLD_SIZE", world),
            restarts=_number("TORCHELASTIC_RESTART_COUNT", 0),
            max_restarts=_number("TORCHELASTIC_MAX_RESTARTS", 0),
        )


def _number(name: str, default: int | None = None) -> int:
    text = os.environ.get(name, str(default))
    if not text.isascii() or not text.isdecimal():
        raise OptionError(
            f"{name} is {text!r} in the environment, and not a number from 0; "
            "start the processes by torchrun, or unset it"
        )
    return int(text)
