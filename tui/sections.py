"""The sections of the application, in the order of their keys: each is a screen of its own.

A section is imported when it is first gone to, so that the first one is there the sooner.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.binding import Binding

if TYPE_CHECKING:
    from minibert.tui.app import MinibertApp
    from minibert.tui.screens.section import SectionScreen


@dataclass(frozen=True)
class Section:
    """A screen that a key goes to.

    Attributes:
        key: the key.
        name: of Textual's mode.
        title: what people call it.
        make: makes the screen.
    """

    key: str
    name: str
    title: str
    make: Callable[[MinibertApp], SectionScreen]

    def binding(self) -> Binding:
        """The key; the masthead shows it, so that the footer need not."""
        tooltip = f"Go to {self.title}"
        return Binding(self.key, f"go('{self.name}')", self.title, show=False, tooltip=tooltip)


def _runs(app: MinibertApp) -> SectionScreen:
    from minibert.tui.screens.runs import RunsScreen

    return RunsScreen(app.root, app.live)


def _training(app: MinibertApp) -> SectionScreen:
    from minibert.tui.screens.training import TrainingScreen

    return TrainingScreen()


def _attention(app: MinibertApp) -> SectionScreen:
    from minibert.tui.screens.attention import AttentionScreen

    return AttentionScreen(app.models)


def _fill(app: MinibertApp) -> SectionScreen:
    from minibert.tui.screens.fill import FillScreen

    return FillScreen(app.models)


def _tokens(app: MinibertApp) -> SectionScreen:
    from minibert.tui.screens.tokens import TokensScreen

    return TokensScreen(app.models)


def _data(app: MinibertApp) -> SectionScreen:
    from minibert.tui.screens.data import DataScreen

    return DataScreen()


SECTIONS = (
    Section("1", "runs", "Runs", _runs),
    Section("2", "training", "Training", _training),
    Section("3", "attention", "Attention", _attention),
    Section("4", "fill", "Fill", _fill),
    Section("5", "tokens", "Tokens", _tokens),
    Section("6", "data", "Data", _data),
)
FIRST = "training"
