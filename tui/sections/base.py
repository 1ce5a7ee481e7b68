"""What all sections have in common: the masthead, the footer, and the run that they show."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Footer, Static

from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.widgets.top_bar import TopBar

# Classes of screens with two panes, which stand side by side from 100 columns on.
PANES = [(0, "-cramped"), (60, "-narrow"), (100, "-medium"), (150, "-wide")]


class SectionScreen(Screen[None]):
    """A section: it shows the open run, which another may take the place of at any time.

    Subclasses have `compose_content` and `show`. What is shown is brought up to date only while
    the screen can be seen.
    """

    def __init__(self, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._unseen: RunSnapshot | None = None

    def compose(self) -> ComposeResult:
        """From top to bottom; in a window that is too small, a sentence alone."""
        yield Static("This window is too small: 60 columns and 18 rows are needed.", id="too-small")
        yield TopBar()
        with Vertical(id="content"):
            yield from self.compose_content()
        yield Footer()

    def compose_content(self) -> ComposeResult:
        """The widgets between masthead and footer."""
        raise NotImplementedError

    def show(self, snapshot: RunSnapshot) -> None:
        """Bring the widgets up to date; called with the run as it is, and after every change."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Follow the open run."""
        self.watch(self.app, "snapshot", self._take)

    def on_screen_resume(self) -> None:
        """Catch up with what happened while another section was in front."""
        if self._unseen is not None:
            self._take(self._unseen)

    def _take(self, snapshot: RunSnapshot) -> None:
        self._unseen = None if self.is_current else snapshot
        if self.is_current:
            self.query_one(TopBar).snapshot = snapshot
            self.show(snapshot)
