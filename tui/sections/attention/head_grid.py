"""All heads of a model as small attention maps: a row for each layer, a column for each head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from minibert.tui.color_scale import ColorScale
from minibert.tui.sections.attention.attention_reading import AttentionReading
from minibert.tui.sections.attention.thumbnails import draw_thumbnail, resize
from minibert.tui.text import label

MIN_WIDTH, MIN_HEIGHT = 4, 2  # cells of a map
MAX_WIDTH = 48
NUMBER = 5  # cells for a head's number and a space
MIN_NAME = 8  # cells, below which a head has a number and no name
GAP = 2


@dataclass(frozen=True)
class GridLayout:
    """The positions of the maps.

    Attributes:
        across: cells from one map to the next.
        down: lines from one map to the next, with its heading and a blank line.
        columns: the number of maps shown beside each other.
        rows: the number of maps shown below each other.
    """

    across: int
    down: int
    columns: int
    rows: int

    @property
    def lines(self) -> int:
        """The lines of a map."""
        blank = 1 if self.down > MIN_HEIGHT + 2 else 0
        return self.down - 1 - blank

    @classmethod
    def fit(cls, layers: int, heads: int, size: Size) -> GridLayout:
        """The largest maps that all fit; if not even small ones fit, some of them."""
        gap = GAP if size.width // heads > 2 * MIN_WIDTH else 1
        across = max(MIN_WIDTH + gap, min(MAX_WIDTH + gap, (size.width + gap) // heads))
        down = max(MIN_HEIGHT + 1, min(MAX_WIDTH // 2 + 2, (size.height + 1) // layers))
        return cls(
            across,
            down,
            columns=max(1, min(heads, (size.width + gap) // across)),
            rows=max(1, min(layers, (size.height + 1) // down)),
        )


class HeadGrid(Widget, can_focus=True):
    """The maps, one of them selected.

    Posts `Selected` when keys or the mouse select another head, and `Opened` when the selected head
    is to be shown large.

    Attributes:
        reading: the attention that is shown, or None.
        selected: the layer and the head, both from 0.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0, -1)", "Left", show=False, tooltip="The previous head"),
        Binding("right", "move(0, 1)", "Right", show=False, tooltip="The next head"),
        Binding("up", "move(-1, 0)", "Up", show=False, tooltip="The layer above"),
        Binding("down", "move(1, 0)", "Down", show=False, tooltip="The layer below"),
        Binding("enter", "open", "Open", tooltip="Show the map of this head"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "head-grid--name",
        "head-grid--selected",
        "head-grid--focused",
    }

    reading: reactive[AttentionReading | None] = reactive(None)
    selected: reactive[tuple[int, int]] = reactive((0, 0))

    class Selected(Message):
        """Another head is selected."""

        def __init__(self, layer: int, head: int) -> None:
            super().__init__()
            self.head = (layer, head)

    class Opened(Message):
        """The selected head is to be shown large."""

    def __init__(self) -> None:
        super().__init__(name="grid of heads")
        self._lines: list[Strip] = []
        self._drawn_for: tuple[object, ...] | None = None
        self._maps: dict[tuple[int, int], list[list[Segment]]] = {}
        self._maps_for: tuple[object, ...] | None = None

    def on_resize(self) -> None:
        """Update the range of heads in the border."""
        self._show_range()

    def watch_selected(self) -> None:
        """Update the range of heads in the border."""
        self._show_range()

    def watch_reading(self) -> None:
        """Keep the selection on a head."""
        if self.reading is not None:
            layers, heads = self.reading.attentions.shape[:2]
            layer, head = self.selected
            self.selected = (min(layer, layers - 1), min(head, heads - 1))
        self._show_range()

    def render_line(self, y: int) -> Strip:
        """One line of the grid, which is drawn again only after a change."""
        scale = ColorScale.from_app(self.app)
        drawn_for = (self.reading, self.selected, self.size, scale, self.app.theme, self.has_focus)
        if self._drawn_for != drawn_for:
            self._lines, self._drawn_for = self._draw(scale), drawn_for
        if y < len(self._lines):
            return self._lines[y]
        return Strip.blank(self.size.width, self.rich_style)

    # ---- keys and mouse -------------------------------------------------------------------------

    def action_move(self, layers: int, heads: int) -> None:
        """Select a head beside the selected one."""
        if self.reading is not None:
            layer_count, head_count = self.reading.attentions.shape[:2]
            layer = max(0, min(self.selected[0] + layers, layer_count - 1))
            head = max(0, min(self.selected[1] + heads, head_count - 1))
            self._select((layer, head))

    def action_open(self) -> None:
        """Post that the selected head is to be shown large."""
        self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Select the head under the mouse; a double click opens it."""
        offset = event.get_content_offset(self)
        if self.reading is None or offset is None:
            return
        layout, first_layer, first_head = self._layout_maps()
        row, column = offset.y // layout.down, offset.x // layout.across
        if row < layout.rows and column < layout.columns:
            self._select((first_layer + row, first_head + column))
            if event.chain == 2:
                self.action_open()

    def _select(self, head: tuple[int, int]) -> None:
        if head != self.selected:
            self.selected = head
            self.post_message(self.Selected(*head))

    # ---- drawing --------------------------------------------------------------------------------

    def _layout_maps(self) -> tuple[GridLayout, int, int]:
        """The layout, and the first layer and head that are shown."""
        assert self.reading is not None
        layers, heads = self.reading.attentions.shape[:2]
        layout = GridLayout.fit(layers, heads, self.size)
        layer = max(0, min(self.selected[0] - layout.rows // 2, layers - layout.rows))
        head = max(0, min(self.selected[1] - layout.columns // 2, heads - layout.columns))
        return layout, layer, head

    def _show_range(self) -> None:
        """Show in the border which heads are visible if not all fit."""
        self.border_subtitle = ""
        if self.reading is None or not self.size:
            return
        layers, heads = self.reading.attentions.shape[:2]
        layout, layer, head = self._layout_maps()
        if (layout.rows, layout.columns) != (layers, heads):
            self.border_subtitle = (
                f"layers {layer + 1} to {layer + layout.rows}, "
                f"heads {head + 1} to {head + layout.columns}"
            )

    def _draw(self, scale: ColorScale) -> list[Strip]:
        if self.reading is None or not self.size:
            return []
        layout, first_layer, first_head = self._layout_maps()
        shown_heads = range(first_head, first_head + layout.columns)
        lines: list[Strip] = []
        for layer in range(first_layer, first_layer + layout.rows):
            columns = [self._column(layer, head, layout, scale) for head in shown_heads]
            lines += [Strip.join(parts) for parts in zip(*columns, strict=True)]
        return [line.adjust_cell_length(self.size.width, self.rich_style) for line in lines]

    def _column(self, layer: int, head: int, layout: GridLayout, scale: ColorScale) -> list[Strip]:
        """A head's heading, its map, and the blank line below."""
        thumbnail = self._thumbnail(layer, head, layout, scale)
        parts = [self._heading(layer, head, layout.across), *thumbnail]
        strips = [Strip(segments) for segments in parts[: layout.down]]
        strips += [Strip([])] * (layout.down - len(strips))
        return [strip.adjust_cell_length(layout.across, self.rich_style) for strip in strips]

    def _heading(self, layer: int, head: int, across: int) -> list[Segment]:
        """A head's number and attention pattern, or one of them if there is no room for both."""
        assert self.reading is not None
        width = across - 1
        patterns = self.reading.patterns
        text = pattern = patterns[layer][head]
        if NUMBER + max(len(name) for names in patterns for name in names) <= width:
            text = f"{layer + 1}.{head + 1}".ljust(NUMBER) + pattern
        elif width < MIN_NAME:
            text = f"{layer + 1}.{head + 1}"
        style = self.get_component_rich_style("head-grid--name")
        if (layer, head) == self.selected:
            state = "focused" if self.has_focus else "selected"
            style = self.get_component_rich_style(f"head-grid--{state}")
        return [Segment(label(text, min(width, len(text))), style)]

    def _thumbnail(
        self, layer: int, head: int, layout: GridLayout, scale: ColorScale
    ) -> list[list[Segment]]:
        assert self.reading is not None
        maps_for = (self.reading, layout, scale)
        if self._maps_for != maps_for:
            self._maps, self._maps_for = {}, maps_for
        if (layer, head) not in self._maps:
            weights = self.reading.attentions[layer, head]
            resized = resize(weights, layout.across - 1, 2 * layout.lines)
            self._maps[layer, head] = draw_thumbnail(resized, scale, self.rich_style)
        return self._maps[layer, head]
