"""The checkpoints of a run along a line."""

from __future__ import annotations

from pathlib import Path

from minibert.tui.models.checkpoints import CheckpointChoice, describe_checkpoint
from minibert.tui.widgets.slider import Slider


class CheckpointSlider(Slider):
    """Follows the newest checkpoint while it stands at the end."""

    def __init__(self) -> None:
        super().__init__(name="line of checkpoints")
        self._shelf = CheckpointChoice()
        self.note = "no checkpoint yet"

    @property
    def folder(self) -> Path | None:
        """The one that is chosen."""
        return self._shelf.folder

    def offer(self, folders: tuple[Path, ...]) -> bool:
        """Let people choose among these folders; whether another one is chosen by that."""
        before = self._shelf.folder
        self._put(self._shelf.refilled(folders))
        return self._shelf.folder != before

    def watch_at(self, at: int) -> None:
        """Keep what was chosen."""
        self._put(self._shelf.moved_to(at))

    def _put(self, shelf: CheckpointChoice) -> None:
        self._shelf = shelf
        self.stops = tuple(map(describe_checkpoint, shelf.folders))
        self.at = max(0, shelf.index)
        self.note = _note(shelf)


def _note(shelf: CheckpointChoice) -> str:
    if not shelf.folders:
        return "no checkpoint yet"
    if len(shelf.folders) == 1:
        return "the only checkpoint so far"
    return "the newest" if shelf.chosen is None else ""
