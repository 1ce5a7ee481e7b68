"""The values that all processes share before each step: counts of labels, stop, pause, time."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from minibert.data.dataset import Batch
    from minibert.training.distributed import ProcessGroup


class Agreement(NamedTuple):
    """The counts of the whole batch, and the next action. All processes have the same values."""

    masked: int
    """Predictions in all shards of the batch."""
    pairs: int
    """Sentence pairs in all shards."""
    tokens: int
    """Tokens in all shards, padding not counted."""
    stop: bool
    """Whether a process was told to stop."""
    seconds: float
    """The time used in seconds, by the clock of rank 0. If each process used its own clock, the
    learning rates, and then the weights, would differ between processes."""
    pause: bool
    """Whether a process pauses."""


def agree(
    group: ProcessGroup, batch: Batch, *, seconds: float, stop: bool, pause: bool
) -> Agreement:
    """Exchange these values between all processes: counts are summed, flags are combined with "or".

    Args:
        group: the processes; all of them call this.
        batch: this process's shard.
        seconds: the time used in seconds, by this process's clock.
        stop: whether this process was told to stop.
        pause: whether this process pauses.
    """
    counts = len(batch.masked_lm_ids), len(batch.next_sentence_label), batch.attention_mask.sum()
    values = [*counts, stop, seconds if group.ranks.is_rank0 else 0.0, pause]
    sums = group.all_reduce(torch.tensor(values, dtype=torch.float64)).tolist()
    masked, pairs, tokens = map(int, sums[:3])
    return Agreement(masked, pairs, tokens, stop=sums[3] > 0, seconds=sums[4], pause=sums[5] > 0)
