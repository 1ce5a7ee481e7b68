"""A plot of curves, drawn into a grid of characters. It knows nothing of Textual."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from minibert.tui.braille import FIRST, Bits, draw_line, thin_out
from minibert.tui.columns import Floats
from minibert.tui.smoothing import exponential_average
from minibert.tui.ticks import Tick, log_ticks, number_ticks

SERIES_STYLES = 4
STYLES = (
    "blank",
    "title",
    "label",
    "axis",
    "hint",
    "reference",
    *(f"raw-{number}" for number in range(1, SERIES_STYLES + 1)),
    *(f"series-{number}" for number in range(1, SERIES_STYLES + 1)),
)
MARK, LINE = "●", "━━"
MARK_ROOM = 5  # columns for each mark, at least
GREATEST = 1e300  # beyond it a range is no longer finite
MARGIN = 0.04  # of the range, above and below what is drawn


@dataclass(frozen=True, eq=False)
class Series:
    """One curve.

    Attributes:
        label: its name in the legend.
        x: float64 (n,), never falling.
        y: float64 (n,); what is not finite is left out.
        marked: few points, each worth a mark; they are joined, never smoothed.
    """

    label: str
    x: Floats
    y: Floats
    marked: bool = False


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
        series: the curves, the last one on top.
        references: lines to compare them with; always within the range shown.
        x_name: what x is.
        x_ticks: the marks of the x axis, from its ends and their greatest number.
        log_y: whether to draw the logarithm of y; values at or below 0 are left out.
        smoothing: the weight of the exponential average; 0 draws what was measured alone.
        placeholder: a sentence to show while there is nothing to draw.
    """

    title: str
    series: Sequence[Series] = ()
    references: Sequence[Reference] = ()
    x_name: str = "step"
    x_ticks: Callable[[float, float, int], list[Tick]] = number_ticks
    log_y: bool = False
    smoothing: float = 0.0
    placeholder: str = ""


