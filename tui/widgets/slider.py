"""A choice along a line: the first at its left end, the last at its right one."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.text import label

WIDEST = 60  # columns of the line
NOTED = 48  # columns from which on there is room for the note
NAME = 13  # columns of the chosen one's name, at least


class Slider(Widget, can_focus=True):
    """One line; moved by keys, by clicks and by dragging.

    Attributes:
        stops: the names of what there is to choose from.
        at: which is chosen, from 0.
        note: said after it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", "Earlier", show=False, tooltip="The one before"),
        Binding("right", "move(1)", "Later", show=False, tooltip="The next one"),
        Binding("home", "move(-100000)", "First", show=False, tooltip="The first one"),
        Binding("end", "move(100000)", "Last", show=False, tooltip="The last one"),
    ]

    stops: reactive[tuple[str, ...]] = reactive(())
    at: reactive[int] = reactive(0)
    note: reactive[str] = reactive("")

    class Moved(Message):
        """Another one is chosen."""

        def __init__(self, slider: Slider, at: int) -> None:
            super().__init__()
            self.slider = slider
            self.at = at

        @property
        def control(self) -> Slider:
            """The slider, for handlers of one among several."""
            return self.slider

    def render(self) -> Content:
        """The chosen one's name, the line, and how many there are."""
        if not self.stops:
            return Content(self.note).stylize("$foreground 65%")
        name = self.stops[self.at]
        if len(self.stops) == 1:
            return Content.assemble((name, "bold"), (f"  {self.note}", "$foreground 65%"))
        left, room = self._line()
        knob = round(self.at / (len(self.stops) - 1) * (room - 1))
        knob_style = "bold $text-accent" if self.has_focus else "bold $text-primary"
        return Content.assemble(
            (label(name, left - 1), "bold"),
            " ",
            ("━" * knob, "$primary"),
            ("●", knob_style),
            ("─" * (room - 1 - knob), "$foreground 40%"),
            (f"  {self._count()}", "$foreground 65%"),
        )

    def action_move(self, by: int) -> None:
        """Choose another."""
        self._choose(self.at + by)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Choose what is under the mouse, and follow it."""
        if len(self.stops) > 1:
            self.capture_mouse()
            self._point(event.x)

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Follow the mouse while it is held down."""
        if self.app.mouse_captured is self:
            self._point(event.x)

    def on_mouse_up(self) -> None:
        """Let go."""
        self.release_mouse()

    def _point(self, x: int) -> None:
        left, room = self._line()
        self._choose(round((x - left) / max(1, room - 1) * (len(self.stops) - 1)))

    def _choose(self, at: int) -> None:
        at = max(0, min(at, len(self.stops) - 1))
        if self.stops and at != self.at:
            self.at = at
            self.post_message(self.Moved(self, at))

    def _line(self) -> tuple[int, int]:
        """The line's first column and its width."""
        left = max(NAME, max(map(len, self.stops), default=0)) + 1
        return left, max(2, min(WIDEST, self.size.width - left - len(self._count()) - 2))

    def _count(self) -> str:
        of = f"{self.at + 1} of {len(self.stops)}"
        return f"{of} · {self.note}" if self.note and self.size.width >= NOTED else of
