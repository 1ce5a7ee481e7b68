"""The line above a plot: title, legend with the values at the crosshair, and a hint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size

if TYPE_CHECKING:
    from minibert.tui.plotting.canvas import Canvas
    from minibert.tui.plotting.plot import Plot

MARK, LINE = "●", "━━"
MAX_BRIEF_LABEL = 14  # columns of a label that is shortened
GAP = 3  # columns between two entries


@dataclass(frozen=True)
class _Entry:
    """The entry of a curve in the legend."""

    sample: str
    color: str
    text: str

    @property
    def width(self) -> int:
        return len(self.sample) + (1 + cell_len(self.text) if self.text else 0)


def write_header(canvas: Canvas, plot: Plot, log_refused: bool) -> None:
    """Write the line into the top row of a canvas.

    Args:
        canvas: the canvas of the plot.
        plot: the plot, with its title, curves and hint.
        log_refused: whether a logarithmic y axis was requested, but y has no positive value.
    """
    columns = canvas.chars.shape[1]
    canvas.write(0, 1, plot.title, "title")
    start = cell_len(plot.title) + 4
    entries, hint = _entries(plot, columns, brief=False), _hint(plot, log_refused)
    if start + _width(entries) + GAP + len(hint) >= columns:
        entries = _entries(plot, columns, brief=True)
    least = _width(entries[:1]) + len(_more(entries, 1)) if entries else 0
    if start + least + GAP + len(hint) < columns - 1:
        canvas.write(0, columns - len(hint) - 1, hint, "hint")
        columns -= len(hint) + GAP
    _write_entries(canvas, start, columns, entries)


def _hint(plot: Plot, log_refused: bool) -> str:
    if plot.crosshair is not None:
        return f"{plot.x_axis.name} {plot.x_axis.write(plot.crosshair)}"
    parts = [plot.hint, "log y: nothing above 0" if log_refused else "log y" * plot.log_y]
    return " · ".join(filter(None, parts))


def _write_entries(canvas: Canvas, start: int, end: int, entries: Sequence[_Entry]) -> None:
    """Write as many entries as fit, and the number of those that do not."""
    ends = list(accumulate((entry.width + GAP for entry in entries), initial=start))
    shown = len(entries)
    while shown and ends[shown] - GAP + len(_more(entries, shown)) >= end:
        shown -= 1
    for entry in entries[:shown]:
        canvas.write(0, start, entry.sample, entry.color)
        canvas.write(0, start + len(entry.sample) + 1, entry.text, "label")
        start += entry.width + GAP
    if shown:
        canvas.write(0, start - GAP, _more(entries, shown), "label")


def _entries(plot: Plot, columns: int, brief: bool) -> list[_Entry]:
    """The entries of the legend. A single curve has an entry only while there is a crosshair.

    Entries beyond the width of the canvas have no text.
    """
    entries: list[_Entry] = []
    width = 0
    for series in plot.series if plot.crosshair is not None or len(plot.series) > 1 else ():
        if width > columns:
            entries.append(_Entry(series.tag + LINE, series.color, ""))
            continue
        words = [series.label]
        if brief and cell_len(series.label) > MAX_BRIEF_LABEL:
            words = [set_cell_size(series.label, MAX_BRIEF_LABEL - 1).rstrip() + "…"]
        if plot.crosshair is not None:
            point = series.near(plot.crosshair)
            value = "-" if point is None else plot.write(point[1])
            words = [value] if brief else [series.label, value]
        sample = MARK if series.marked else LINE
        text = " ".join(filter(None, words))
        entries.append(_Entry(series.tag + sample, series.color, text))
        width += entries[-1].width
    return entries


def _width(entries: Sequence[_Entry]) -> int:
    return max(0, sum(entry.width + GAP for entry in entries) - GAP)


def _more(entries: Sequence[_Entry], shown: int) -> str:
    left = len(entries) - shown
    return f"   +{left}" if left and entries[0].sample[0] not in (MARK, LINE[0]) else ""
