"""A large map of weights with labels on both axes and a cursor."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from minibert.tui.color_scale import ColorScale
from minibert.tui.sections.attention.heat_map_drawing import Heat, HeatStyles, Placing, draw_heat


class HeatMap(Widget, can_focus=True):
    """The cursor is moved by keys and by the mouse; what is not seen of a large map follows it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0, -1)", "Left", show=False, tooltip="The column before"),
        Binding("right", "move(0, 1)", "Right", show=False, tooltip="The next column"),
        Binding("up", "move(-1, 0)", "Up", show=False, tooltip="The row above"),
        Binding("down", "move(1, 0)", "Down", show=False, tooltip="The row below"),
        Binding("home", "move(0, -100000)", "First", show=False, tooltip="The first column"),
        Binding("end", "move(0, 100000)", "Last", show=False, tooltip="The last column"),
        Binding("space", "most", "Greatest", show=False, tooltip="The greatest of the row"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"heat--label", "heat--chosen"}

    heat: reactive[Heat] = reactive(Heat())
    cursor: reactive[tuple[int, int]] = reactive((0, 0))

    class Moved(Message):
        """The cursor is on another cell."""

        def __init__(self, cell: tuple[int, int]) -> None:
            super().__init__()
            self.cell = cell

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self._lines: list[Strip] = []
        self._drawn_for: tuple[object, ...] | None = None

    def watch_heat(self) -> None:
        """Keep the cursor on a cell."""
        last = max(0, len(self.heat.labels) - 1)
        self.cursor = (min(self.cursor[0], last), min(self.cursor[1], last))

    def render_line(self, y: int) -> Strip:
        """One line of the map, drawn anew when anything has changed."""
        ramp = ColorScale.of(self.app)
        drawn_for = (self.heat, self.cursor, self.size, ramp, self.app.theme)
        if self._drawn_for != drawn_for:
            self._lines, self._drawn_for = self._draw(ramp), drawn_for
        if y < len(self._lines):
            return self._lines[y]
        return Strip.blank(self.size.width, self.rich_style)

    def action_move(self, rows: int, columns: int) -> None:
        """Go to another cell."""
        self._go((self.cursor[0] + rows, self.cursor[1] + columns))

    def action_most(self) -> None:
        """Go to the greatest weight of the row."""
        if self.heat.labels:
            self._go((self.cursor[0], int(self.heat.weights[self.cursor[0]].argmax())))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Go to the cell under the mouse, unless there are others to scroll to."""
        if self.heat.labels and self._placing().shown == (len(self.heat.labels),) * 2:
            self._point(event)

    def on_click(self, event: events.Click) -> None:
        """Go to the cell under the mouse."""
        if self.heat.labels:
            self._point(event)

    def _point(self, event: events.MouseEvent) -> None:
        place = event.get_content_offset(self)
        cell = None if place is None else self._placing().cell_at(place.x, place.y)
        if cell is not None:
            self._go(cell)

    def _go(self, cell: tuple[int, int]) -> None:
        last = len(self.heat.labels) - 1
        cell = (max(0, min(cell[0], last)), max(0, min(cell[1], last)))
        if last >= 0 and cell != self.cursor:
            self.cursor = cell
            self.post_message(self.Moved(cell))

    def _placing(self) -> Placing:
        return Placing.of(self.heat.labels, self.size.width, self.size.height, self.cursor)

    def _draw(self, ramp: ColorScale) -> list[Strip]:
        if not self.heat.labels or not self.size:
            return []
        styles = HeatStyles(
            blank=self.rich_style,
            label=self.get_component_rich_style("heat--label"),
            chosen=self.get_component_rich_style("heat--chosen"),
        )
        lines = draw_heat(self.heat, self._placing(), self.cursor, ramp, styles)
        width = self.size.width
        return [Strip(line).adjust_cell_length(width, self.rich_style) for line in lines]
