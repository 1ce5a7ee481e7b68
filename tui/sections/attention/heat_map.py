"""The large attention map of one head."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from minibert.tui.color_scale import ColorScale
from minibert.tui.sections.attention.heat_map_drawing import (
    HeatMapData,
    HeatMapLayout,
    HeatMapStyles,
    draw_heat_map,
)


class HeatMap(Widget, can_focus=True):
    """A map with labels and a cursor; a map that does not fit scrolls with the cursor.

    Posts `Moved` when keys or the mouse move the cursor to another cell.

    Attributes:
        data: the weights and labels.
        cursor: a row (query) and a column (key).
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0, -1)", "Left", show=False, tooltip="The previous column"),
        Binding("right", "move(0, 1)", "Right", show=False, tooltip="The next column"),
        Binding("up", "move(-1, 0)", "Up", show=False, tooltip="The row above"),
        Binding("down", "move(1, 0)", "Down", show=False, tooltip="The row below"),
        Binding("home", "move(0, -100000)", "First", show=False, tooltip="The first column"),
        Binding("end", "move(0, 100000)", "Last", show=False, tooltip="The last column"),
        Binding("space", "maximum", "Maximum", show=False, tooltip="The maximum of the row"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"heat-map--label", "heat-map--selected"}

    data: reactive[HeatMapData] = reactive(HeatMapData())
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

    def watch_data(self) -> None:
        """Keep the cursor on a cell."""
        last = max(0, len(self.data.labels) - 1)
        self.cursor = (min(self.cursor[0], last), min(self.cursor[1], last))

    def render_line(self, y: int) -> Strip:
        """One line of the map, which is drawn again only after a change."""
        scale = ColorScale.from_app(self.app)
        drawn_for = (self.data, self.cursor, self.size, scale, self.app.theme)
        if self._drawn_for != drawn_for:
            self._lines, self._drawn_for = self._draw(scale), drawn_for
        if y < len(self._lines):
            return self._lines[y]
        return Strip.blank(self.size.width, self.rich_style)

    # ---- keys and mouse -------------------------------------------------------------------------

    def action_move(self, rows: int, columns: int) -> None:
        """Move the cursor."""
        self._move_to((self.cursor[0] + rows, self.cursor[1] + columns))

    def action_maximum(self) -> None:
        """Move the cursor to the maximum of its row."""
        if self.data.labels:
            row = self.cursor[0]
            self._move_to((row, int(self.data.weights[row].argmax())))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Move the cursor to the cell under the mouse, unless the map would scroll."""
        if self.data.labels and self._layout_map().shown == (len(self.data.labels),) * 2:
            self._move_to_mouse(event)

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the cell under the mouse."""
        if self.data.labels:
            self._move_to_mouse(event)

    def _move_to_mouse(self, event: events.MouseEvent) -> None:
        offset = event.get_content_offset(self)
        cell = None if offset is None else self._layout_map().cell_at(offset.x, offset.y)
        if cell is not None:
            self._move_to(cell)

    def _move_to(self, cell: tuple[int, int]) -> None:
        last = len(self.data.labels) - 1
        cell = (max(0, min(cell[0], last)), max(0, min(cell[1], last)))
        if last >= 0 and cell != self.cursor:
            self.cursor = cell
            self.post_message(self.Moved(cell))

    # ---- drawing --------------------------------------------------------------------------------

    def _layout_map(self) -> HeatMapLayout:
        return HeatMapLayout.fit(self.data.labels, self.size.width, self.size.height, self.cursor)

    def _draw(self, scale: ColorScale) -> list[Strip]:
        if not self.data.labels or not self.size:
            return []
        styles = HeatMapStyles(
            blank=self.rich_style,
            label=self.get_component_rich_style("heat-map--label"),
            selected=self.get_component_rich_style("heat-map--selected"),
        )
        lines = draw_heat_map(self.data, self._layout_map(), self.cursor, scale, styles)
        width = self.size.width
        return [Strip(line).adjust_cell_length(width, self.rich_style) for line in lines]
