"""A curve of a plot."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minibert.tui.plotting.arrays import Floats
from minibert.tui.plotting.axis import Range
from minibert.tui.plotting.downsampling import NOTHING, Extents, MinMaxPyramid

LOG_PARTS = 16  # parts of a logarithmic axis, each with a block size of its own


@dataclass(frozen=True, eq=False)
class Series:
    """One curve.

    Attributes:
        label: its name in the legend.
        x: float64 (n,), nondecreasing.
        trace: its n values.
        smooth: their moving averages, drawn in front of the values, or None.
        color: one of `minibert.tui.plotting.canvas.COLORS`.
        tag: a character that identifies it without colors.
        marked: whether its points have marks; such a curve is never smoothed.
        scale: a factor for its values.
    """

    label: str
    x: Floats
    trace: MinMaxPyramid
    smooth: MinMaxPyramid | None = None
    color: str = "training"
    tag: str = ""
    marked: bool = False
    scale: float = 1.0

    def extents(self, trace: MinMaxPyramid, x_range: Range, dots: int) -> Extents:
        """The part of a trace in a range, with x as positions, and one point beyond each end.

        Args:
            trace: `trace` or `smooth` of this curve.
            x_range: the range that is shown.
            dots: the number of dots across the range.
        """
        if not len(self.x):
            return NOTHING
        parts = LOG_PARTS if x_range.log else 1
        found = trace.extents(self.x, x_range.edges(parts), max(1, dots // parts))
        x, least, greatest = found.x, found.least, found.greatest
        if x_range.log and len(x) and x[0] <= 0.0:
            x, least, greatest = x[x > 0.0], least[x > 0.0], greatest[x > 0.0]
        return Extents(x_range.places(x), least * self.scale, greatest * self.scale)

    def near(self, x: float) -> tuple[float, float] | None:
        """The measured point with the nearest x, or None."""
        known = self.trace.y == self.trace.y
        at = int(np.searchsorted(self.x, x))
        before = at - 1 - int(np.argmax(known[:at][::-1])) if known[:at].any() else None
        after = at + int(np.argmax(known[at:])) if known[at:].any() else None
        places = [place for place in (before, after) if place is not None]
        if not places:
            return None
        nearest = min(places, key=lambda place: abs(float(self.x[place]) - x))
        return float(self.x[nearest]), float(self.trace.y[nearest]) * self.scale
