"""The base class of a section: the top bar, the content, the footer, and the run on display."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Footer, Static

from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.widgets.top_bar import TopBar

# CSS classes of sections whose two panes are side by side from 100 columns on.
PANES = [(0, "-cramped"), (60, "-narrow"), (100, "-medium"), (150, "-wide")]


class SectionScreen(Screen[None]):
    """A screen that shows the open run, and is updated when the run changes or another is opened.

    Subclasses define `compose_content` and `show`. A section is updated only while it is visible.
    """

    def __init__(self, classes: str | None = None) -> None:
        super().__init__(classes=classes)
        self._missed: RunSnapshot | None = None  # the newest snapshot that arrived while hidden

    def compose(self) -> ComposeResult:
        """The widgets, from top to bottom. A window that is too small shows only a message."""
        yield Static(
            "The window is too small: at least 60 columns and 18 rows are needed.", id="too-small"
        )
        yield TopBar()
        with Vertical(id="content"):
            yield from self.compose_content()
        yield Footer()

    def compose_content(self) -> ComposeResult:
        """The widgets between the top bar and the footer."""
        raise NotImplementedError

    def show(self, snapshot: RunSnapshot) -> None:
        """Update the widgets. Called with the first snapshot and after every change of the run."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Watch the open run."""
        self.watch(self.app, "snapshot", self._update)

    def on_screen_resume(self) -> None:
        """Show the snapshot that arrived while another section was open."""
        if self._missed is not None:
            self._update(self._missed)

    def _update(self, snapshot: RunSnapshot) -> None:
        self._missed = None if self.is_current else snapshot
        if self.is_current:
            self.query_one(TopBar).snapshot = snapshot
            self.show(snapshot)
