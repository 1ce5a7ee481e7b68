"""Drawing of plots into a grid of characters. It does not use Textual."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from minibert.tui.plotting.arrays import Floats
from minibert.tui.plotting.axis import Range
from minibert.tui.plotting.braille import ACROSS, Bits, clip, draw_lines
from minibert.tui.plotting.canvas import STYLES, Canvas, style_indices
from minibert.tui.plotting.downsampling import Extents, MinMaxPyramid
from minibert.tui.plotting.header import MARK, write_header
from minibert.tui.plotting.plot import Frame, Plot, Reference, whole_range
from minibert.tui.plotting.series import Series
from minibert.tui.plotting.ticks import Tick, number_ticks

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARK_SPACING = 5  # columns between two marks, at least
TAG_EVERY = 24  # columns between the tags on a line
MARGIN = 0.04  # of the range of y, above and below the curves
MIN_COLUMNS = 8  # a narrower plot is not drawn


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A layer of a curve, its values or their averages, and its style."""

    series: Series
    style: str
    extents: Extents


def draw_plot(plot: Plot, columns: int, rows: int) -> tuple[Canvas, Frame]:
    """Draw a plot: a line with title and legend, the curves between their axes, and the x axis.

    Args:
        plot: the curves, and how they are drawn.
        columns: of the whole plot.
        rows: of the whole plot.
    """
    canvas = Canvas(columns, rows)
    x_range = plot.x_range or whole_range([one.x for one in plot.series])
    layers, log_y = _layers(plot, x_range, columns)
    y_range = _y_range(plot, layers, log_y)
    write_header(canvas, plot, plot.log_y and not log_y)
    height = rows - 3
    measured = height > 0 and (layers or plot.references)
    ticks = y_range.ticks(min(8, max(3, height // 2)), number_ticks) if measured else []
    gutter = 1 + max([len(label) for _, label in ticks] + [len(plot.x_axis.name)])
    frame = Frame(gutter, columns - gutter - 1, height, x_range, y_range)
    if height < 1 or frame.columns < MIN_COLUMNS:
        return canvas, frame
    inside = Canvas(frame.columns, height)
    _draw_inside(inside, plot, layers, frame)
    canvas.chars[1:-2, gutter + 1 :] = inside.chars
    canvas.styles[1:-2, gutter + 1 :] = inside.styles
    _write_y_axis(canvas, ticks, frame)
    _write_x_axis(canvas, plot, frame, bool(layers))
    return canvas, frame


# ---- layers and ranges --------------------------------------------------------------------------


def _layers(plot: Plot, x_range: Range, columns: int) -> tuple[list[_Drawn], bool]:
    """The layers from the back to the front, and whether y can be logarithmic."""
    found = []
    for series in reversed(plot.series):
        layers: list[tuple[str, MinMaxPyramid]] = [(series.color, series.trace)]
        if series.smooth is not None:
            layers = [(f"faint-{series.color}", series.trace), (series.color, series.smooth)]
        for style, trace in layers:
            extents = series.extents(trace, x_range, columns * ACROSS)
            found.append(_Drawn(series, style, extents))
    log_y = plot.log_y and any((drawn.extents.greatest > 0.0).any() for drawn in found)
    if log_y:
        found = [_Drawn(d.series, d.style, _logarithms(d.extents)) for d in found]
    shown = [_Drawn(d.series, d.style, clip(d.extents)) for d in found]
    return [drawn for drawn in shown if len(drawn.extents.x)], log_y


def _logarithms(extents: Extents) -> Extents:
    """Decimal logarithms of positive values; of a partly positive block only its maximum."""
    above = extents.greatest > 0.0
    x, least, greatest = extents.x[above], extents.least[above], extents.greatest[above]
    return Extents(x, np.log10(np.where(least > 0.0, least, greatest)), np.log10(greatest))


def _y_range(plot: Plot, layers: Sequence[_Drawn], log: bool) -> Range:
    """The range of y, with every visible value."""
    values = []
    if layers:
        values.append(float(np.concatenate([drawn.extents.least for drawn in layers]).min()))
        values.append(float(np.concatenate([drawn.extents.greatest for drawn in layers]).max()))
    if plot.keep_references or not values:
        known = [r.y for r in plot.references if math.isfinite(r.y) and (r.y > 0.0 or not log)]
        values += [math.log10(y) for y in known] if log else known
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if high - low <= 1e-5 * max(abs(low), abs(high)):
        half = 0.05 * max(abs(low), abs(high)) or 0.5
        low, high = low - half, high + half
    margin = MARGIN * (high - low)
    return Range(low - margin, high + margin, log)


# ---- parts of the plot --------------------------------------------------------------------------


def _draw_inside(canvas: Canvas, plot: Plot, layers: Sequence[_Drawn], frame: Frame) -> None:
    rows, columns = canvas.chars.shape
    for reference in plot.references:
        canvas.write(_row(reference, frame), 0, "┄" * columns, "reference")
    lines = [_raised(drawn.extents, frame.y_range) for drawn in layers]
    bits = draw_lines(lines, columns, rows)
    if layers:
        canvas.overlay(bits, [drawn.style for drawn in layers])
    for drawn in layers:
        if drawn.series.marked:
            _mark(canvas, drawn, frame)
    _tag(canvas, layers, bits)
    for reference in plot.references:
        _label_reference(canvas, reference, frame)
    if plot.crosshair is not None:
        _draw_crosshair(canvas, frame.x_range.place(plot.crosshair))
    if not layers:
        text = plot.placeholder[:columns]
        canvas.write(rows // 2, (columns - len(text)) // 2, text, "label")


def _raised(extents: Extents, y_range: Range) -> Extents:
    """With y as positions from 0 to 1."""
    low, height = y_range.low, y_range.high - y_range.low
    least = (extents.least - low) / height
    one_by_one = extents.greatest is extents.least
    return Extents(extents.x, least, least if one_by_one else (extents.greatest - low) / height)


def _mark(canvas: Canvas, drawn: _Drawn, frame: Frame) -> None:
    """Mark the points; of many points only some, always the last one."""
    known = drawn.series.trace.y == drawn.series.trace.y
    x, y = drawn.series.x[known], drawn.series.trace.y[known] * drawn.series.scale
    if frame.y_range.log:
        x, y = x[y > 0.0], y[y > 0.0]
    if frame.x_range.log:
        x, y = x[x > 0.0], y[x > 0.0]
    places = frame.x_range.places(x)
    inside = (places >= 0.0) & (places <= 1.0)
    places, heights = places[inside], frame.y_range.places(y[inside])
    every = max(1, math.ceil(len(places) * MARK_SPACING / frame.columns))
    _put(canvas, places[::-1][::every], heights[::-1][::every], MARK, drawn.style)


def _tag(canvas: Canvas, layers: Sequence[_Drawn], bits: Bits) -> None:
    """Write the tag of a curve along its line and at its end; of a marked curve at its end only.

    Args:
        canvas: the inside of the plot.
        layers: all layers.
        bits: uint8 (layers, rows, columns), the dots of each layer.
    """
    tagged = [
        number
        for number, drawn in enumerate(layers)
        if drawn.series.tag and not drawn.style.startswith("faint")
    ]
    if not tagged:
        return
    cells: NDArray[np.bool_] = bits[tagged] > 0
    rows, columns = cells.shape[1:]
    end = columns - 1 - cells[:, :, ::-1].any(axis=1).argmax(axis=1)
    column = end[:, None] - np.arange(0, columns, TAG_EVERY)
    column[[layers[number].series.marked for number in tagged], 1:] = -1
    line, place = np.nonzero(column >= 0)
    column = column[line, place]
    there = cells[line, :, column]
    top, bottom = there.argmax(axis=1), rows - 1 - there[:, ::-1].argmax(axis=1)
    drawn = there.any(axis=1)
    line, row, column = line[drawn], ((top + bottom) // 2)[drawn], column[drawn]
    canvas.chars[row, column] = np.array([layers[number].series.tag for number in tagged])[line]
    canvas.styles[row, column] = style_indices([layers[number].style for number in tagged])[line]


def _put(canvas: Canvas, across: Floats, up: Floats, char: str, style: str) -> None:
    """Put a character at positions from 0 to 1, from the left and from the bottom."""
    rows, columns = canvas.chars.shape
    column = np.minimum(np.maximum((across * columns).astype(int), 0), columns - 1)
    row = np.minimum(np.maximum(((1.0 - up) * rows).astype(int), 0), rows - 1)
    canvas.chars[row, column] = char
    canvas.styles[row, column] = STYLES.index(style)


def _draw_crosshair(canvas: Canvas, place: float) -> None:
    rows, columns = canvas.chars.shape
    if not 0.0 <= place <= 1.0:
        return
    column = min(columns - 1, int(place * columns))
    for row in range(rows):
        if canvas.chars[row, column] in " ┄":
            canvas.write(row, column, "│", "crosshair")


def _label_reference(canvas: Canvas, reference: Reference, frame: Frame) -> None:
    """Write the label of a reference on its line, at the end where it hides fewer dots."""
    columns = canvas.chars.shape[1]
    row, text = _row(reference, frame), f" {reference.label} "
    if not 0 <= row < frame.rows or len(text) > columns:
        return
    right = columns - len(text) - 1
    free = np.isin(canvas.chars[row], ["┄", " "])
    hidden = {start: int((~free[start : start + len(text)]).sum()) for start in (right, 1)}
    start = min(hidden, key=lambda start: hidden[start])
    canvas.write(row, start, text, "reference")


def _row(reference: Reference, frame: Frame) -> int:
    """The row of a reference, or -1 if it is not visible."""
    place = frame.y_range.place(reference.y) if math.isfinite(reference.y) else math.nan
    return _cell(place, frame.rows) if 0.0 <= place <= 1.0 else -1


def _write_y_axis(canvas: Canvas, ticks: list[Tick], frame: Frame) -> None:
    for row in range(frame.rows):
        canvas.write(1 + row, frame.left, "│", "axis")
    for value, label in ticks:
        row = 1 + _cell(frame.y_range.place(value), frame.rows)
        canvas.write(row, frame.left, "┤", "axis")
        canvas.write(row, frame.left - len(label), label, "label")


def _write_x_axis(canvas: Canvas, plot: Plot, frame: Frame, has_ticks: bool) -> None:
    rows, columns = canvas.chars.shape
    width, first = frame.columns, frame.left + 1
    canvas.write(rows - 2, frame.left, "└" + "─" * width, "axis")
    canvas.write(rows - 1, frame.left - len(plot.x_axis.name), plot.x_axis.name, "hint")
    most = max(2, width // 10)
    ticks = frame.x_range.ticks(most, plot.x_axis.ticks) if has_ticks else []
    free_from = first
    for value, label in ticks:
        column = first + min(width - 1, int(frame.x_range.place(value) * width))
        start = max(first, min(column - len(label) // 2, columns - len(label)))
        if start >= free_from:
            canvas.write(rows - 2, column, "┬", "axis")
            canvas.write(rows - 1, start, label, "label")
            free_from = start + len(label) + 2


def _cell(place: float, rows: int) -> int:
    """The row of cells, counted from the top, of a height from 0 (bottom) to 1 (top)."""
    return min(rows - 1, max(0, int((1.0 - place) * rows)))
