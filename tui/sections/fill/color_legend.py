"""What shades mean: a ramp between two numbers."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.color_scale import LEVELS, ColorScale

WIDTH = 16  # columns of the ramp


class ShadeScale(Widget):
    """One line: a name, the ramp and its ends, and what is under the cursor."""

    scale: reactive[tuple[str, str, str]] = reactive(("", "", ""))
    reading: reactive[str] = reactive("")

    def render(self) -> Content:
        """The line."""
        ramp = ColorScale.of(self.app)
        name, low, high = self.scale
        shades = [round(n / (WIDTH - 1) * (LEVELS - 1)) for n in range(WIDTH)]
        cells = [(ramp.glyph(n) if ramp.plain else " ", ramp.look(n)) for n in shades]
        scale = Content.assemble(f"{name}  {low} ", *cells, f" {high}").stylize("$foreground 65%")
        reading = Content(self.reading).stylize("bold")
        room = self.size.width - scale.cell_length - 2
        if reading.cell_length > room:
            reading = reading.truncate(max(0, room), ellipsis=True)
        space = self.size.width - scale.cell_length - reading.cell_length
        return Content.assemble(scale, " " * max(0, space), reading)
