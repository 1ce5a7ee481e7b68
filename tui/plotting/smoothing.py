"""The moving average that smooths curves."""

from __future__ import annotations

import math
from itertools import accumulate

import numpy as np

from minibert.tui.plotting.arrays import Floats

BLOCK = 64


class Average:
    """The bias-corrected exponential moving average of values that arrive in parts.

    The correction is that of Kingma and Ba 2015, section 3. A block of values is averaged by one
    product with the triangular matrix of the weight's powers, without a Python step for each value.

    Args:
        weight: of the average so far, between 0 and 1.
    """

    def __init__(self, weight: float) -> None:
        self._weight = weight
        self._powers = weight ** np.arange(BLOCK + 1)
        age = np.subtract.outer(np.arange(BLOCK), np.arange(BLOCK))
        self._triangle = np.where(age >= 0, self._powers[np.abs(age)], 0.0).T
        # From this count on the correction is below rounding; subnormal powers would be slow.
        self._early = math.ceil(math.log(1e-17) / math.log(weight))
        self._sum = 0.0
        self._count = 0

    def extend(self, values: Floats) -> Floats:
        """Average the next values.

        Args:
            values: float64 (n,), finite.

        Returns:
            float64 (n,): at t, sum of weight^(t-i) values_i for i <= t, those of earlier calls
            included, over the sum of the weights.
        """
        if len(values) == 0:
            return values
        sums = np.pad(values, (0, -len(values) % BLOCK)).reshape(-1, BLOCK) @ self._triangle
        block_power = float(self._powers[-1])
        ends = accumulate(
            sums[:-1, -1].tolist(), lambda end, own: own + end * block_power, initial=self._sum
        )
        sums += np.outer(list(ends), self._powers[1:])
        averages: Floats = sums.reshape(-1)[: len(values)]
        self._sum = float(averages[-1])
        averages *= 1.0 - self._weight
        early = min(len(values), max(0, self._early - self._count))
        averages[:early] /= 1.0 - self._weight ** np.arange(
            self._count + 1, self._count + early + 1, dtype=np.float64
        )
        self._count += len(values)
        return averages
