"""A large map of weights: where its cells and labels are, and its lines."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from minibert.tui.color_scale import ColorScale, levels
from minibert.tui.text import label, printable

if TYPE_CHECKING:
    from numpy.typing import NDArray

ROW_LABEL, COLUMN_LABEL = 14, 12  # the most cells that a label takes beside, and above
NARROW, NUMBERED, WORDED, WIDEST = 2, 5, 8, 12  # columns of a cell: least, with numbers, names
HIGHEST = 3  # lines of a cell
MOST = "•"  # marks the greatest weight of a row where there are no numbers


@dataclass(frozen=True, eq=False)
class Heat:
    """Weights between labels.

    Attributes:
        labels: of the rows, and of the columns (N,).
        weights: (N, N), float32, from 0 to 1; those of a row belong together.
    """

    labels: tuple[str, ...] = ()
    weights: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))


@dataclass(frozen=True)
class HeatStyles:
    """How what surrounds the cells looks."""

    blank: Style
    label: Style
    chosen: Style


@dataclass(frozen=True)
class Placing:
    """Where cells are.

    Attributes:
        beside: columns for the labels of rows, and a space.
        above: lines for the labels of columns.
        upright: whether those are written from top to bottom.
        width: columns of a cell.
        height: lines of a cell.
        first: the first row and column that are shown.
        shown: how many rows and columns are.
    """

    beside: int
    above: int
    upright: bool
    width: int
    height: int
    first: tuple[int, int]
    shown: tuple[int, int]

    @classmethod
    def of(cls, labels: tuple[str, ...], width: int, height: int, at: tuple[int, int]) -> Placing:
        """The largest cells that fit; where too many labels are there, a part around a cell."""
        widest = max(map(cell_len, labels))
        beside = min(widest, ROW_LABEL, max(4, width // 4)) + 1
        cell = (width - beside) // len(labels)
        upright = cell < min(WORDED, widest + 1)
        cell = max(NARROW, min(cell, 6 if upright else max(WORDED, min(widest + 2, WIDEST))))
        above = min(max(map(len, labels)), COLUMN_LABEL, max(2, height // 4)) if upright else 1
        lines = max(1, min((height - above) // len(labels), HIGHEST, max(1, cell // 2)))
        shown = (
            max(1, min(len(labels), (height - above) // lines)),
            max(1, min(len(labels), (width - beside) // cell)),
        )
        first = tuple(
            max(0, min(place - many // 2, len(labels) - many))
            for place, many in zip(at, shown, strict=True)
        )
        return cls(beside, above, upright, cell, lines, (first[0], first[1]), shown)

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column of the cell at a place, if one is there."""
        row, column = (y - self.above) // self.height, (x - self.beside) // self.width
        if y < self.above or x < self.beside or row >= self.shown[0] or column >= self.shown[1]:
            return None
        return self.first[0] + row, self.first[1] + column


def draw_heat(
    heat: Heat, placing: Placing, at: tuple[int, int], ramp: ColorScale, styles: HeatStyles
) -> list[list[Segment]]:
    """The lines of a map with the labels above and beside it, one cell marked."""
    rows = range(placing.first[0], placing.first[0] + placing.shown[0])
    columns = range(placing.first[1], placing.first[1] + placing.shown[1])
    lines = _header(heat.labels, columns, placing, at[1], styles)
    shades = levels(heat.weights)
    for row in rows:
        most = int(heat.weights[row].argmax())
        style = styles.chosen if row == at[0] else styles.label
        for line in range(placing.height):
            middle = line == (placing.height - 1) // 2
            name = label(heat.labels[row], placing.beside - 1) if middle else ""
            drawn = [Segment(_right(name, placing.beside - 1), style)]
            drawn.append(Segment(" ", styles.blank))
            for column in columns:
                text = ""
                if middle:
                    text = _mark(float(heat.weights[row, column]), column == most, placing.width)
                    text = _bracketed(text, placing.width) if (row, column) == at else text
                drawn.append(
                    _cell(text, int(shades[row, column]), placing.width, ramp, styles.blank)
                )
            lines.append(drawn)
    return lines


def _header(
    labels: tuple[str, ...], columns: range, placing: Placing, at: int, styles: HeatStyles
) -> list[list[Segment]]:
    lines = []
    for line in range(placing.above):
        corner = _beyond(placing, len(labels)) if line == 0 else ""
        drawn = [Segment(corner.ljust(placing.beside), styles.chosen)]
        for column in columns:
            style = styles.chosen if column == at else styles.label
            write = _upright if placing.upright else _level
            text = write(labels[column], line, placing)
            drawn.append(Segment(text, style))
        lines.append(drawn)
    return lines


def _beyond(placing: Placing, number: int) -> str:
    """Arrows to where there is more than is shown."""
    (row, column), (rows, columns) = placing.first, placing.shown
    there = (row > 0, row + rows < number, column > 0, column + columns < number)
    return "".join(arrow for arrow, more in zip("↑↓←→", there, strict=True) if more)


def _upright(text: str, line: int, placing: Placing) -> str:
    """The character of a label on a line, in the middle of its column; the end is at the cells."""
    shown = printable(text)
    if len(shown) > placing.above:
        shown = shown[: placing.above - 1] + "…"
    character = shown.rjust(placing.above)[line]
    return _centred(character, placing.width)


def _level(text: str, line: int, placing: Placing) -> str:
    """A label in the middle of its column."""
    return _centred(label(text, min(cell_len(text), placing.width - 1)), placing.width)


def _centred(text: str, width: int) -> str:
    left = (width - cell_len(text)) // 2
    return " " * left + text + " " * (width - left - cell_len(text))


def _right(name: str, width: int) -> str:
    """A filled label with what fills it in front."""
    text = name.rstrip(" ")
    return " " * (width - cell_len(text)) + text


def _mark(weight: float, most: bool, width: int) -> str:
    """What stands in a cell: its percent where there is room, else a sign for a row's greatest."""
    if width >= NUMBERED - 1:
        return f"{100 * weight:.0f}" if weight >= 0.005 else ""
    return MOST if most else ""


def _bracketed(text: str, width: int) -> str:
    return f"[{text:^{width - 2}}]" if width > NARROW else "[]"


def _cell(text: str, level: int, width: int, ramp: ColorScale, blank: Style) -> Segment:
    if ramp.plain:
        glyph = ramp.glyph(level)
        return Segment(text.center(width, glyph) if text else glyph * width, blank)
    return Segment(text.center(width), ramp.cell(level))
