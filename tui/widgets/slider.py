"""A slider with named stops."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.text import label

MAX_TRACK = 60  # columns
MIN_WIDTH_FOR_NOTE = 48  # columns of the widget
MIN_NAME = 13  # columns


class Slider(Widget, can_focus=True):
    """One line: the name of the selected stop, a track with a knob, and the number of stops.

    Keys, clicks and dragging move the knob. Posts `Moved` when they select another stop.

    Attributes:
        stops: the names of the stops, from left to right.
        index: the selected stop, from 0.
        note: shown after the number of stops.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Earlier", show=False, tooltip="The previous one"),
        Binding("right", "move(1)", "Later", show=False, tooltip="The next one"),
        Binding("home", "move(-100000)", "First", show=False, tooltip="The first one"),
        Binding("end", "move(100000)", "Last", show=False, tooltip="The last one"),
    ]

    stops: reactive[tuple[str, ...]] = reactive(())
    index: reactive[int] = reactive(0)
    note: reactive[str] = reactive("")

    class Moved(Message):
        """Another stop is selected."""

        def __init__(self, slider: Slider, index: int) -> None:
            super().__init__()
            self.slider = slider
            self.index = index

        @property
        def control(self) -> Slider:
            """The slider, for `@on` with a selector."""
            return self.slider

    def render(self) -> Content:
        """Draw the line for the width of the widget."""
        if not self.stops:
            return Content(self.note).stylize("$foreground 65%")
        name = self.stops[self.index]
        if len(self.stops) == 1:
            return Content.assemble((name, "bold"), (f"  {self.note}", "$foreground 65%"))
        left, width = self._track()
        knob = round(self.index / (len(self.stops) - 1) * (width - 1))
        knob_style = "bold $text-accent" if self.has_focus else "bold $text-primary"
        return Content.assemble(
            (label(name, left - 1), "bold"),
            " ",
            ("━" * knob, "$primary"),
            ("●", knob_style),
            ("─" * (width - 1 - knob), "$foreground 40%"),
            (f"  {self._count()}", "$foreground 65%"),
        )

    def action_move(self, by: int) -> None:
        """Select the stop `by` stops to the right."""
        self._select(self.index + by)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Select the stop under the mouse, and start to drag."""
        if len(self.stops) > 1:
            self.capture_mouse()
            self._select_at(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Drag while the button is held down."""
        if self.app.mouse_captured is self:
            self._select_at(event.x)

    def on_mouse_up(self) -> None:
        """End dragging."""
        self.release_mouse()

    def _select_at(self, x: int) -> None:
        left, width = self._track()
        self._select(round((x - left) / max(1, width - 1) * (len(self.stops) - 1)))

    def _select(self, index: int) -> None:
        index = max(0, min(index, len(self.stops) - 1))
        if self.stops and index != self.index:
            self.index = index
            self.post_message(self.Moved(self, index))

    def _track(self) -> tuple[int, int]:
        """The first column and the width of the track."""
        left = max(MIN_NAME, max(map(len, self.stops), default=0)) + 1
        return left, max(2, min(MAX_TRACK, self.size.width - left - len(self._count()) - 2))

    def _count(self) -> str:
        count = f"{self.index + 1} of {len(self.stops)}"
        noted = self.note and self.size.width >= MIN_WIDTH_FOR_NOTE
        return f"{count} · {self.note}" if noted else count
