"""What all processes must know alike before they make a step together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

if TYPE_CHECKING:
    from minibert.data.dataset import Batch
    from minibert.training.distributed import ProcessGroup


class Agreement(NamedTuple):
    """The batch of all processes in numbers, and what they do next; the same in each of them."""

    masked: int
    """Predictions in all shards of the batch."""
    pairs: int
    """Sentence pairs in all shards."""
    tokens: int
    """Tokens in all shards, padding not counted."""
    stop: bool
    """Whether a process was told to stop."""
    seconds: float
    """The time used, by the clock of rank 0. By clocks of their own, the processes would have
    different learning rates, and different weights."""
    pause: bool
    """Whether a process pauses."""


def agree(
    group: ProcessGroup, batch: Batch, *, seconds: float, stop: bool, pause: bool
) -> Agreement:
    """Sum up over all processes what each of them gives.

    Args:
        group: the processes; all of them call this.
        batch: this process's shard.
        seconds: the time used, by this process's clock.
        stop: whether this process was told to stop.
        pause: whether this process pauses.
    """
    counts = len(batch.masked_lm_ids), len(batch.next_sentence_label), batch.attention_mask.sum()
    values = [*counts, stop, seconds if group.ranks.is_rank0 else 0.0, pause]
    sums = group.all_reduce(torch.tensor(values, dtype=torch.float64)).tolist()
    masked, pairs, tokens = map(int, sums[:3])
    return Agreement(masked, pairs, tokens, stop=sums[3] > 0, seconds=sums[4], pause=sums[5] > 0)
