"""Downsampling of curves that keeps extremes, at a cost that depends on the plot's width only.

The minimum and maximum of every block of 4, 16, 64, … values are kept beside the values. A plot is
drawn from the largest blocks that are still finer than its dots. docs/dev/architecture.md says what
a plain downsampling would cost.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from minibert.tui.plotting.arrays import Floats, GrowableArray
from minibert.tui.plotting.smoothing import Average

FOLD = 4  # values or blocks in a block of the next level
PER_DOT = 4  # blocks that share a dot, at least


@dataclass(frozen=True, eq=False)
class Extents:
    """The points or blocks of a curve that are drawn, from left to right.

    Attributes:
        x: float64 (n,), nondecreasing.
        least: float64 (n,), finite.
        greatest: float64 (n,), finite; the same array as `least` if points are drawn, not blocks.
    """

    x: Floats
    least: Floats
    greatest: Floats


NOTHING = Extents(np.empty(0), np.empty(0), np.empty(0))


class MinMaxPyramid:
    """Values that grow at their end, NaN if missing, and the extremes of their blocks."""

    def __init__(self) -> None:
        self.y: Floats = np.empty(0)
        self._levels: list[GrowableArray] = []

    def grow(self, y: Floats) -> None:
        """Add values.

        Args:
            y: float64 (n,), all values; those of the call before come first.
        """
        self.y = y
        least = greatest = y
        for level in self._levels:
            _add_blocks(level, least, greatest)
            least, greatest = level.data
        while len(least) >= FOLD:
            level = GrowableArray(2)
            self._levels.append(level)
            _add_blocks(level, least, greatest)
            least, greatest = level.data

    def extents(self, x: Floats, edges: Floats, dots: int) -> Extents:
        """The blocks in a range, finer than the dots of the plot, and one beyond each end.

        Args:
            x: float64 (n,), nondecreasing, of the values.
            edges: float64 (parts + 1,), increasing; the parts between them are equally wide on the
                screen.
            dots: the number of dots across a part.
        """
        places = np.searchsorted(x, edges)
        first = max(0, int(places[0]) - 1)
        last = min(len(x), int(np.searchsorted(x, edges[-1], "right")) + 1)
        cuts = [first, *(int(place) for place in places[1:-1]), last]
        parts = [self._part(x, start, end, dots) for start, end in pairwise(cuts) if start < end]
        if not parts:
            return NOTHING
        if len(parts) == 1:
            place, least, greatest = parts[0]
        else:
            place, least, greatest = (np.concatenate(some) for some in zip(*parts, strict=True))
        known = least == least
        if known.all():
            return Extents(place, least, greatest)
        return Extents(place[known], least[known], greatest[known])

    def _part(self, x: Floats, start: int, end: int, dots: int) -> tuple[Floats, Floats, Floats]:
        level, size = 0, 1
        while level < len(self._levels) and (end - start) >= PER_DOT * dots * size * FOLD:
            level, size = level + 1, size * FOLD
        if level == 0:
            return x[start:end], self.y[start:end], self.y[start:end]
        first, beyond = start // size, -(-end // size)
        return (x[first * size : beyond * size : size], *self._blocks(level, first, beyond))

    def _blocks(self, level: int, first: int, beyond: int) -> tuple[Floats, Floats]:
        """The blocks of a level before `beyond`; the last block may be incomplete."""
        blocks = self._levels[level - 1]
        least, greatest = blocks.data[:, first:beyond]
        if beyond <= len(blocks):
            return least, greatest
        rest = self.y[len(blocks) * FOLD**level :]
        return (
            np.append(least, np.fmin.reduce(rest)),
            np.append(greatest, np.fmax.reduce(rest)),
        )


def _add_blocks(level: GrowableArray, least: Floats, greatest: Floats) -> None:
    """Append the blocks that are complete by now."""
    done, full = len(level) * FOLD, len(least) // FOLD * FOLD
    if full > done:
        lows = [least[done + at : full : FOLD] for at in range(FOLD)]
        highs = [greatest[done + at : full : FOLD] for at in range(FOLD)]
        level.add(
            np.stack(
                (
                    np.fmin(np.fmin(lows[0], lows[1]), np.fmin(lows[2], lows[3])),
                    np.fmax(np.fmax(highs[0], highs[1]), np.fmax(highs[2], highs[3])),
                )
            )
        )


class SmoothedPyramid:
    """The exponential moving average of values, as a pyramid.

    Args:
        weight: of the average so far, between 0 and 1.
    """

    def __init__(self, weight: float) -> None:
        self.trace = MinMaxPyramid()
        self._average = Average(weight)
        self._averages = GrowableArray(1)

    def grow(self, y: Floats) -> None:
        """Add values; see `MinMaxPyramid.grow`. A missing value has no average."""
        new = y[len(self._averages) :].copy()
        known = new == new
        new[known] = self._average.extend(new[known])
        self._averages.add(new[None])
        self.trace.grow(self._averages.data[0])
