"""A line to type in."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class Field(Input):
    """An input that escape leaves, so that single keys are commands again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave the field"),
    ]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is typed; Textual knows no character of the key that it calls slash."""
        return super().check_consume_key(key, "/" if key == "slash" else character)

    def action_leave(self) -> None:
        """Give the focus back to the screen."""
        self.screen.set_focus(None)
