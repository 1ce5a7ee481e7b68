"""The help of a screen: its keys, from its bindings, so that it can never be out of date."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import ActiveBinding, Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static


class HelpScreen(ModalScreen[None]):
    """A list of keys over the screen they belong to."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,enter", "dismiss", "Close the help", key_display="esc")
    ]

    def __init__(self, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._keys: dict[tuple[str, str], list[str]] = {}
        for active in sorted(bindings, key=lambda active: not active.binding.show):
            binding = active.binding
            if active.enabled and binding.description:
                meaning = binding.tooltip or binding.description
                self._keys.setdefault((binding.action, meaning), []).append(binding.key)

    def compose(self) -> ComposeResult:
        """One scrolling panel."""
        with VerticalScroll(id="keys") as panel:
            panel.border_title = "Keys"
            panel.border_subtitle = "esc closes"
            yield Static(self._table())

    def _table(self) -> Content:
        names = [
            ", ".join(self.app.get_key_display(Binding(key, "")) for key in keys)
            for keys in self._keys.values()
        ]
        width = max(map(len, names), default=0) + 3
        rows = [
            Content.assemble((name.ljust(width), "bold"), meaning)
            for name, (_, meaning) in zip(names, self._keys, strict=True)
        ]
        return Content("\n").join(rows)