class Canvas:
    """Characters and their styles, by rows from the top.

    Attributes:
        chars: one character (rows, columns).
        styles: indices into `STYLES` (rows, columns).
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.chars = np.full((rows, columns), " ", dtype="<U1")
        self.styles = np.zeros((rows, columns), dtype=np.uint8)

    def write(self, row: int, column: int, text: str, style: str) -> None:
        """Write a text; what lies beyond an edge is cut."""
        rows, columns = self.chars.shape
        start, end = max(0, column), min(columns, column + len(text))
        if 0 <= row < rows and start < end:
            self.chars[row, start:end] = list(text[start - column : end - column])
            self.styles[row, start:end] = STYLES.index(style)

    def overlay(self, bits: Bits, style: str) -> None:
        """Put braille on top; a cell shows one curve alone, as mixed dots cannot be read."""
        drawn = bits > 0
        self.chars[drawn] = (FIRST + bits[drawn].astype(np.uint32)).view("<U1")
        self.styles[drawn] = STYLES.index(style)

    def text(self) -> str:
        """The characters as lines."""
        return "\n".join("".join(row).rstrip() for row in self.chars)


@dataclass(frozen=True)
class _Range:
    """An axis from `low` to `high`, in the units of what is drawn or their logarithms."""

    low: float
    high: float
    log: bool = False

    def place(self, values: Floats) -> Floats:
        """Where values lie between the ends, from 0 to 1."""
        scaled = np.log10(values) if self.log else values
        places: Floats = (scaled - self.low) / (self.high - self.low)
        return places

    def ticks(self, most: int) -> list[Tick]:
        if self.log:
            return log_ticks(10.0**self.low, 10.0**self.high, most)
        return number_ticks(self.low, self.high, most)


@dataclass(frozen=True, eq=False)
class _Curve:
    """A series as it is drawn: finite, smoothed when asked, with its styles."""

    number: int
    series: Series
    smooth: Floats | None = field(default=None)


def draw_plot(plot: Plot, columns: int, rows: int) -> Canvas:
    """Draw a plot: a line of title and legend, the curves over their axes, and the x axis.

    Args:
        plot: what to draw.
        columns: of the whole picture.
        rows: of the whole picture.
    """
    canvas = Canvas(columns, rows)
    curves, log_y = _drawable(plot)
    x_range, y_range = _ranges(plot, curves, log_y)
    hint = _hint(plot, log_y)
    _write_header(canvas, plot, hint)
    height = rows - 3
    measured = height > 0 and (curves or plot.references)
    ticks = y_range.ticks(min(8, max(3, height // 2))) if measured else []
    gutter = 1 + max([len(label) for _, label in ticks] + [len(plot.x_name)])
    width = columns - gutter - 1
    if height < 1 or width < 8:
        return canvas
    inside = Canvas(width, height)
    _draw_inside(inside, plot, curves, x_range, y_range)
    canvas.chars[1:-2, gutter + 1 :] = inside.chars
    canvas.styles[1:-2, gutter + 1 :] = inside.styles
    _write_y_axis(canvas, ticks, y_range, gutter)
    _write_x_axis(canvas, plot, x_range, gutter, bool(curves))
    return canvas


# ---- what is drawn -----------------------------------------------------------------------------


def _drawable(plot: Plot) -> tuple[list[_Curve], bool]:
    """The curves that have something to draw, and whether logarithms can be drawn."""
    finite = [_keep(series, np.isfinite(series.x + series.y)) for series in plot.series]
    log_y = plot.log_y and any((series.y > 0).any() for series in finite)
    if log_y:
        finite = [_keep(series, series.y > 0) for series in finite]
    curves = []
    for number, series in enumerate(finite, start=1):
        if len(series.x) > 0:
            smooth = plot.smoothing > 0 and not series.marked
            averages = exponential_average(series.y, plot.smoothing) if smooth else None
            curves.append(_Curve((number - 1) % SERIES_STYLES + 1, series, averages))
    return curves, log_y


def _keep(series: Series, kept: npt.NDArray[np.bool_]) -> Series:
    y = np.clip(series.y[kept], -GREATEST, GREATEST)
    return Series(series.label, series.x[kept], y, series.marked)


def _ranges(plot: Plot, curves: list[_Curve], log_y: bool) -> tuple[_Range, _Range]:
    """The ends of x, which begins at 0, and of y, which holds every measured value."""
    ends = [0.0] + [float(x) for c in curves for x in (c.series.x[0], c.series.x[-1])]
    x_range = _Range(min(ends), max(ends) if max(ends) > min(ends) else min(ends) + 1.0)
    values = [float(f(c.series.y)) for c in curves for f in (np.min, np.max)]
    values += [r.y for r in plot.references if math.isfinite(r.y) and (r.y > 0 or not log_y)]
    if log_y:
        values = [math.log10(value) for value in values]
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if high - low <= 1e-5 * max(abs(low), abs(high)):
        half = 0.05 * max(abs(low), abs(high)) or 0.5
        low, high = low - half, high + half
    margin = MARGIN * (high - low)
    return x_range, _Range(low - margin, high + margin, log_y)


def _hint(plot: Plot, log_y: bool) -> str:
    parts = [f"smoothed {plot.smoothing:g}"] if plot.smoothing else []
    if plot.log_y:
        parts.append("log y" if log_y else "log y: nothing above 0")
    return " · ".join(parts)


# ---- the parts of the picture ------------------------------------------------------------------


def _write_header(canvas: Canvas, plot: Plot, hint: str) -> None:
    columns = canvas.chars.shape[1]
    canvas.write(0, 1, plot.title, "title")
    column = len(plot.title) + 4
    for number, series in enumerate(plot.series):
        style = f"series-{number % SERIES_STYLES + 1}"
        sample = MARK if series.marked else LINE
        if len(plot.series) > 1 and column + len(sample) + 1 + len(series.label) <= columns:
            canvas.write(0, column, sample, style)
            canvas.write(0, column + len(sample) + 1, series.label, "label")
            column += len(sample) + len(series.label) + 4
    if column + len(hint) < columns:
        canvas.write(0, columns - len(hint) - 1, hint, "hint")


def _draw_inside(
    canvas: Canvas, plot: Plot, curves: list[_Curve], x_range: _Range, y_range: _Range
) -> None:
    rows, columns = canvas.chars.shape
    for reference in plot.references:
        canvas.write(_row(reference, y_range, rows), 0, "┄" * columns, "reference")
    # What joins the marks lies behind: their line comes near the one that they are to be read with.
    for curve in sorted(curves, key=lambda curve: not curve.series.marked):
        layers = [("series", curve.series.y)]
        if curve.smooth is not None:
            layers = [("raw", curve.series.y), ("series", curve.smooth)]
        for style, values in layers:
            x, y = thin_out(curve.series.x, values, x_range.low, x_range.high, columns)
            bits = draw_line(x_range.place(x), y_range.place(y), columns, rows)
            canvas.overlay(bits, f"{style}-{curve.number}")
    for curve in curves:
        if curve.series.marked:
            _mark(canvas, curve, x_range, y_range)
    for reference in plot.references:
        _label_reference(canvas, reference, y_range)
    if not curves:
        text = plot.placeholder[:columns]
        canvas.write(rows // 2, (columns - len(text)) // 2, text, "label")


def _mark(canvas: Canvas, curve: _Curve, x_range: _Range, y_range: _Range) -> None:
    """Mark the points; of many only some, the last among them, so that the line stays in sight."""
    rows, columns = canvas.chars.shape
    every = math.ceil(len(curve.series.x) * MARK_ROOM / columns)
    x, y = curve.series.x[::-1][::every], curve.series.y[::-1][::every]
    across = np.clip((x_range.place(x) * columns).astype(int), 0, columns - 1)
    down = np.clip(((1.0 - y_range.place(y)) * rows).astype(int), 0, rows - 1)
    canvas.chars[down, across] = MARK
    canvas.styles[down, across] = STYLES.index(f"series-{curve.number}")


def _label_reference(canvas: Canvas, reference: Reference, y_range: _Range) -> None:
    """Write a reference's name on its line, at the end where it hides the least."""
    rows, columns = canvas.chars.shape
    row, text = _row(reference, y_range, rows), f" {reference.label} "
    if not 0 <= row < rows or len(text) > columns:
        return
    right = columns - len(text) - 1
    free = np.isin(canvas.chars[row], ["┄", " "])
    hidden = {start: int((~free[start : start + len(text)]).sum()) for start in (right, 1)}
    start = min(hidden, key=lambda start: hidden[start])
    canvas.write(row, start, text, "reference")


