"""A text field."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.widgets import Input


class Field(Input):
    """A text field that escape leaves, so that single keys are commands again."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Leave the field"),
    ]

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Whether a key is typed into the field; Textual has no character for its key `slash`."""
        return super().check_consume_key(key, "/" if key == "slash" else character)

    def action_leave(self) -> None:
        """Remove the focus from the field."""
        self.screen.set_focus(None)
