"""Smoothing of curves."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np

from minibert.tui.columns import Floats

BLOCK = 128


def exponential_average(values: Floats, weight: float) -> Floats:
    """The exponential moving average, without the bias of its start.

    Kingma and Ba 2015, section 3, has the correction. The recurrence is solved block by block as
    one product with the triangle of its powers, so that no point costs a step of Python.

    Args:
        values: float64 (n,), finite.
        weight: of the average so far, from 0 (no smoothing) to below 1.

    Returns:
        float64 (n,): at t, sum of weight^(t-i) values_i for i <= t, over the sum of the weights.
    """
    if weight == 0.0 or len(values) == 0:
        return values
    blocks = np.pad(values, (0, -len(values) % BLOCK)).reshape(-1, BLOCK)
    powers = weight ** np.arange(BLOCK + 1)
    age = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK))
    triangle = np.where(age >= 0, powers[np.abs(age)], 0.0)
    sums = blocks @ triangle.T
    ends = list(accumulate(sums[:-1, -1].tolist(), lambda end, own: own + end * powers[-1]))
    sums[1:] += np.outer(ends, powers[1:])
    averages: Floats = sums.reshape(-1)[: len(values)] * (1.0 - weight)
    # Beyond these the powers are lost in rounding, and slow to compute as they near zero.
    early = min(len(values), math.ceil(math.log(1e-17) / math.log(weight)))
    averages[:early] /= 1.0 - weight ** np.arange(1, early + 1)
    return averages
