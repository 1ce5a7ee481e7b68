"""The widget that shows a `Plot`."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from minibert.tui.plotting.canvas import STYLES, Canvas
from minibert.tui.plotting.drawing import draw_plot
from minibert.tui.plotting.plot import Frame, Plot

INK = frozenset(f"curve--{name}" for name in STYLES)
"""The component classes of the curves. One widget around all plots has them, because resolving the
style of a component takes as long as that of a widget, and there are two dozen."""


class PlotView(Widget):
    """Curves with their axes; redrawn only when the plot, the size or the theme changes.

    Args:
        plot: the curves and axes.
        ink: the widget with the component classes `INK`.
    """

    plot: reactive[Plot] = reactive(Plot(""), always_update=True)

    class Pointed(Message):
        """The mouse points at a place of the x axis, from 0 to 1, or None when it has left."""

        def __init__(self, place: float | None) -> None:
            super().__init__()
            self.place = place

    class Zoomed(Message):
        """The wheel zooms around a place of the x axis, from 0 to 1."""

        def __init__(self, place: float, closer: bool) -> None:
            super().__init__()
            self.place = place
            self.closer = closer

    class Dragged(Message):
        """The curves are dragged by a share of the shown width; to the right if positive."""

        def __init__(self, share: float) -> None:
            super().__init__()
            self.share = share

    class Reset(Message):
        """A double click resets the view to all of x."""

    def __init__(self, plot: Plot, ink: Widget, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._ink = ink
        self._strips: list[Strip] = []
        self._styles: list[Style] = []  # of `STYLES`; empty until the first drawing
        self._frame: Frame | None = None
        self._drawn_at: Size | None = None
        self._dragged_at: int | None = None  # the column that is dragged
        self.set_reactive(PlotView.plot, plot)

    # ---- drawing --------------------------------------------------------------------------------

    def watch_plot(self) -> None:
        """Draw the new plot."""
        self._drawn_at = None

    def notify_style_update(self) -> None:
        """Draw again in the new colors."""
        self._drawn_at = None
        self._styles = []
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One line of the plot."""
        if self._drawn_at != self.size:
            canvas, self._frame = draw_plot(self.plot, self.size.width, self.size.height)
            self._styles = self._styles or [self._rich_style(name) for name in STYLES]
            self._strips = _strips(canvas, self._styles)
            self._drawn_at = self.size
        if y < len(self._strips):
            return self._strips[y]
        return Strip.blank(self.size.width, self.rich_style)

    def _rich_style(self, name: str) -> Style:
        return self._ink.get_component_rich_style(f"curve--{name}")

    # ---- the mouse ------------------------------------------------------------------------------

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag the curves, or point at them."""
        if self._frame is None:
            return
        if self._dragged_at is None:
            self.post_message(self.Pointed(self._frame.place_of(event.x)))
        elif event.x != self._dragged_at:
            by = (event.x - self._dragged_at) / max(1, self._frame.columns)
            self._dragged_at = event.x
            self.post_message(self.Dragged(by))

    def on_leave(self, event: events.Leave) -> None:
        """Point at nothing."""
        if self._dragged_at is None:
            self.post_message(self.Pointed(None))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin to drag."""
        self._dragged_at = event.x
        self.capture_mouse()

    def on_mouse_up(self, event: events.MouseUp) -> None:
        """End dragging."""
        self._dragged_at = None
        self.release_mouse()

    def on_click(self, event: events.Click) -> None:
        """Reset the view on a double click."""
        if event.chain == 2:
            self.post_message(self.Reset())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Zoom in."""
        self._zoom(event, closer=True)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Zoom out."""
        self._zoom(event, closer=False)

    def _zoom(self, event: events.MouseEvent, closer: bool) -> None:
        event.stop()
        if self._frame is not None:
            self.post_message(self.Zoomed(self._frame.place_of(event.x), closer))


def _strips(canvas: Canvas, styles: list[Style]) -> list[Strip]:
    """Lines of segments; a segment is a run of characters of one style."""
    strips = []
    for chars, indices in zip(canvas.chars, canvas.styles, strict=True):
        starts = np.flatnonzero(np.diff(indices, prepend=-1, append=-1).astype(bool))
        text = chars.tolist()
        segments = [
            Segment("".join(text[start:end]), styles[indices[start]])
            for start, end in pairwise(starts.tolist())
        ]
        strips.append(Strip(segments, len(chars)))
    return strips
