"""A slider over the checkpoints of a run."""

from __future__ import annotations

from pathlib import Path

from minibert.tui.models.checkpoints import CheckpointChoice, checkpoint_label
from minibert.tui.widgets.slider import Slider


class CheckpointSlider(Slider):
    """Selects a checkpoint; at the right end it follows the newest one.

    Posts `Slider.Moved` when a person selects another one.
    """

    def __init__(self) -> None:
        super().__init__(name="checkpoint slider")
        self._choice = CheckpointChoice()
        self.note = "no checkpoint yet"

    @property
    def folder(self) -> Path | None:
        """The selected checkpoint."""
        return self._choice.folder

    def set_folders(self, folders: tuple[Path, ...]) -> bool:
        """Offer these checkpoints; returns whether that changes the selected one."""
        before = self._choice.folder
        self._show(self._choice.with_folders(folders))
        return self._choice.folder != before

    def watch_index(self, index: int) -> None:
        """Keep the selection."""
        self._show(self._choice.with_index(index))

    def _show(self, choice: CheckpointChoice) -> None:
        self._choice = choice
        self.stops = tuple(map(checkpoint_label, choice.folders))
        self.index = max(0, choice.index)
        self.note = _note(choice)


def _note(choice: CheckpointChoice) -> str:
    if not choice.folders:
        return "no checkpoint yet"
    if len(choice.folders) == 1:
        return "the only checkpoint so far"
    return "newest" if choice.selected is None else ""