def _row(reference: Reference, y_range: _Range, rows: int) -> int:
    """The row of a reference, or -1 where it cannot be drawn."""
    if not math.isfinite(reference.y) or (y_range.log and reference.y <= 0):
        return -1
    return _cell(float(y_range.place(np.array([reference.y]))[0]), rows)


def _write_y_axis(canvas: Canvas, ticks: list[Tick], y_range: _Range, gutter: int) -> None:
    rows = len(canvas.chars) - 3
    for row in range(rows):
        canvas.write(1 + row, gutter, "│", "axis")
    for value, label in ticks:
        row = 1 + _cell(float(y_range.place(np.array([value]))[0]), rows)
        canvas.write(row, gutter, "┤", "axis")
        canvas.write(row, gutter - len(label), label, "label")


def _write_x_axis(
    canvas: Canvas, plot: Plot, x_range: _Range, gutter: int, has_ticks: bool
) -> None:
    rows, columns = canvas.chars.shape
    width = columns - gutter - 1
    canvas.write(rows - 2, gutter, "└" + "─" * width, "axis")
    canvas.write(rows - 1, gutter - len(plot.x_name), plot.x_name, "hint")
    free_from = gutter + 1
    ticks = plot.x_ticks(x_range.low, x_range.high, max(2, width // 10)) if has_ticks else []
    for value, label in ticks:
        place = float(x_range.place(np.array([value]))[0])
        column = gutter + 1 + min(width - 1, int(place * width))
        start = max(gutter + 1, min(column - len(label) // 2, columns - len(label)))
        if start >= free_from:
            canvas.write(rows - 2, column, "┬", "axis")
            canvas.write(rows - 1, start, label, "label")
            free_from = start + len(label) + 2


def _cell(place: float, rows: int) -> int:
    """The row of cells, counted from the top, for a height from 0 (bottom) to 1 (top)."""
    return min(rows - 1, max(0, int((1.0 - place) * rows)))
