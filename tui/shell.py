"""The application as its sections and widgets know it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.app import App
from textual.binding import Binding
from textual.reactive import var
from textual.screen import Screen

from minibert.errors import FileError
from minibert.tui.models.worker import ModelWorker
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.settings import Remembered, Settings, save_settings


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
    make: Callable[[Shell], Screen[None]]

    def binding(self) -> Binding:
        """The key; the masthead shows it, so that the footer need not."""
        tooltip = f"Go to {self.title}"
        return Binding(self.key, f"go('{self.name}')", self.title, show=False, tooltip=tooltip)


class Shell(App[None]):
    """The base class of the application: everything that sections and widgets may ask of it.

    Sections and widgets import this class and never the application, which imports them.

    Args:
        root: the folder of runs.
        live: go on reading until the end; otherwise read once, before the first frame.
        remembered: what a person has chosen before, and where that is kept.

    Attributes:
        sections: the screens that keys go to.
        models: where models compute.
        snapshot: the open run as it was read last; sections watch it.
        compared: the folders of runs that are drawn together.
        root: the folder of runs.
        live: whether reading goes on.
    """

    sections: tuple[Section, ...] = ()
    models: ModelWorker
    snapshot: var[RunSnapshot] = var(RunSnapshot())
    compared: var[tuple[Path, ...]] = var(())

    def __init__(self, root: Path, live: bool, remembered: Remembered) -> None:
        super().__init__()
        self.root: Path = root
        self.live: bool = live
        self.models = ModelWorker()
        self._remembered = remembered

    def open_run(self, path: Path) -> None:
        """Let every section show another run."""
        raise NotImplementedError

    async def action_go(self, name: str) -> None:
        """Bring a section to the front."""
        raise NotImplementedError

    @property
    def settings(self) -> Settings:
        """What a person has chosen."""
        return self._remembered.settings

    def remember(self, **choices: Any) -> None:
        """Keep choices until they are changed, and for the next time."""
        settings = dataclasses.replace(self._remembered.settings, **choices)
        if settings != self._remembered.settings:
            self._remembered = dataclasses.replace(self._remembered, settings=settings)
            self.run_worker(self._save_settings, thread=True, group="settings")

    def _save_settings(self) -> None:
        if self._remembered.file is None:
            return
        try:
            save_settings(self._remembered.settings, self._remembered.file)
        except FileError as error:
            sentence = f"Your choice is not remembered: {error}."
            self.notify(sentence, severity="error", markup=False)
