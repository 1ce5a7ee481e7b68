"""The run folder: what a training leaves on disk, and how it is found and read again.

A run is a folder that is, from its first checkpoint on, a Hugging Face model folder, with beside it

- `minibert.json`: everything needed to repeat the run, and its state;
- `metrics.jsonl`: one `Metrics` row a line, appended as training goes;
- `checkpoints/step-N/`: weights and trainer state of the newest checkpoints (see `checkpoint.py`).

Reading needs no PyTorch, so that a viewer can start at once.
"""

from __future__ import annotations

import dataclasses
import json
import os
import socket
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minibert.config import PretrainOptions
from minibert.errors import FileError, RunError
from minibert.io.files import write_atomically
from minibert.runs.metrics import Metrics, as_line, parse_metrics

if TYPE_CHECKING:
    import io

RUNS = Path("runs")  # where runs are made and looked for when nothing else is said
FORMAT = 1
MANIFEST = "minibert.json"
METRICS = "metrics.jsonl"
LOG = "training.log"  # what a training says that was started in the background
LAUNCH = "launch.json"  # which process was started for it
ACTIVE = ("running", "paused")  # the states in which a process is at it


class Run:
    """One run folder.

    Attributes:
        path: the folder.
        manifest: what `minibert.json` says.
    """

    def __init__(self, path: Path, manifest: dict[str, Any]) -> None:
        self.path = path
        self.manifest = manifest

    @classmethod
    def create(cls, path: Path, manifest: dict[str, Any]) -> Run:
        """Make a new run folder.

        Raises:
            RunError: there is a run in the folder already.
            FileError: the folder cannot be written.
        """
        check_no_run(path)
        now = _now()
        run = cls(path, {"format": FORMAT, "created": now, "updated": now, **manifest})
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
            RunError: the folder holds no run, a damaged one, or one of a newer format.
        """
        file = path / MANIFEST
        try:
            manifest = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise RunError(f"{path} holds no run: there is no {MANIFEST} in it") from None
        except (OSError, ValueError) as error:
            raise RunError(f"{file} cannot be read: {error}") from None
        if not isinstance(manifest, dict) or not isinstance(manifest.get("format"), int):
            raise RunError(f"{file} is not a run's description")
        if manifest["format"] > FORMAT:
            raise RunError(
                f"{path} was written by a newer minibert (format {manifest['format']}, "
                f"this one reads {FORMAT}); update minibert to read it"
            )
        return cls(path, manifest)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.resolve().name

    @property
    def state(self) -> str:
        """What the training said last, or `crashed` when it is gone without a word.

        It says `running`, `paused`, `finished`, `interrupted` or `failed`.
        """
        state = str(self.manifest.get("state", "unknown"))
        here = self.manifest.get("host") == socket.gethostname()
        if state in ACTIVE and here and not process_alive(self.manifest.get("pid")):
            return "crashed"
        return state

    def inputs(self) -> list[str]:
        """The corpus as it was named, by absolute paths; none of them is the default corpus.

        Raises:
            RunError: the description does not say.
        """
        inputs = self.manifest.get("inputs")
        if not isinstance(inputs, list):
            raise RunError(f"{self.path / MANIFEST} does not say what the run was trained on")
        return [str(item) for item in inputs]

    def options(self) -> PretrainOptions:
        """The options that the run was started with; those it did not know have their defaults.

        Raises:
            RunError: the description has none.
            OptionError: one of them cannot be.
        """
        options = self.manifest.get("options")
        if not isinstance(options, dict):
            raise RunError(f"{self.path / MANIFEST} does not say how the run was trained")
        known = {field.name for field in dataclasses.fields(PretrainOptions)}
        try:
            return PretrainOptions(**{k: v for k, v in options.items() if k in known})
        except TypeError as error:
            raise RunError(
                f"{self.path / MANIFEST} has an option that cannot be: {error}"
            ) from None

    def begin_session(self) -> None:
        """Say that this process trains the run from now on; requests name the session's number."""
        self.manifest["session"] = self.manifest.get("session", 0) + 1
        self.set_state("running")
        (self.path / LAUNCH).unlink(missing_ok=True)

    def set_state(self, state: str, error: str | None = None) -> None:
        """Write the state, with the time, the process that says so and what went wrong, if any."""
        self.manifest |= {
            "state": state,
            "error": error,
            "updated": _now(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
        }
        text = json.dumps(self.manifest, indent=2, ensure_ascii=False) + "\n"
        write_atomically(self.path / MANIFEST, text.encode())

    def log(self, row: Metrics) -> None:
        """Append a row to `metrics.jsonl`.

        Raises:
            FileError: the disk refuses; the rows that were there are whole still.
        """
        try:
            with (self.path / METRICS).open("ab", buffering=0) as file:
                _append_whole(file, as_line(row))
        except OSError as error:
            raise FileError(f"{self.path / METRICS} cannot be written: {error.strerror}") from None

    def sync_metrics(self) -> None:
        """Have the disk keep the rows: a checkpoint that comes after them must not outlive them."""
        try:
            with (self.path / METRICS).open("rb+") as file:
                os.fsync(file.fileno())
        except OSError as error:
            raise FileError(f"{self.path / METRICS} cannot be written: {error.strerror}") from None

    def truncate_metrics(self, step: int, *, at_end: bool = False) -> None:
        """Drop the rows that a run resumed after `step` writes again.

        Args:
            step: the checkpoint's.
            at_end: whether nothing but the last evaluation, which is at that step, is left to do.
        """

        def stays(row: Metrics) -> bool:
            evaluated_again = at_end and row.split == "validation"
            return row.step < step if evaluated_again else row.step <= step

        kept = b"".join(as_line(row) for row in self.metrics() if stays(row))
        write_atomically(self.path / METRICS, kept)

    def metrics(self) -> list[Metrics]:
        """All rows so far; a last line that is still being written is left out."""
        return parse_metrics(self._metrics_bytes())[0]

    def last_evaluation(self) -> Metrics | None:
        """The newest validation row, found from the end: a long run has many rows."""
        data = self._metrics_bytes()
        place = data.rfind(b'"split": "validation"')
        if place < 0:
            return None
        rows, _ = parse_metrics(data[data.rfind(b"\n", 0, place) + 1 :])
        return next((row for row in rows if row.split == "validation"), None)

    def _metrics_bytes(self) -> bytes:
        try:
            return (self.path / METRICS).read_bytes()
        except OSError:
            return b""


def find_runs(root: Path) -> list[Run]:
    """The runs in a folder, oldest first; `root` may be a run itself."""
    if (root / MANIFEST).is_file():
        return [Run.open(root)]
    runs = []
    for path in sorted(root.iterdir()) if root.is_dir() else []:
        try:
            runs.append(Run.open(path))
        except RunError:
            continue
    return sorted(runs, key=lambda run: str(run.manifest.get("created")))


def newest_run(root: Path, states: tuple[str, ...]) -> Run | None:
    """The run whose state was written last, among those in one of the states."""
    runs = [run for run in find_runs(root) if run.state in states]
    return max(runs, key=lambda run: str(run.manifest.get("updated")), default=None)


def has_run(path: Path) -> bool:
    """Whether a folder holds a run, of whatever state."""
    return (path / MANIFEST).exists()


def is_starting(path: Path) -> bool:
    """Whether a process was started for a run's folder, and has not come to its training yet."""
    try:
        about = json.loads((path / LAUNCH).read_bytes())
        pid = about["pid"] if about["host"] == socket.gethostname() else None
    except (OSError, ValueError, KeyError, TypeError):
        return False
    if not process_alive(pid):
        return False
    try:
        return Run.open(path).manifest.get("pid") != pid
    except RunError:
        return True


def log_tail(path: Path, lines: int = 20) -> list[str]:
    """The last lines of what a run that was started in the background has said; none without."""
    try:
        with (path / LOG).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 64 * 1024))
            return file.read().decode(errors="replace").splitlines()[-lines:]
    except OSError:
        return []


