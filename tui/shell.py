"""The base class of the application: what sections and widgets may use of it."""

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
from minibert.tui.settings import LoadedSettings, Settings, save_settings


@dataclass(frozen=True)
class Section:
    """An entry of the list of sections in `navigation.py`.

    Attributes:
        key: opens the section.
        name: of its Textual mode, and of its folder.
        title: in the top line.
        create_screen: creates its screen, a `SectionScreen`.
    """

    key: str
    name: str
    title: str
    create_screen: Callable[[Shell], Screen[None]]

    def binding(self) -> Binding:
        """The binding of the key; the top line shows it, so the footer does not."""
        tooltip = f"Go to {self.title}"
        return Binding(self.key, f"go('{self.name}')", self.title, show=False, tooltip=tooltip)


class Shell(App[None]):
    """Everything that sections and widgets may use of the application.

    Sections and widgets import this class and not the application, which imports them.

    Args:
        root: the folder of runs.
        live: keep reading; otherwise read once, before the first frame.
        loaded_settings: the settings, and the file that they are saved in.

    Attributes:
        sections: the list of sections.
        models: runs models in a background thread.
        snapshot: the open run as it was read last; sections watch it.
        compared: the folders of the runs that are compared with the open run.
        root: the folder of runs.
        live: whether the application keeps reading.
    """

    sections: tuple[Section, ...] = ()
    models: ModelWorker
    snapshot: var[RunSnapshot] = var(RunSnapshot())
    compared: var[tuple[Path, ...]] = var(())

    def __init__(self, root: Path, live: bool, loaded_settings: LoadedSettings) -> None:
        super().__init__()
        self.root: Path = root
        self.live: bool = live
        self.models = ModelWorker()
        self._loaded_settings = loaded_settings

    def open_run(self, path: Path) -> None:
        """Open another run in every section."""
        raise NotImplementedError

    async def action_go(self, name: str) -> None:
        """Open a section."""
        raise NotImplementedError

    @property
    def settings(self) -> Settings:
        """The current settings."""
        return self._loaded_settings.settings

    def change_settings(self, **choices: Any) -> None:
        """Change settings, and save them in the background."""
        settings = dataclasses.replace(self._loaded_settings.settings, **choices)
        if settings != self._loaded_settings.settings:
            self._loaded_settings = dataclasses.replace(self._loaded_settings, settings=settings)
            self.run_worker(self._save_settings, thread=True, group="settings")

    def _save_settings(self) -> None:
        if self._loaded_settings.file is None:
            return
        try:
            save_settings(self._loaded_settings.settings, self._loaded_settings.file)
        except FileError as error:
            sentence = f"The setting was not saved: {error}."
            self.notify(sentence, severity="error", markup=False)
