"""A plot: its curves, its reference lines, its axes, and its frame in a grid of characters."""

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
    """A labelled horizontal line."""

    label: str
    y: float


@dataclass(frozen=True, eq=False)
class Plot:
    """The curves of a plot, and how they are drawn.

    Attributes:
        title: the name of y.
        series: the curves, the first one on top.
        references: horizontal lines.
        x_axis: the unit of x.
        x_range: the part of x that is shown; by default from 0 to the last point.
        keep_references: whether the range of y includes every reference.
        log_y: whether y is logarithmic; values that are not positive are left out.
        hint: how the plot is drawn, in a few words.
        crosshair: the x whose values are shown in the header, or None.
        write: formats a value.
        placeholder: a sentence that is shown if there are no points.
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
    """The inside of a plot and its axes.

    Attributes:
        left: the column of the y axis.
        columns: of the inside, right of the y axis.
        rows: of the inside, below the header.
        x_range: the range of x that is shown.
        y_range: the range of y that is shown.
    """

    left: int
    columns: int
    rows: int
    x_range: Range
    y_range: Range

    def place_of(self, column: int) -> float:
        """The position on the x axis, from 0 to 1, of a column of the plot."""
        return min(1.0, max(0.0, (column - self.left - 0.5) / max(1, self.columns)))


def whole_range(curves: Sequence[Floats], log: bool = False) -> Range:
    """The whole range of x: from 0, or from the least positive x on a logarithmic axis.

    Args:
        curves: the x of each curve, nondecreasing.
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
