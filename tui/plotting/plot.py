"""A plot: its curves, its references, its axes, and where it lies in a grid of characters."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from minibert.tui.plotting.arrays import Floats
from minibert.tui.plotting.axis import X_AXES, Range, XAxis
from minibert.tui.plotting.series import Series


@dataclass(frozen=True)
class Reference:
    """A horizontal line at a value that has a name."""

    label: str
    y: float


@dataclass(frozen=True, eq=False)
class Plot:
    """What to draw.

    Attributes:
        title: what y is.
        series: the curves, the first one on top.
        references: lines to compare them with.
        x_axis: what x is.
        x_range: the part of x that is shown; by default all of it, from 0 on.
        keep_references: whether the range of y holds every reference too.
        log_y: whether to draw the logarithm of y; values at or below 0 are left out.
        hint: how it is drawn, in a few words.
        crosshair: the x whose values are read out.
        write: how a value is written.
        placeholder: a sentence to show while there is nothing to draw.
    """

    title: str
    series: Sequence[Series] = ()
    references: Sequence[Reference] = ()
    x_axis: XAxis = X_AXES[0]
    x_range: Range | None = None
    keep_references: bool = True
    log_y: bool = False
    hint: str = ""
    crosshair: float | None = None
    write: Callable[[float], str] = "{:.4g}".format
    placeholder: str = ""


@dataclass(frozen=True)
class Frame:
    """Where the inside of a picture lies, and its axes.

    Attributes:
        left: the column of the y axis.
        columns: of the inside, right of it.
        rows: of the inside, below the header.
    """

    left: int
    columns: int
    rows: int
    x_range: Range
    y_range: Range

    def place_of(self, column: int) -> float:
        """The place on the x axis, from 0 to 1, of a column of the picture."""
        return min(1.0, max(0.0, (column - self.left - 0.5) / max(1, self.columns)))


def whole_range(curves: Sequence[Floats], log: bool = False) -> Range:
    """All of x: from 0, or from the least above it on a logarithmic axis, to the greatest.

    Args:
        curves: the x of each, never falling.
        log: whether the axis is logarithmic.
    """
    ends = [float(x[-1]) for x in curves if len(x)]
    if log:
        starts = [x[np.searchsorted(x, 0.0, "right") :][:1] for x in curves]
        lows = [float(start[0]) for start in starts if len(start)]
        low, high = min(lows, default=1.0), max(ends, default=1.0)
        return Range(math.log10(low), math.log10(high if high > low else 10.0 * low), log=True)
    starts_below = [float(x[0]) for x in curves if len(x)]
    low, high = min(starts_below, default=0.0), max(ends, default=1.0)
    return Range(min(0.0, low), high if high > min(0.0, low) else min(0.0, low) + 1.0)
