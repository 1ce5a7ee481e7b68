"""Confidence intervals at 95 %, by closed formulas."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Interval = tuple[float, float]

NORMAL_95 = 1.959963984540054
"""95 % of a normal distribution is within this many standard deviations of its mean."""


def wilson_interval(correct: int, total: int) -> Interval | None:
    """The score interval of a share of independent trials (Wilson 1927, JASA 22).

    Unlike the normal interval it is valid for few trials, and for shares of 0 and 1.

    Args:
        correct: the number of successful trials.
        total: the number of trials.

    Returns:
        The lower and the upper end; None for no trials.
    """
    if not total:
        return None
    share, z = correct / total, NORMAL_95
    middle = share + z * z / (2 * total)
    half = z * math.sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    scale = 1 + z * z / total
    # At shares of 0 and 1 one end is the share itself; rounding must not move it.
    low, high = (middle - half) / scale, (middle + half) / scale
    return max(0.0, min(share, low)), min(1.0, max(share, high))


def ratio_interval(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> Interval | None:
    """The interval of `sums.sum() / counts.sum()`, a mean over clustered observations.

    Predictions in one sequence are not independent, sequences nearly are. The standard error is
    that of a ratio of cluster totals, linearized (Cochran, Sampling Techniques, 3rd ed.
    1977, chapter 6; clustered standard errors for evaluations: Miller 2024, arXiv 2411.00640).

    Args:
        sums: (E,), the sum of the observations of each cluster.
        counts: (E,), the number of observations of each cluster.

    Returns:
        The lower and the upper end; None for fewer than two clusters.
    """
    clusters = len(sums)
    if clusters < 2:
        return None
    total = float(counts.sum())
    ratio = float(sums.sum()) / total
    residuals = sums - ratio * counts
    variance = clusters / (clusters - 1) * float(residuals @ residuals)
    half = NORMAL_95 * math.sqrt(variance) / total
    return ratio - half, ratio + half
