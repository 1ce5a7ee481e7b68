"""All heads of a model as small maps: a layer a row, a head a column."""

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
from minibert.tui.sections.attention.thumbnails import draw_small, fit
from minibert.tui.text import label

LEAST_WIDTH, LEAST_HEIGHT = 4, 2  # cells of a map
MOST_WIDTH = 48
NUMBER, LEAST_NAME = 5, 8  # cells of a head's number and a space; of its name
GAP = 2


@dataclass(frozen=True)
class Layout:
    """Where the maps are.

    Attributes:
        across: cells from one map to the next.
        down: lines from one map to the next, its name and the one between among them.
        columns: of maps that are shown.
        rows: of maps that are shown.
    """

    across: int
    down: int
    columns: int
    rows: int

    @property
    def lines(self) -> int:
        """Of a map."""
        between = 1 if self.down > LEAST_HEIGHT + 2 else 0
        return self.down - 1 - between

    @classmethod
    def of(cls, layers: int, heads: int, size: Size) -> Layout:
        """As large as they all fit; where they are too many, some of them."""
        gap = GAP if size.width // heads > 2 * LEAST_WIDTH else 1
        across = max(LEAST_WIDTH + gap, min(MOST_WIDTH + gap, (size.width + gap) // heads))
        down = max(LEAST_HEIGHT + 1, min(MOST_WIDTH // 2 + 2, (size.height + 1) // layers))
        return cls(
            across,
            down,
            columns=max(1, min(heads, (size.width + gap) // across)),
            rows=max(1, min(layers, (size.height + 1) // down)),
        )


class HeadGrid(Widget, can_focus=True):
    """The maps, one of them chosen."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(0, -1)", "Left", show=False, tooltip="The head before"),
        Binding("right", "move(0, 1)", "Right", show=False, tooltip="The next head"),
        Binding("up", "move(-1, 0)", "Up", show=False, tooltip="The layer above"),
        Binding("down", "move(1, 0)", "Down", show=False, tooltip="The layer below"),
        Binding("enter", "open", "Closer", tooltip="Go to the map of this head"),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"head--name", "head--chosen", "head--focused"}

    look: reactive[AttentionReading | None] = reactive(None)
    chosen: reactive[tuple[int, int]] = reactive((0, 0))

    class Chosen(Message):
        """Another head is chosen."""

        def __init__(self, layer: int, head: int) -> None:
            super().__init__()
            self.head = (layer, head)

    class Opened(Message):
        """The chosen head is to be looked at."""

    def __init__(self) -> None:
        super().__init__(name="grid of heads")
        self._lines: list[Strip] = []
        self._drawn_for: tuple[object, ...] | None = None
        self._maps: dict[tuple[int, int], list[list[Segment]]] = {}
        self._maps_for: tuple[object, ...] | None = None

    def on_resize(self) -> None:
        """Say anew whether there are more."""
        self._say_where()

    def watch_chosen(self) -> None:
        """Say anew which are shown."""
        self._say_where()

    def watch_look(self) -> None:
        """Keep the choice among the heads there are."""
        if self.look is not None:
            layers, heads = self.look.attentions.shape[:2]
            layer, head = self.chosen
            self.chosen = (min(layer, layers - 1), min(head, heads - 1))
        self._say_where()

    def render_line(self, y: int) -> Strip:
        """One line of the grid, drawn anew when anything has changed."""
        ramp = ColorScale.of(self.app)
        drawn_for = (self.look, self.chosen, self.size, ramp, self.app.theme, self.has_focus)
        if self._drawn_for != drawn_for:
            self._lines, self._drawn_for = self._draw(ramp), drawn_for
        if y < len(self._lines):
            return self._lines[y]
        return Strip.blank(self.size.width, self.rich_style)

    # ---- keys and mouse -------------------------------------------------------------------------

    def action_move(self, layers: int, heads: int) -> None:
        """Choose a head beside the chosen one."""
        if self.look is not None:
            most_layers, most_heads = self.look.attentions.shape[:2]
            layer = max(0, min(self.chosen[0] + layers, most_layers - 1))
            head = max(0, min(self.chosen[1] + heads, most_heads - 1))
            self._choose((layer, head))

    def action_open(self) -> None:
        """Look at the chosen head."""
        self.post_message(self.Opened())

    def on_click(self, event: events.Click) -> None:
        """Choose the head under the mouse; twice, look at it."""
        place = event.get_content_offset(self)
        if self.look is None or place is None:
            return
        layout, first_layer, first_head = self._arranged()
        row, column = place.y // layout.down, place.x // layout.across
        if row < layout.rows and column < layout.columns:
            self._choose((first_layer + row, first_head + column))
            if event.chain == 2:
                self.action_open()

    def _choose(self, head: tuple[int, int]) -> None:
        if head != self.chosen:
            self.chosen = head
            self.post_message(self.Chosen(*head))

    # ---- drawing --------------------------------------------------------------------------------

    def _arranged(self) -> tuple[Layout, int, int]:
        """Where the maps are, and the first layer and head of those that are shown."""
        assert self.look is not None
        layers, heads = self.look.attentions.shape[:2]
        layout = Layout.of(layers, heads, self.size)
        layer = max(0, min(self.chosen[0] - layout.rows // 2, layers - layout.rows))
        head = max(0, min(self.chosen[1] - layout.columns // 2, heads - layout.columns))
        return layout, layer, head

    def _say_where(self) -> None:
        """Which are shown, where there are more than fit."""
        self.border_subtitle = ""
        if self.look is None or not self.size:
            return
        layers, heads = self.look.attentions.shape[:2]
        layout, layer, head = self._arranged()
        if (layout.rows, layout.columns) != (layers, heads):
            self.border_subtitle = (
                f"layers {layer + 1} to {layer + layout.rows}, "
                f"heads {head + 1} to {head + layout.columns}"
            )

    def _draw(self, ramp: ColorScale) -> list[Strip]:
        if self.look is None or not self.size:
            return []
        layout, first_layer, first_head = self._arranged()
        shown_heads = range(first_head, first_head + layout.columns)
        lines: list[Strip] = []
        for layer in range(first_layer, first_layer + layout.rows):
            columns = [self._column(layer, head, layout, ramp) for head in shown_heads]
            lines += [Strip.join(parts) for parts in zip(*columns, strict=True)]
        return [line.adjust_cell_length(self.size.width, self.rich_style) for line in lines]

    def _column(self, layer: int, head: int, layout: Layout, ramp: ColorScale) -> list[Strip]:
        """A head's name, its map and what is between it and the next."""
        parts = [self._heading(layer, head, layout.across), *self._small(layer, head, layout, ramp)]
        strips = [Strip(segments) for segments in parts[: layout.down]]
        strips += [Strip([])] * (layout.down - len(strips))
        return [strip.adjust_cell_length(layout.across, self.rich_style) for strip in strips]

    def _heading(self, layer: int, head: int, across: int) -> list[Segment]:
        """What a head is called: by its number and its name where there is room for all of them."""
        assert self.look is not None
        width = across - 1
        named = NUMBER + max(len(name) for names in self.look.names for name in names)
        text = name = self.look.names[layer][head]
        if named <= width:
            text = f"{layer + 1}.{head + 1}".ljust(NUMBER) + name
        elif width < LEAST_NAME:
            text = f"{layer + 1}.{head + 1}"
        style = self.get_component_rich_style("head--name")
        if (layer, head) == self.chosen:
            focused = "focused" if self.has_focus else "chosen"
            style = self.get_component_rich_style(f"head--{focused}")
        return [Segment(label(text, min(width, len(text))), style)]

    def _small(
        self, layer: int, head: int, layout: Layout, ramp: ColorScale
    ) -> list[list[Segment]]:
        assert self.look is not None
        maps_for = (self.look, layout, ramp)
        if self._maps_for != maps_for:
            self._maps, self._maps_for = {}, maps_for
        if (layer, head) not in self._maps:
            weights = self.look.attentions[layer, head]
            room = fit(weights, layout.across - 1, 2 * layout.lines)
            self._maps[layer, head] = draw_small(room, ramp, self.rich_style)
        return self._maps[layer, head]
