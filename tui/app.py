"""The application: its sections, its keys, its theme, and the open run."""

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
from minibert.tui.navigation import DEFAULT_SECTION, SECTIONS
from minibert.tui.sections.base import SectionScreen
from minibert.tui.sections.help import HelpScreen
from minibert.tui.settings import LoadedSettings
from minibert.tui.shell import Shell

# CSS classes of a screen by its least width and height in characters; style sheets use them.
WIDTHS = [(0, "-cramped"), (60, "-narrow"), (150, "-wide")]
HEIGHTS = [(0, "-flat"), (18, "-low"), (36, "-tall")]

DARK, LIGHT = "textual-dark", "textual-light"


class MinibertApp(Shell):
    """Shows the run that a watcher reads.

    Args:
        watcher: reads the run that is open at the start.
        live: keep reading; otherwise read once, before the first frame.
        loaded_settings: the settings, and the file that they are saved in.
    """

    TITLE = "minibert"
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "sections/training/plot_view.tcss",
        "widgets/top_bar.tcss",
        "sections/base.tcss",
    ]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    DEFAULT_MODE = DEFAULT_SECTION
    BINDINGS: ClassVar[list[BindingType]] = [
        *(section.binding() for section in SECTIONS),
        # Each key has its own binding: while a field has the focus, the footer shows only the keys
        # that the field does not handle.
        Binding("q", "quit", "Quit"),
        Binding("ctrl+q", "quit", "Quit", show=False, priority=False),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("f1", "help", "Help"),
        Binding("t", "toggle_theme", "Theme", tooltip="Switch between dark and light"),
    ]

    sections = SECTIONS

    class RunRead(Message):
        """The polling thread has read a new snapshot of the open run."""

        def __init__(self, snapshot: RunSnapshot) -> None:
            super().__init__()
            self.snapshot = snapshot

    def __init__(
        self, watcher: RunWatcher, live: bool = True, loaded_settings: LoadedSettings | None = None
    ) -> None:
        super().__init__(folder_of_runs(watcher.root), live, loaded_settings or LoadedSettings())
        self._poller = RunPoller(watcher)
        for section in self.sections:
            self.add_mode(section.name, partial(section.create_screen, self))
        self.theme = self._known_theme(self.settings.theme)

    def on_mount(self) -> None:
        """Read the run, or start the thread that keeps reading it."""
        self.theme_changed_signal.subscribe(
            self, lambda theme: self.change_settings(theme=theme.name)
        )
        if self._loaded_settings.problem is not None:
            self.notify(self._loaded_settings.problem, severity="warning", timeout=10, markup=False)
        if self.live:
            tell = partial(
                self._poller.follow, lambda snapshot: self.post_message(self.RunRead(snapshot))
            )
            self.run_worker(tell, thread=True, exit_on_error=True)
        else:
            self.snapshot = self._poller.read_whole() or self.snapshot

    def on_ready(self) -> None:
        """Turn garbage collection on again after the first screen, if `main` has turned it off."""
        if not gc.isenabled():
            gc.collect()  # without a first collection Python would collect too often
            gc.enable()

    def on_unmount(self) -> None:
        """End the threads."""
        self._poller.close()
        self.models.close()

    def on_minibert_app_run_read(self, message: RunRead) -> None:
        """Give the snapshot to the sections."""
        self.snapshot = message.snapshot

    # ---- requests of sections -------------------------------------------------------------------

    def open_run(self, path: Path) -> None:
        """Open another run in every section."""
        self._poller.open(path)

    # ---- keys and commands ----------------------------------------------------------------------

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette: sections, actions of the open section, Textual's commands."""
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
        """Open a section."""
        if isinstance(self.screen, SectionScreen):
            await self.switch_mode(name)

    def action_toggle_theme(self) -> None:
        """Switch between the dark and the light theme."""
        self.theme = LIGHT if self.current_theme.dark else DARK

    def action_help(self) -> None:
        """Show the keys of the open section."""
        if isinstance(self.screen, SectionScreen):
            self.push_screen(HelpScreen(self.screen))

    def _known_theme(self, name: str) -> str:
        return name if name in self.available_themes else DARK
