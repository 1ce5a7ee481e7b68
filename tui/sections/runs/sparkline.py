"""A run's loss as a line of characters, drawn from samples of its rows."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from minibert.runs.metrics import sample_rows

SAMPLES = 120  # places in the file that are read
WINDOW = 1200  # bytes that are read at each: more than two rows, so that one is complete
LEVELS = "▁▂▃▄▅▆▇█"


def sample_losses(file: Path) -> tuple[float, ...]:
    """MLM losses of training in nats, evenly spread over a run; all of a short run.

    The number of bytes read does not depend on the length of the run.
    """
    rows = sample_rows(file, SAMPLES, WINDOW, split="train")
    return tuple(row.mlm_loss for row in rows)


def spark_line(values: Sequence[float], width: int) -> str:
    """Values as bars of eight heights, each the mean of a part; at most `width` bars."""
    if not values or width < 1:
        return ""
    count = min(width, len(values))
    edges = [number * len(values) // count for number in range(count + 1)]
    means = [math.fsum(values[a:b]) / (b - a) for a, b in pairwise(edges)]
    low, high = min(means), max(means)
    if high == low:
        return LEVELS[0] * count
    top = len(LEVELS) - 1
    return "".join(LEVELS[round((mean - low) / (high - low) * top)] for mean in means)
