"""The legend of the color scale, and the value under the cursor."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.color_scale import LEVELS, ColorScale

WIDTH = 16  # columns of the color scale


class ColorLegend(Widget):
    """One line: a name, the color scale between two numbers, and a value at the right edge.

    Attributes:
        ends: the name, and the numbers at the left and right end.
        value: the value under the cursor.
    """

    ends: reactive[tuple[str, str, str]] = reactive(("", "", ""))
    value: reactive[str] = reactive("")

    def render(self) -> Content:
        """Draw the line; a value that does not fit is truncated."""
        scale = ColorScale.from_app(self.app)
        name, low, high = self.ends
        shades = [round(n / (WIDTH - 1) * (LEVELS - 1)) for n in range(WIDTH)]
        cells = [(scale.glyph(n) if scale.no_color else " ", scale.style(n)) for n in shades]
        legend = Content.assemble(f"{name}  {low} ", *cells, f" {high}").stylize("$foreground 65%")
        value = Content(self.value).stylize("bold")
        room = self.size.width - legend.cell_length - 2
        if value.cell_length > room:
            value = value.truncate(max(0, room), ellipsis=True)
        space = self.size.width - legend.cell_length - value.cell_length
        return Content.assemble(legend, " " * max(0, space), value)
