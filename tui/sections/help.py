"""The help of a section: a list of its keys, made from its bindings."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.screen import ModalScreen
from textual.widgets import Static

from minibert.tui.sections.base import SectionScreen


class HelpScreen(ModalScreen[None]):
    """The keys of a section, of the widget that has the focus, and of the application.

    Args:
        section: the section.
    """

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,question_mark,f1,enter", "dismiss", "Close the help", key_display="esc")
    ]

    def __init__(self, section: SectionScreen) -> None:
        super().__init__()
        self._owners = [section, section.app]
        if section.focused is not None:
            self._owners.insert(1, section.focused)

    def compose(self) -> ComposeResult:
        """A panel that scrolls."""
        with VerticalScroll(id="keys") as panel:
            panel.border_title = "Keys"
            panel.border_subtitle = "esc closes"
            yield Static(self._tables())

    def _tables(self) -> Content:
        tables = [(_title(node), self._rows(node)) for node in self._owners]
        width = max(len(keys) for _, rows in tables for keys, _ in rows) + 3
        lines = []
        for title, rows in tables:
            if rows:
                lines += [Content(title).stylize("bold $primary")] if title else []
                lines += [
                    Content.assemble((keys.ljust(width), "bold"), meaning) for keys, meaning in rows
                ]
                lines += [Content("")]
        return Content("\n").join(lines[:-1])

    def _rows(self, node: DOMNode) -> list[tuple[str, str]]:
        """The keys of each action, and its description."""
        found: dict[tuple[str, str], list[str]] = {}
        for binding in _bindings(node):
            meaning = binding.tooltip or binding.description
            name = self.app.get_key_display(Binding(binding.key, ""))
            found.setdefault((binding.action, meaning), []).append(name)
        return [(", ".join(names), meaning) for (_, meaning), names in found.items()]


def _bindings(node: DOMNode) -> Iterable[Binding]:
    """The bindings of a node that have a description; those in the footer come first."""
    bindings = [binding for _, binding in node._bindings if binding.description]
    return sorted(bindings, key=lambda binding: not binding.show)


def _title(node: DOMNode) -> str:
    if isinstance(node, App):
        return "everywhere"
    return "" if isinstance(node, SectionScreen) else f"in the {node.name or 'field'}"
