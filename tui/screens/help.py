"""The help of a screen: its keys, from its bindings, so that it can never be out of date."""

from __future__ import annotations

from collections.abc import Iterable

from rich.table import Table
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.screen import ActiveBinding, ModalScreen
from textual.widgets import Static


class HelpScreen(ModalScreen[None]):
    """A list of keys over the screen they belong to."""

    BINDINGS = [
        Binding("escape,question_mark,f1,enter", "dismiss", "Close the help", key_display="esc")
    ]

    def __init__(self, bindings: Iterable[ActiveBinding]) -> None:
        super().__init__()
        self._keys: dict[tuple[str, str], list[str]] = {}
        for active in bindings:
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

    def _table(self) -> Table:
        table = Table.grid(padding=(0, 2))
        for (_, meaning), keys in self._keys.items():
            names = [self.app.get_key_display(Binding(key, "")) for key in keys]
            table.add_row(", ".join(names), meaning)
        return table
