"""The sections of the application, in the order of their keys: each is a screen of its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding

from minibert.tui.screens.data import DataScreen
from minibert.tui.screens.section import SectionScreen
from minibert.tui.screens.tokens import TokensScreen
from minibert.tui.screens.training import TrainingScreen

if TYPE_CHECKING:
    from minibert.tui.app import MinibertApp


@dataclass(frozen=True)
class Section:
    """A screen that a key goes to.

    Attributes:
        key: the key.
        name: of Textual's mode.
        title: what people call it.
        make: makes the screen when it is first gone to.
    """

    key: str
    name: str
    title: str
    make: Callable[[MinibertApp], SectionScreen]


SECTIONS = (
    Section("2", "training", "Training", lambda app: TrainingScreen()),
    Section("5", "tokens", "Tokens", lambda app: TokensScreen(app.models)),
    Section("6", "data", "Data", lambda app: DataScreen()),
)
FIRST = "training"


def section_key(section: Section) -> Binding:
    """The key that goes to a section; the masthead shows it, so that the footer need not."""
    tooltip = f"Go to {section.title}"
    return Binding(section.key, f"go('{section.name}')", section.title, show=False, tooltip=tooltip)
