"""How far from its figure a measure may be: intervals at 95 %, by formulas that draw nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Interval = tuple[float, float]

NORMAL_95 = 1.959963984540054
"""95 % of a normal distribution is within so many standard deviations of its mean."""


def wilson_interval(right: int, among: int) -> Interval | None:
    """The score interval of a share of independent trials (Wilson 1927, JASA 22).

    Unlike the plain normal interval it holds for few trials, and for shares of 0 and 1.

    Args:
        right: the trials that went well.
        among: all trials; None comes back for no trials.
    """
    if not among:
        return None
    share, z = right / among, NORMAL_95
    middle = share + z * z / (2 * among)
    half = z * math.sqrt(share * (1 - share) / among + z * z / (4 * among * among))
    scale = 1 + z * z / among
    # At shares of 0 and 1 an end is the share itself, which rounding must not miss.
    low, high = (middle - half) / scale, (middle + half) / scale
    return max(0.0, min(share, low)), min(1.0, max(share, high))


def ratio_interval(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> Interval | None:
    """The interval of `sums.sum() / counts.sum()`, a mean over what comes in clusters.

    Predictions in one example are not independent of each other, examples nearly are: the standard
    error is that of a ratio of cluster totals, linearised (Cochran, Sampling Techniques, 3rd ed.
    1977, chapter 6; clustered standard errors for evaluations: Miller 2024, arXiv 2411.00640).

    Args:
        sums: (E,), of each cluster.
        counts: (E,), what each was summed over.

    Returns:
        The interval; None for fewer than two clusters.
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
