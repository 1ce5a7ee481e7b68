"""The attention of one token as lines: queries at the left, keys at the right."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from rich.cells import cell_len
from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from minibert.tui.color_scale import LEVELS, ColorScale, levels
from minibert.tui.plotting.braille import EMPTY_CELL, draw_lines
from minibert.tui.plotting.downsampling import Extents
from minibert.tui.sections.attention.heat_map_drawing import HeatMapData
from minibert.tui.text import bar, label

MIN_WEIGHT = 0.01  # of a key with a line
MIN_LEVEL = 6  # of a line's color
MAX_LABEL, MAX_LINES_WIDTH, BAR = 16, 40, 12  # cells


class AttentionLines(Widget, can_focus=True):
    """Lines from the selected query to the keys, and a bar and a number for each weight.

    Posts `Moved` when keys or a click select another query.

    Attributes:
        data: the weights and labels.
        row: the selected query.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, tooltip="The row above"),
        Binding("down", "move(1)", "Down", show=False, tooltip="The row below"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "attention-lines--label",
        "attention-lines--selected",
        "attention-lines--maximum",
    }

    data: reactive[HeatMapData] = reactive(HeatMapData())
    row: reactive[int] = reactive(0)

    class Moved(Message):
        """Another query is selected."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self._lines: list[Strip] = []
        self._drawn_for: tuple[object, ...] | None = None

    def watch_data(self) -> None:
        """Keep the selection on a row."""
        self.row = min(self.row, max(0, len(self.data.labels) - 1))

    def render_line(self, y: int) -> Strip:
        """One line of the widget, which is drawn again only after a change."""
        scale = ColorScale.from_app(self.app)
        drawn_for = (self.data, self.row, self.size, scale, self.app.theme)
        if self._drawn_for != drawn_for:
            self._lines, self._drawn_for = self._draw(scale), drawn_for
        if y < len(self._lines):
            return self._lines[y]
        return Strip.blank(self.size.width, self.rich_style)

    # ---- keys and mouse -------------------------------------------------------------------------

    def action_move(self, by: int) -> None:
        """Select another query."""
        self._select(self.row + by)

    def on_click(self, event: events.Click) -> None:
        """Select the query under the mouse."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y < len(self._lines):
            self._select(self._first_row() + offset.y)

    def _select(self, row: int) -> None:
        row = max(0, min(row, len(self.data.labels) - 1))
        if self.data.labels and row != self.row:
            self.row = row
            self.post_message(self.Moved(row))

    # ---- drawing --------------------------------------------------------------------------------

    def _first_row(self) -> int:
        """The first row that is shown."""
        hidden = len(self.data.labels) - self.size.height
        return max(0, min(self.row - self.size.height // 2, hidden))

    def _draw(self, scale: ColorScale) -> list[Strip]:
        if not self.data.labels or not self.size:
            return []
        label_width = min(MAX_LABEL, max(map(cell_len, self.data.labels)), self.size.width // 4)
        width = max(4, min(MAX_LINES_WIDTH, self.size.width - 2 * label_width - BAR - 10))
        weights = self.data.weights[self.row]
        characters, color_levels = draw_attention_lines(weights, self.row, width)
        first = self._first_row()
        last = min(len(weights), first + self.size.height)
        return [
            self._line(row, label_width, characters[row], color_levels[row], scale)
            for row in range(first, last)
        ]

    def _line(
        self,
        row: int,
        label_width: int,
        characters: str,
        color_levels: list[int],
        scale: ColorScale,
    ) -> Strip:
        plain, selected, maximum = (
            self.get_component_rich_style(f"attention-lines--{part}")
            for part in ("label", "selected", "maximum")
        )
        weights = self.data.weights[self.row]
        weight = float(weights[row])
        text = label(self.data.labels[row], label_width)
        lines = [
            Segment(character, self.rich_style + scale.line(max(MIN_LEVEL, level)))
            for character, level in zip(characters, color_levels, strict=True)
        ]
        weight_bar = bar(weight / float(weights.max()), BAR)
        segments = [
            Segment(text, selected if row == self.row else plain),
            Segment(" ", self.rich_style),
            *lines,
            Segment(" ", self.rich_style),
            Segment(text, maximum if row == int(weights.argmax()) else plain),
            Segment(" ", self.rich_style),
            Segment(weight_bar, self.rich_style + scale.line(LEVELS - 1)),
            Segment(f" {weight:.3f}", plain),
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)


def draw_attention_lines(
    weights: np.ndarray[tuple[int], np.dtype[np.float32]], row: int, columns: int
) -> tuple[list[str], list[list[int]]]:
    """Draw a line from a query to each key of at least `MIN_WEIGHT`, the greatest weight on top.

    Args:
        weights: (N,), float32, of the query.
        row: the row of the query.
        columns: cells between the left and the right labels.

    Returns:
        For each of N rows its braille characters, and the color level of each character. The
        query's greatest weight has the highest level.
    """
    rows = len(weights)
    bits = np.zeros((rows, columns), dtype=np.uint8)
    color_levels = np.zeros((rows, columns), dtype=np.int64)
    x = np.linspace(0, 1, 8 * columns, endpoint=False)
    curve = x * x * (3 - 2 * x)
    key_levels = levels(weights / weights.max())
    for key in np.argsort(weights, kind="stable").tolist():
        if weights[key] >= MIN_WEIGHT:
            height = 1 - (row + 0.5 + (key - row) * curve) / rows
            (line,) = draw_lines([Extents(x, height, height)], columns, rows)
            bits |= line
            color_levels[line > 0] = key_levels[key]
    characters = [
        "".join(chr(EMPTY_CELL + bit) if bit else " " for bit in line) for line in bits.tolist()
    ]
    return characters, color_levels.tolist()
