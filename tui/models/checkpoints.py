"""The checkpoints of a run, oldest first, and the one that is selected."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from minibert.model.folder import WEIGHTS, checkpoints
from minibert.tui.monitoring.run_snapshot import RunSnapshot


@dataclass(frozen=True)
class CheckpointChoice:
    """Folders with weights, oldest first, and the selected one.

    Attributes:
        folders: the checkpoints; the run's own folder if it has none.
        selected: one of them; None follows the newest.
    """

    folders: tuple[Path, ...] = ()
    selected: Path | None = None

    def with_folders(self, folders: tuple[Path, ...]) -> CheckpointChoice:
        """The same selection among other folders; the newest if the selected one is gone."""
        return CheckpointChoice(folders, self.selected if self.selected in folders[:-1] else None)

    def with_index(self, index: int) -> CheckpointChoice:
        """Select another folder; a selected last one keeps following the newest."""
        index = max(0, min(index, len(self.folders) - 1))
        return CheckpointChoice(
            self.folders, self.folders[index] if index < len(self.folders) - 1 else None
        )

    @property
    def index(self) -> int:
        """The index of the selected folder, from 0; -1 if there is none."""
        if self.selected is None:
            return len(self.folders) - 1
        return self.folders.index(self.selected)

    @property
    def folder(self) -> Path | None:
        """The selected folder."""
        return self.folders[self.index] if self.folders else None


def run_checkpoints(snapshot: RunSnapshot) -> tuple[Path, ...]:
    """The folders with weights of the open run: its checkpoints, its own folder, or none yet."""
    if snapshot.checkpoints or snapshot.path is None:
        return snapshot.checkpoints
    return (snapshot.path,) if (snapshot.path / WEIGHTS).exists() else ()


def model_checkpoints(path: Path) -> tuple[Path, ...]:
    """The folders with weights of any model folder."""
    return tuple(checkpoints(path)) or (path,)


def checkpoint_label(folder: Path) -> str:
    """`step 1,000` for a checkpoint, the name of any other folder."""
    name, dash, step = folder.name.partition("-")
    return f"step {int(step):,}" if name == "step" and dash and step.isdecimal() else folder.name
