"""The layout and the lines of a large attention map with labels. It knows no widget."""

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

MAX_ROW_LABEL, MAX_COLUMN_LABEL = 14, 12  # characters
MAX_LINES = 3  # of a map's cell
# Widths of a map's cell in characters.
MIN_WIDTH, MAX_WIDTH = 2, 12
MAX_WIDTH_UPRIGHT = 6  # under upright column labels
MIN_WIDTH_LEVEL = 8  # under level column labels
MIN_WIDTH_PERCENT = 4
MAX_MARK = "•"  # marks the maximum of a row if cells are too narrow for percentages


@dataclass(frozen=True, eq=False)
class HeatMapData:
    """Attention weights between tokens.

    Attributes:
        labels: N tokens, of the rows and of the columns.
        weights: (N, N), float32, from 0 to 1; a row is a query, a column a key.
    """

    labels: tuple[str, ...] = ()
    weights: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), dtype=np.float32))


@dataclass(frozen=True)
class HeatMapStyles:
    """The styles of the background, of labels, and of the labels at the cursor."""

    blank: Style
    label: Style
    selected: Style


@dataclass(frozen=True)
class HeatMapLayout:
    """The positions of cells and labels.

    Attributes:
        left: characters for the row labels and a space.
        top: lines for the column labels.
        upright: whether column labels are written from top to bottom.
        width: characters of a cell.
        height: lines of a cell.
        first: the first row and column that are shown.
        shown: the number of rows and columns that are shown.
    """

    left: int
    top: int
    upright: bool
    width: int
    height: int
    first: tuple[int, int]
    shown: tuple[int, int]

    @classmethod
    def fit(
        cls, labels: tuple[str, ...], width: int, height: int, cursor: tuple[int, int]
    ) -> HeatMapLayout:
        """The largest cells that fit; if not all fit, the part around the cursor.

        Args:
            labels: of the rows and columns.
            width: characters of the whole map.
            height: lines of the whole map.
            cursor: a row and a column.
        """
        longest = max(map(cell_len, labels))
        left = min(longest, MAX_ROW_LABEL, max(4, width // 4)) + 1
        cell_width = (width - left) // len(labels)
        upright = cell_width < min(MIN_WIDTH_LEVEL, longest + 1)
        widest = MAX_WIDTH_UPRIGHT
        if not upright:
            widest = max(MIN_WIDTH_LEVEL, min(longest + 2, MAX_WIDTH))
        cell_width = max(MIN_WIDTH, min(cell_width, widest))
        top = 1
        if upright:
            top = min(max(map(len, labels)), MAX_COLUMN_LABEL, max(2, height // 4))
        lines = max(1, min((height - top) // len(labels), MAX_LINES, max(1, cell_width // 2)))
        shown = (
            max(1, min(len(labels), (height - top) // lines)),
            max(1, min(len(labels), (width - left) // cell_width)),
        )
        first = tuple(
            max(0, min(position - count // 2, len(labels) - count))
            for position, count in zip(cursor, shown, strict=True)
        )
        return cls(left, top, upright, cell_width, lines, (first[0], first[1]), shown)

    def cell_at(self, x: int, y: int) -> tuple[int, int] | None:
        """The row and column of the cell at a character position, or None."""
        row, column = (y - self.top) // self.height, (x - self.left) // self.width
        if y < self.top or x < self.left or row >= self.shown[0] or column >= self.shown[1]:
            return None
        return self.first[0] + row, self.first[1] + column


def draw_heat_map(
    data: HeatMapData,
    layout: HeatMapLayout,
    cursor: tuple[int, int],
    scale: ColorScale,
    styles: HeatMapStyles,
) -> list[list[Segment]]:
    """The lines of a map: column labels, and rows with their label and their cells."""
    rows = range(layout.first[0], layout.first[0] + layout.shown[0])
    columns = range(layout.first[1], layout.first[1] + layout.shown[1])
    lines = _header(data.labels, columns, layout, cursor[1], styles)
    color_levels = levels(data.weights)
    for row in rows:
        maximum = int(data.weights[row].argmax())
        style = styles.selected if row == cursor[0] else styles.label
        for line in range(layout.height):
            is_middle = line == (layout.height - 1) // 2
            name = label(data.labels[row], layout.left - 1) if is_middle else ""
            segments = [Segment(_right_aligned(name, layout.left - 1), style)]
            segments.append(Segment(" ", styles.blank))
            for column in columns:
                text = ""
                if is_middle:
                    weight = float(data.weights[row, column])
                    text = _cell_text(weight, column == maximum, layout.width)
                    text = _in_brackets(text, layout.width) if (row, column) == cursor else text
                level = int(color_levels[row, column])
                segments.append(_cell(text, level, layout.width, scale, styles.blank))
            lines.append(segments)
    return lines


def _header(
    labels: tuple[str, ...],
    columns: range,
    layout: HeatMapLayout,
    selected: int,
    styles: HeatMapStyles,
) -> list[list[Segment]]:
    lines = []
    for line in range(layout.top):
        corner = _scroll_arrows(layout, len(labels)) if line == 0 else ""
        segments = [Segment(corner.ljust(layout.left), styles.selected)]
        for column in columns:
            style = styles.selected if column == selected else styles.label
            draw = _upright_character if layout.upright else _level_label
            segments.append(Segment(draw(labels[column], line, layout), style))
        lines.append(segments)
    return lines


def _scroll_arrows(layout: HeatMapLayout, count: int) -> str:
    """Arrows in the directions of hidden rows and columns."""
    (row, column), (rows, columns) = layout.first, layout.shown
    hidden = (row > 0, row + rows < count, column > 0, column + columns < count)
    return "".join(arrow for arrow, more in zip("↑↓←→", hidden, strict=True) if more)


def _upright_character(text: str, line: int, layout: HeatMapLayout) -> str:
    """The character of an upright label on a line; the label ends at the cells."""
    shown = printable(text)
    if len(shown) > layout.top:
        shown = shown[: layout.top - 1] + "…"
    return _centered(shown.rjust(layout.top)[line], layout.width)


def _level_label(text: str, line: int, layout: HeatMapLayout) -> str:
    """A level label in the middle of its column."""
    return _centered(label(text, min(cell_len(text), layout.width - 1)), layout.width)


def _centered(text: str, width: int) -> str:
    left = (width - cell_len(text)) // 2
    return " " * left + text + " " * (width - left - cell_len(text))


def _right_aligned(name: str, width: int) -> str:
    text = name.rstrip(" ")
    return " " * (width - cell_len(text)) + text


def _cell_text(weight: float, is_maximum: bool, width: int) -> str:
    """The percentage of a weight if there is room, otherwise a mark for the maximum of a row."""
    if width >= MIN_WIDTH_PERCENT:
        return f"{100 * weight:.0f}" if weight >= 0.005 else ""
    return MAX_MARK if is_maximum else ""


def _in_brackets(text: str, width: int) -> str:
    return f"[{text:^{width - 2}}]" if width > MIN_WIDTH else "[]"


def _cell(text: str, level: int, width: int, scale: ColorScale, blank: Style) -> Segment:
    if scale.no_color:
        glyph = scale.glyph(level)
        return Segment(text.center(width, glyph) if text else glyph * width, blank)
    return Segment(text.center(width), scale.cell(level))
