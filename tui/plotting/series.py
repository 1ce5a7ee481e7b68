"""A curve to be drawn, and what is read off it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from minibert.tui.plotting.arrays import MAX_VALUE, Floats
from minibert.tui.plotting.axis import Range
from minibert.tui.plotting.downsampling import NOTHING, Extents, MinMaxPyramid

PARTS_OF_LOG = 16  # a logarithmic axis has as many densities of points, at least


@dataclass(frozen=True, eq=False)
class Series:
    """One curve.

    Attributes:
        label: its name in the legend.
        x: float64 (n,), never falling.
        trace: its n values.
        smooth: their averages, drawn in front of the values; None draws the values alone.
        color: one of `minibert.tui.plotting.canvas.COLORS`.
        tag: a character that tells it from the others where colors do not.
        marked: few points, each worth a mark; they are joined, never smoothed.
        scale: what values are multiplied by.
    """

    label: str
    x: Floats
    trace: MinMaxPyramid
    smooth: MinMaxPyramid | None = None
    color: str = "training"
    tag: str = ""
    marked: bool = False
    scale: float = 1.0

    @classmethod
    def from_points(cls, label: str, x: Floats, y: Floats, *, marked: bool = False) -> Series:
        """A curve through points; what is not finite is left out."""
        trace = MinMaxPyramid()
        trace.grow(np.where(np.isfinite(y), np.clip(y, -MAX_VALUE, MAX_VALUE), np.nan))
        return cls(label, x, trace, color="held-out" if marked else "training", marked=marked)

    def extents(self, trace: MinMaxPyramid, x_range: Range, dots: int) -> Extents:
        """What of a trace lies in a range, x as places from 0 to 1, and one point beyond each end.

        Args:
            trace: of this curve.
            x_range: what is shown.
            dots: from its left end to its right one.
        """
        if not len(self.x):
            return NOTHING
        parts = PARTS_OF_LOG if x_range.log else 1
        found = trace.extents(self.x, x_range.edges(parts), max(1, dots // parts))
        x, least, greatest = found.x, found.least, found.greatest
        if x_range.log and len(x) and x[0] <= 0.0:
            x, least, greatest = x[x > 0.0], least[x > 0.0], greatest[x > 0.0]
        return Extents(x_range.places(x), least * self.scale, greatest * self.scale)

    def near(self, x: float) -> tuple[float, float] | None:
        """The point whose x is nearest, as it was measured; None where there is none."""
        known = self.trace.y == self.trace.y
        at = int(np.searchsorted(self.x, x))
        before = at - 1 - int(np.argmax(known[:at][::-1])) if known[:at].any() else None
        after = at + int(np.argmax(known[at:])) if known[at:].any() else None
        places = [place for place in (before, after) if place is not None]
        if not places:
            return None
        nearest = min(places, key=lambda place: abs(float(self.x[place]) - x))
        return float(self.x[nearest]), float(self.trace.y[nearest]) * self.scale
