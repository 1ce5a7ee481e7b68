"""The run folder: the files that a training leaves on disk, and how they are found and read.

From its first checkpoint on a run is a Hugging Face model folder, with these files beside it:

- `minibert.json`: everything needed to repeat the run, and its state (see `manifest.py`);
- `metrics.jsonl`: one row per line, appended during training (see `metrics.py`);
- `checkpoints/step-N/`: weights and trainer state of the newest checkpoints.

Reading needs no PyTorch, so that a viewer starts at once.
"""

from __future__ import annotations

import dataclasses
import json
import os
import socket
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.errors import FileError, RunError
from minibert.io.files import write_atomically
from minibert.runs.manifest import ACTIVE, MANIFEST, Manifest, RunState
from minibert.runs.metrics import METRICS, Metrics, append_row, as_line, read_rows

if TYPE_CHECKING:
    from collections.abc import Collection

    from minibert.runs.manifest import TrainingRecord

RUNS = Path("runs")  # the default folder of runs
LOG = "training.log"  # the output of a training that was started in the background
LAUNCH = "launch.json"  # the process that was started in the background
LOG_TAIL = 64 * 1024  # bytes of the log in which its last lines are looked for


class Run:
    """One run folder.

    Attributes:
        path: the folder.
        manifest: the contents of `minibert.json`.
    """

    def __init__(self, path: Path, manifest: Manifest) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def create(cls, path: Path, record: TrainingRecord) -> Run:
        """Make a new run folder, and begin its first session.

        Raises:
            RunError: the folder holds a run already, or other files.
            FileError: the folder cannot be written.
        """
        check_no_run(path)
        run = cls(path, Manifest.begin(record, _now()))
        try:
            path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(f"the run folder {path} cannot be made: {error.strerror}") from None
        run.begin_session()
        write_atomically(path / METRICS, b"")
        return run

    @classmethod
    def open(cls, path: Path) -> Run:
        """Open an existing run folder.

        Raises:
            RunError: the folder holds no run, a damaged one, or one of another format.
        """
        return cls(path, Manifest.read(path))

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def state(self) -> str:
        """The state that the training wrote last, or `crashed` if its process is gone."""
        manifest = self.manifest
        here = manifest.host == socket.gethostname()
        if manifest.state in ACTIVE and here and not process_alive(manifest.pid):
            return RunState.CRASHED
        return manifest.state

    def begin_session(self) -> None:
        """Write that this process trains the run from now on, in a session of a new number."""
        self.manifest = dataclasses.replace(self.manifest, session=self.manifest.session + 1)
        self.set_state(RunState.RUNNING)
        (self.path / LAUNCH).unlink(missing_ok=True)

    def set_state(self, state: RunState, error: str | None = None) -> None:
        """Write the state, the time, this process, and the error if there is one."""
        self.manifest = dataclasses.replace(
            self.manifest,
            state=state,
            error=error,
            updated=_now(),
            host=socket.gethostname(),
            pid=os.getpid(),
        )
        self.manifest.write(self.path)

    def log(self, row: Metrics) -> None:
        """Append a row to `metrics.jsonl`.

        Raises:
            FileError: the disk refuses; the rows before it stay whole.
        """
        try:
            append_row(self.path / METRICS, row)
        except OSError as error:
            raise FileError(f"{self.path / METRICS} cannot be written: {error.strerror}") from None

    def sync_metrics(self) -> None:
        """Flush the rows to the disk, so that a later checkpoint does not outlive them.

        Raises:
            FileError: the disk refuses.
        """
        try:
            with (self.path / METRICS).open("rb+") as file:
                os.fsync(file.fileno())
        except OSError as error:
            raise FileError(f"{self.path / METRICS} cannot be written: {error.strerror}") from None

    def truncate_metrics(self, step: int, *, at_end: bool = False) -> None:
        """Remove the rows that a run resumed after `step` writes again.

        Args:
            step: of the checkpoint.
            at_end: whether only the last evaluation, at that step, is left to do.
        """

        def stays(row: Metrics) -> bool:
            evaluated_again = at_end and row.split == "validation"
            return row.step < step if evaluated_again else row.step <= step

        kept = b"".join(as_line(row) for row in self.metrics() if stays(row))
        write_atomically(self.path / METRICS, kept)

    def metrics(self) -> list[Metrics]:
        """All rows so far, without a last line that is still being written."""
        return read_rows(self.path / METRICS)


def find_runs(root: Path) -> list[Run]:
    """The readable runs in a folder, oldest first; `root` may be a run itself.

    Raises:
        RunError: `root` is a run that cannot be read.
    """
    if has_run(root):
        return [Run.open(root)]
    runs = []
    for path in run_folders(root):
        try:
            runs.append(Run.open(path))
        except RunError:
            continue
    return sorted(runs, key=lambda run: run.manifest.created)


def run_folders(root: Path) -> list[Path]:
    """The folders directly below `root` that hold a run, readable or not, by name."""
    inside = sorted(root.iterdir()) if root.is_dir() else []
    return [path for path in inside if has_run(path)]


def newest_run(root: Path, states: Collection[str]) -> Run | None:
    """The run whose state was written last, among those in one of the states."""
    runs = [run for run in find_runs(root) if run.state in states]
    return max(runs, key=lambda run: run.manifest.updated, default=None)


def has_run(path: Path) -> bool:
    """Whether a folder holds a run, in any state."""
    return (path / MANIFEST).exists()


def is_starting(path: Path) -> bool:
    """Whether a process was launched for a run's folder and has not begun its session yet."""
    try:
        about = json.loads((path / LAUNCH).read_bytes())
        pid = about["pid"] if about["host"] == socket.gethostname() else None
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if not process_alive(pid):
        return False
    try:
        return Run.open(path).manifest.pid != pid
    except RunError:
        return True


def log_tail(path: Path, lines: int = 20) -> list[str]:
    """The last lines of `training.log`; none if the run was not started in the background."""
    try:
        with (path / LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - LOG_TAIL))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except OSError:
        return []


def check_no_run(path: Path) -> None:
    """Check that a new run can be made in a folder.

    Raises:
        RunError: the folder holds a run already, holds other files, or is a file.
    """
    if has_run(path):
        raise RunError(f"{path} holds a run already; `resume` it, or choose another `out`")
    if path.exists() and (not path.is_dir() or _names(path) - {LOG, LAUNCH}):
        raise RunError(f"{path} exists and is not an empty folder; choose another `out`")


def free_path(root: Path, stem: str) -> Path:
    """`root/stem`, or the first of `root/stem-2`, `root/stem-3`, ... that does not exist yet."""
    path, number = root / stem, 2
    while path.exists():
        path, number = root / f"{stem}-{number}", number + 1
    return path


def process_alive(pid: object) -> bool:
    """Whether a process of this number runs on this machine."""
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True


def _names(folder: Path) -> set[str]:
    return {inside.name for inside in folder.iterdir()}


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
