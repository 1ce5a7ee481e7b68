"""The application: its screens, its keys, its themes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath
from typing import ClassVar

from textual.app import App, SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from minibert.tui.follower import Follower
from minibert.tui.screens.help import HelpScreen
from minibert.tui.screens.training import TrainingScreen

# Classes of the screen by its width and height; the style sheets lay out by them.
WIDTHS = [(0, "-cramped"), (60, "-narrow"), (150, "-wide")]
HEIGHTS = [(0, "-flat"), (18, "-low"), (36, "-tall")]

DARK, LIGHT = "textual-dark", "textual-light"


class MinibertApp(App[None]):
    """Shows the run that a follower reads.

    Args:
        follower: where the run comes from.
        live: go on reading until the end; otherwise read once, before the first frame.
    """

    TITLE = "minibert"
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        "widgets/curve.tcss",
        "screens/training.tcss",
        "screens/help.tcss",
    ]
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q,ctrl+q", "quit", "Quit", priority=False, key_display="q"),
        Binding("question_mark,f1", "help", "Help", key_display="?"),
        Binding("t", "toggle_theme", "Theme", tooltip="Change between dark and light"),
    ]

    def __init__(self, follower: Follower, live: bool = True) -> None:
        super().__init__()
        self._follower = follower
        self._live = live

    def get_default_screen(self) -> Screen[None]:
        """The training screen is the first and, for now, the only one."""
        return TrainingScreen(self._follower, live=self._live)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette offers Textual's commands and every key's action."""
        yield from super().get_system_commands(screen)
        for active in screen.active_bindings.values():
            binding = active.binding
            if binding.show and isinstance(active.node, TrainingScreen):
                action = binding.action

                async def run(action: str = action) -> None:
                    await screen.run_action(action)

                yield SystemCommand(binding.description, binding.tooltip, run)

    def action_toggle_theme(self) -> None:
        """Change between dark and light; from any other theme, to the opposite of it."""
        self.theme = LIGHT if self.current_theme.dark else DARK

    def action_help(self) -> None:
        """Show every key of the screen in front."""
        if not isinstance(self.screen, HelpScreen):
            self.push_screen(HelpScreen(self.screen.active_bindings.values()))
