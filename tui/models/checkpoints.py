"""The weights of a run from its first checkpoint to its newest, and which of them is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from minibert.model.folder import WEIGHTS, checkpoints
from minibert.tui.monitoring.run_snapshot import RunSnapshot


@dataclass(frozen=True)
class CheckpointChoice:
    """Folders with weights, oldest first, and which of them is chosen.

    Attributes:
        folders: checkpoints; the run's own folder where it has none.
        chosen: one of them; None follows the newest.
    """

    folders: tuple[Path, ...] = ()
    chosen: Path | None = None

    def refilled(self, folders: tuple[Path, ...]) -> CheckpointChoice:
        """The same choice among the folders that there are now; the newest if it is gone."""
        return CheckpointChoice(folders, self.chosen if self.chosen in folders[:-1] else None)

    def moved_to(self, index: int) -> CheckpointChoice:
        """Another choice; that of the last is the newest, also when a newer one comes."""
        index = max(0, min(index, len(self.folders) - 1))
        return CheckpointChoice(
            self.folders, self.folders[index] if index < len(self.folders) - 1 else None
        )

    @property
    def index(self) -> int:
        """Which is chosen, from 0; -1 where there are none."""
        return len(self.folders) - 1 if self.chosen is None else self.folders.index(self.chosen)

    @property
    def folder(self) -> Path | None:
        """The chosen one."""
        return self.folders[self.index] if self.folders else None


def run_checkpoints(snapshot: RunSnapshot) -> tuple[Path, ...]:
    """Where the weights of the open run are: its checkpoints, or its own folder, or nowhere yet."""
    if snapshot.checkpoints or snapshot.path is None:
        return snapshot.checkpoints
    return (snapshot.path,) if (snapshot.path / WEIGHTS).exists() else ()


def model_checkpoints(path: Path) -> tuple[Path, ...]:
    """Where the weights of any model folder are."""
    return tuple(checkpoints(path)) or (path,)


def describe_checkpoint(folder: Path) -> str:
    """A checkpoint by its step; any other folder by its name."""
    name, dash, step = folder.name.partition("-")
    return f"step {int(step):,}" if name == "step" and dash and step.isdecimal() else folder.name
