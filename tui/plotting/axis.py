"""Axes: from what to what they go, in which units, and which part of the whole is shown."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from minibert.io.units import format_duration
from minibert.tui.plotting.arrays import Floats
from minibert.tui.plotting.ticks import Tick, duration_ticks, log_ticks, number_ticks
from minibert.tui.text import compact

NARROWEST = 1e-6  # of the whole: a part that is shown is no narrower
AT_THE_END = 0.01  # of a part's width: an end so near the newest point is glued to it


@dataclass(frozen=True)
class Range:
    """An axis from `low` to `high`, which are logarithms to the base of 10 where `log` says so."""

    low: float
    high: float
    log: bool = False

    def scaled(self, values: Floats) -> Floats:
        """Values in the units of `low` and `high`."""
        return np.log10(values) if self.log else values

    def places(self, values: Floats) -> Floats:
        """Where values lie between the ends, from 0 to 1."""
        places: Floats = (self.scaled(values) - self.low) / (self.high - self.low)
        return places

    def place(self, value: float) -> float:
        """Where one value lies; NaN where it lies nowhere."""
        if self.log and value <= 0.0:
            return math.nan
        return float(self.places(np.array([value]))[0])

    def value(self, place: float) -> float:
        """The value at a place."""
        at = self.low + place * (self.high - self.low)
        return float(10.0**at) if self.log else at

    def edges(self, parts: int) -> Floats:
        """The values at the ends of parts of the same width."""
        width = (self.high - self.low) / parts
        edges = np.array([*(self.low + width * part for part in range(parts)), self.high])
        return 10.0**edges if self.log else edges

    def ticks(self, most: int, write: Callable[[float, float, int], list[Tick]]) -> list[Tick]:
        """Marks; `write` makes those of a linear axis."""
        if self.log:
            return log_ticks(10.0**self.low, 10.0**self.high, most)
        return write(self.low, self.high, most)


@dataclass(frozen=True)
class XAxis:
    """What x can be: its name, its column, its marks, and how one value is written."""

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
    """The part of a whole axis that is shown.

    One whose right end is at the newest point stays there as points come; any other stays where it
    is.

    Attributes:
        part: the ends, in the units of a `Range`; None is all there is.
        glued: whether the right end is that of the whole.
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
        """Show a part that is `factor` times as wide.

        Args:
            whole: the axis.
            factor: below 1 shows less.
            place: the place, from 0 to 1, that stays where it is; by default the right end where
                that is the newest point, else the middle.
        """
        shown = self.range_in(whole)
        if place is None:
            place = 1.0 if self.part is None or self.glued else 0.5
        if place > 1.0 - AT_THE_END:
            place = 1.0
        width, least = shown.high - shown.low, (whole.high - whole.low) * NARROWEST
        wide = max(least, width * factor)
        low = shown.low + place * (width - wide)
        return _within(low, low + wide, whole)

    def panned(self, whole: Range, share: float) -> Viewport:
        """Move by a share of the width that is shown, to the right if above 0."""
        if self.part is None:
            return self
        shown = self.range_in(whole)
        by = share * (shown.high - shown.low)
        return _within(shown.low + by, shown.high + by, whole)


WHOLE = Viewport()


def _within(low: float, high: float, whole: Range) -> Viewport:
    """A part moved so that it lies in the whole; all of it when it is no narrower."""
    wide = high - low
    if wide >= (whole.high - whole.low) * (1.0 - 1e-9):
        return WHOLE
    low = min(max(low, whole.low), whole.high - wide)
    return Viewport((low, low + wide), whole.high - (low + wide) <= AT_THE_END * wide)
