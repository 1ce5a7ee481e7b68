"""What one of the rows of a map gives to each: lines from the left to the right."""

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
from minibert.tui.plotting.braille import FIRST, draw_lines
from minibert.tui.plotting.downsampling import Extents
from minibert.tui.sections.attention.heat_map_drawing import Heat
from minibert.tui.text import bar, label

LEAST = 0.01  # of a weight that is drawn as a line
FAINTEST = 6  # level of a line
LONGEST, WIDEST, BAR = 16, 40, 12  # columns of a label, of the lines, and of a bar


class WeightLines(Widget, can_focus=True):
    """The rows at the left, what they give to at the right with its share."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "Up", show=False, tooltip="The row above"),
        Binding("down", "move(1)", "Down", show=False, tooltip="The row below"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"lines--label", "lines--chosen", "lines--most"}

    heat: reactive[Heat] = reactive(Heat())
    row: reactive[int] = reactive(0)

    class Moved(Message):
        """Another row is chosen."""

        def __init__(self, row: int) -> None:
            super().__init__()
            self.row = row

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self._lines: list[Strip] = []
        self._drawn_for: tuple[object, ...] | None = None

    def watch_heat(self) -> None:
        """Keep the choice on a row."""
        self.row = min(self.row, max(0, len(self.heat.labels) - 1))

    def render_line(self, y: int) -> Strip:
        """One line, drawn anew when anything has changed."""
        ramp = ColorScale.of(self.app)
        drawn_for = (self.heat, self.row, self.size, ramp, self.app.theme)
        if self._drawn_for != drawn_for:
            self._lines, self._drawn_for = self._draw(ramp), drawn_for
        if y < len(self._lines):
            return self._lines[y]
        return Strip.blank(self.size.width, self.rich_style)

    def action_move(self, by: int) -> None:
        """Choose another row."""
        self._go(self.row + by)

    def on_click(self, event: events.Click) -> None:
        """Choose the row under the mouse."""
        place = event.get_content_offset(self)
        if place is not None and place.y < len(self._lines):
            self._go(self._first() + place.y)

    def _go(self, row: int) -> None:
        row = max(0, min(row, len(self.heat.labels) - 1))
        if self.heat.labels and row != self.row:
            self.row = row
            self.post_message(self.Moved(row))

    def _first(self) -> int:
        """The first row that is seen."""
        hidden = len(self.heat.labels) - self.size.height
        return max(0, min(self.row - self.size.height // 2, hidden))

    def _draw(self, ramp: ColorScale) -> list[Strip]:
        if not self.heat.labels or not self.size:
            return []
        name = min(LONGEST, max(map(cell_len, self.heat.labels)), self.size.width // 4)
        width = max(4, min(WIDEST, self.size.width - 2 * name - BAR - 10))
        weights = self.heat.weights[self.row]
        characters, shades = draw_weights(weights, self.row, width)
        first = self._first()
        last = min(len(weights), first + self.size.height)
        return [
            self._line(number, name, characters[number], shades[number], ramp)
            for number in range(first, last)
        ]

    def _line(
        self, row: int, name: int, characters: str, shades: list[int], ramp: ColorScale
    ) -> Strip:
        plain, chosen, most = (
            self.get_component_rich_style(f"lines--{part}") for part in ("label", "chosen", "most")
        )
        weights = self.heat.weights[self.row]
        weight = float(weights[row])
        text = label(self.heat.labels[row], name)
        lines = [
            Segment(character, self.rich_style + ramp.line(max(FAINTEST, shade)))
            for character, shade in zip(characters, shades, strict=True)
        ]
        segments = [
            Segment(text, chosen if row == self.row else plain),
            Segment(" ", self.rich_style),
            *lines,
            Segment(" ", self.rich_style),
            Segment(text, most if row == int(weights.argmax()) else plain),
            Segment(" ", self.rich_style),
            Segment(
                bar(weight / float(weights.max()), BAR), self.rich_style + ramp.line(LEVELS - 1)
            ),
            Segment(f" {weight:.3f}", plain),
        ]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)


def draw_weights(
    weights: np.ndarray[tuple[int], np.dtype[np.float32]], row: int, columns: int
) -> tuple[list[str], list[list[int]]]:
    """A line from a row to each that it gives something to, those that get most on top.

    Args:
        weights: (N,), of the row.
        row: which it is.
        columns: between the left and the right.

    Returns:
        For each of N lines, its characters in braille, and the levels of their shades, of which
        the row's greatest weight has the highest.
    """
    rows = len(weights)
    bits = np.zeros((rows, columns), dtype=np.uint8)
    shades = np.zeros((rows, columns), dtype=np.int64)
    x = np.linspace(0, 1, 8 * columns, endpoint=False)
    bend = x * x * (3 - 2 * x)
    drawn = levels(weights / weights.max())
    for to in np.argsort(weights, kind="stable").tolist():
        if weights[to] >= LEAST:
            height = 1 - (row + 0.5 + (to - row) * bend) / rows
            (line,) = draw_lines([Extents(x, height, height)], columns, rows)
            bits |= line
            shades[line > 0] = drawn[to]
    characters = [
        "".join(chr(FIRST + bit) if bit else " " for bit in line) for line in bits.tolist()
    ]
    return characters, shades.tolist()
