"""The application: its sections, its keys, its theme, and the run that is open."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen

from minibert.tui.monitoring.polling import RunPoller
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_watcher import RunWatcher, folder_of_runs
from minibert.tui.navigation import FIRST, SECTIONS
from minibert.tui.sections.base import SectionScreen
from minibert.tui.sections.help import HelpScreen
from minibert.tui.settings import Remembered
from minibert.tui.shell import Shell

# Classes of the screen by its width and height; the style sheets lay out by them.
WIDTHS = [(0, "-cramped"), (60, "-narrow"), (150, "-wide")]
HEIGHTS = [(0, "-flat"), (18, "-low"), (36, "-tall")]

DARK, LIGHT = "textual-dark", "textual-light"


class MinibertApp(Shell):
    """Shows the run that a watcher reads.

    Args:
        watcher: where the run comes from at first.
        live: go on reading until the end; otherwise read once, before the first frame.
        remembered: what a person has chosen before, and where that is kept.
    """

    TITLE = "minibert"
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "sections/training/plot_view.tcss",
        "widgets/top_bar.tcss",
        "sections/base.tcss",
    ]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    DEFAULT_MODE = FIRST
    BINDINGS: ClassVar[list[BindingType]] = [
        *(section.binding() for section in SECTIONS),
        # Each key is bound by itself: the footer shows those alone that a field lets through.
        Binding("q", "quit", "Quit"),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=False),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("f1", "help", "Help"),
        Binding("t", "toggle_theme", "Theme", tooltip="Change between dark and light"),
    ]

    sections = SECTIONS

    class RunRead(Message):
        """The open run is another than when it was read last."""

        def __init__(self, snapshot: RunSnapshot) -> None:
            super().__init__()
            self.snapshot = snapshot

    def __init__(
        self, watcher: RunWatcher, live: bool = True, remembered: Remembered | None = None
    ) -> None:
        super().__init__(folder_of_runs(watcher.root), live, remembered or Remembered())
        self._reader = RunPoller(watcher)
        for section in self.sections:
            self.add_mode(section.name, partial(section.make, self))
        self.theme = self._known_theme(self.settings.theme)

    def on_mount(self) -> None:
        """Read what there is, or go on reading it."""
        self.theme_changed_signal.subscribe(self, lambda theme: self.remember(theme=theme.name))
        if self._remembered.problem is not None:
            self.notify(self._remembered.problem, severity="warning", timeout=10, markup=False)
        if self.live:
            tell = partial(
                self._reader.follow, lambda snapshot: self.post_message(self.RunRead(snapshot))
            )
            self.run_worker(tell, thread=True, exit_on_error=True)
        else:
            self.snapshot = self._reader.read_whole() or self.snapshot

    def on_ready(self) -> None:
        """The first screen is there: look for garbage again, where `main` has put it off."""
        if not gc.isenabled():
            gc.collect()  # so that Python knows how much there is: else it would look too often
            gc.enable()

    def on_unmount(self) -> None:
        """Let the threads end."""
        self._reader.close()
        self.models.close()

    def on_minibert_app_run_read(self, message: RunRead) -> None:
        """Give the sections what the thread has read."""
        self.snapshot = message.snapshot

    # ---- what sections ask for ------------------------------------------------------------------

    def open_run(self, path: Path) -> None:
        """Let every section show another run."""
        self._reader.open(path)

    # ---- keys and commands ----------------------------------------------------------------------

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette offers every section, the actions of the one in front, and Textual's own."""
        for section in self.sections:
            go = partial(self.action_go, section.name)
            yield SystemCommand(section.title, f"Go to {section.title} ({section.key})", go)
        for active in screen.active_bindings.values():
            if active.node is screen and active.enabled and active.binding.description:
                binding = active.binding
                act = partial(screen.run_action, binding.action)
                yield SystemCommand(binding.description, binding.tooltip, act)
        yield from super().get_system_commands(screen)

    async def action_go(self, name: str) -> None:
        """Bring a section to the front."""
        if isinstance(self.screen, SectionScreen):
            await self.switch_mode(name)

    def action_toggle_theme(self) -> None:
        """Change between dark and light; from any other theme, to the opposite of it."""
        self.theme = LIGHT if self.current_theme.dark else DARK

    def action_help(self) -> None:
        """Show every key of the section in front."""
        if isinstance(self.screen, SectionScreen):
            self.push_screen(HelpScreen(self.screen))

    def _known_theme(self, name: str) -> str:
        return name if name in self.available_themes else DARK
