"""A run's loss in a handful of characters, from a handful of its rows."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from minibert.runs.metrics import parse_metrics

SAMPLES = 120  # places in the file that are looked at
WINDOW = 1200  # bytes read at each: two rows and a bit, so that one is whole
LEVELS = "▁▂▃▄▅▆▇█"


def sample_losses(file: Path) -> tuple[float, ...]:
    """MLM losses of training, in nats, evenly spread over a run; every one of a short run.

    Rows take about as many bytes each, so that places in the file are places in the run. However
    long it is, as many bytes are read.
    """
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, os.SEEK_END)
            if size <= SAMPLES * WINDOW:
                opened.seek(0)
                return tuple(_losses(opened.read()))
            return tuple(_sampled(opened, size))
    except OSError:
        return ()


def spark_line(values: Sequence[float], width: int) -> str:
    """Values as bars of eight heights, the means of `width` parts; fewer where there are fewer."""
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


def _sampled(file: BinaryIO, size: int) -> Iterator[float]:
    for number in range(SAMPLES):
        file.seek(number * (size - WINDOW) // (SAMPLES - 1))
        data = file.read(WINDOW)
        whole = data if number == 0 else data[data.find(b"\n") + 1 :]
        yield from list(_losses(whole))[:1]


def _losses(lines: bytes) -> Iterator[float]:
    """Those of whole training rows that are finite numbers."""
    for row in parse_metrics(lines)[0]:
        loss: object = row.mlm_loss
        if row.split == "train" and isinstance(loss, int | float) and math.isfinite(loss):
            yield float(loss)
