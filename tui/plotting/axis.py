"""Axes: their range, their units, and the part that is shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from minibert.io.units import format_duration
from minibert.tui.plotting.arrays import Floats
from minibert.tui.plotting.ticks import Tick, duration_ticks, log_ticks, number_ticks
from minibert.tui.text import compact

MIN_SHARE = 1e-6  # of the whole axis: the smallest part that can be shown
END_TOLERANCE = 0.01  # of the width of a part: within it of the newest point, the part follows it


@dataclass(frozen=True)
class Range:
    """An axis from `low` to `high`; on a logarithmic axis these are decimal logarithms."""

    low: float
    high: float
    log: bool = False

    def scaled(self, values: Floats) -> Floats:
        """Values, or their logarithms on a logarithmic axis."""
        return np.log10(values) if self.log else values

    def places(self, values: Floats) -> Floats:
        """The positions of values on the axis, 0 at `low` and 1 at `high`."""
        places: Floats = (self.scaled(values) - self.low) / (self.high - self.low)
        return places

    def place(self, value: float) -> float:
        """The position of a value; NaN for a value without a logarithm."""
        if self.log and value <= 0.0:
            return math.nan
        return float(self.places(np.array([value]))[0])

    def value(self, place: float) -> float:
        """The value at a position."""
        at = self.low + place * (self.high - self.low)
        return float(10.0**at) if self.log else at

    def edges(self, parts: int) -> Floats:
        """The values at the edges of `parts` parts of equal width."""
        width = (self.high - self.low) / parts
        edges = np.array([*(self.low + width * part for part in range(parts)), self.high])
        return 10.0**edges if self.log else edges

    def ticks(self, most: int, write: Callable[[float, float, int], list[Tick]]) -> list[Tick]:
        """At most `most` ticks; `write` makes those of a linear axis."""
        if self.log:
            return log_ticks(10.0**self.low, 10.0**self.high, most)
        return write(self.low, self.high, most)


@dataclass(frozen=True)
class XAxis:
    """A unit of x: its name, its column of the metrics, its ticks, and how a value is written."""

    name: str
    column: str
    ticks: Callable[[float, float, int], list[Tick]]
    write: Callable[[float], str]


X_AXES = (
    XAxis("step", "step", number_ticks, lambda value: f"{value:,.0f}"),
    XAxis("tokens", "tokens", number_ticks, compact),
    XAxis("time", "seconds", duration_ticks, format_duration),
)


@dataclass(frozen=True)
class Viewport:
    """The part of an axis that is shown.

    A part that ends at the newest point follows it; any other part stays where it is.

    Attributes:
        part: its ends, in the units of a `Range`; None for the whole axis.
        glued: whether it follows the newest point.
    """

    part: tuple[float, float] | None = None
    glued: bool = True

    def range_in(self, whole: Range) -> Range:
        """The range of the whole axis that is shown."""
        if self.part is None:
            return whole
        low, high = self.part
        if self.glued:
            low, high = whole.high - (high - low), whole.high
        return Range(low, high, whole.log)

    def zoomed(self, whole: Range, factor: float, place: float | None = None) -> Viewport:
        """The part after zooming: `factor` times as wide.

        Args:
            whole: the whole axis.
            factor: below 1 to zoom in.
            place: the position, from 0 to 1, that stays where it is; by default the right end if
                that is the newest point, otherwise the middle.
        """
        shown = self.range_in(whole)
        if place is None:
            place = 1.0 if self.part is None or self.glued else 0.5
        if place > 1.0 - END_TOLERANCE:
            place = 1.0
        width, least = shown.high - shown.low, (whole.high - whole.low) * MIN_SHARE
        wide = max(least, width * factor)
        low = shown.low + place * (width - wide)
        return _within(low, low + wide, whole)

    def panned(self, whole: Range, share: float) -> Viewport:
        """The part after moving it by a share of its width, to the right if positive."""
        if self.part is None:
            return self
        shown = self.range_in(whole)
        by = share * (shown.high - shown.low)
        return _within(shown.low + by, shown.high + by, whole)


WHOLE = Viewport()


def _within(low: float, high: float, whole: Range) -> Viewport:
    """A part moved into the whole axis; the whole axis if the part is not narrower."""
    wide = high - low
    if wide >= (whole.high - whole.low) * (1.0 - 1e-9):
        return WHOLE
    low = min(max(low, whole.low), whole.high - wide)
    return Viewport((low, low + wide), whole.high - (low + wide) <= END_TOLERANCE * wide)