def check_no_run(path: Path) -> None:
    """Raise if a new run cannot be put there.

    Raises:
        RunError: the folder holds a run already, holds other files, or is a file.
    """
    if has_run(path):
        raise RunError(
            f"{path} holds a run already; go on with it by --resume, or choose another --out"
        )
    if path.exists() and (not path.is_dir() or _names(path) - {LOG, LAUNCH}):
        raise RunError(f"{path} exists and is not an empty folder; choose another --out")


def free_path(root: Path, stem: str) -> Path:
    """`root/stem`, or the first of `root/stem-2`, `root/stem-3`, ... that is not there yet."""
    path, number = root / stem, 2
    while path.exists():
        path, number = root / f"{stem}-{number}", number + 1
    return path


def _names(folder: Path) -> set[str]:
    return {inside.name for inside in folder.iterdir()}


def _append_whole(file: io.FileIO, line: bytes) -> None:
    before = file.seek(0, os.SEEK_END)
    try:
        written = file.write(line)
        if written != len(line):  # the first part fitted; asked again, the disk says why no more
            file.write(line[written:])
    except OSError:
        file.truncate(before)
        raise


def _now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")


def process_alive(pid: object) -> bool:
    """Whether there is a process of this number on this machine."""
    if not isinstance(pid, int):
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except OSError:
        return True
    return True
