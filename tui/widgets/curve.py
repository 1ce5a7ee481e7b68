"""The widget that shows a `Plot`."""

from __future__ import annotations

from itertools import pairwise
from typing import ClassVar

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from minibert.tui.plot import STYLES, Canvas, Plot, draw_plot


class Curve(Widget):
    """Curves over their axes; drawn again only when the plot, the size or the theme changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"curve--{name}" for name in STYLES}

    plot: reactive[Plot] = reactive(Plot(""), always_update=True)

    def __init__(self, plot: Plot, *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._strips: list[Strip] = []
        self._drawn_at: Size | None = None
        self.set_reactive(Curve.plot, plot)

    def watch_plot(self) -> None:
        """Draw the new plot."""
        self._drawn_at = None

    def notify_style_update(self) -> None:
        """Draw again in the new colours."""
        self._drawn_at = None
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One line of the picture."""
        if self._drawn_at != self.size:
            canvas = draw_plot(self.plot, self.size.width, self.size.height)
            self._strips = _strips(canvas, [self._rich_style(name) for name in STYLES])
            self._drawn_at = self.size
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.rich_style)

    def _rich_style(self, name: str) -> Style:
        return self.get_component_rich_style(f"curve--{name}")


def _strips(canvas: Canvas, styles: list[Style]) -> list[Strip]:
    """Lines of segments, one for each run of characters of one style."""
    strips = []
    for chars, indices in zip(canvas.chars, canvas.styles, strict=True):
        starts = np.flatnonzero(np.diff(indices, prepend=-1, append=-1).astype(bool))
        text = "".join(chars)
        segments = [
            Segment(text[start:end], styles[indices[start]]) for start, end in pairwise(starts)
        ]
        strips.append(Strip(segments, len(chars)))
    return strips
