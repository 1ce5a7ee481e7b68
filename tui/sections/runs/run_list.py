"""All runs of a folder, read repeatedly; of each run only the changes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from minibert.errors import RunError
from minibert.model.folder import CHECKPOINTS
from minibert.runs.control import REQUEST, TAKEN, pending
from minibert.runs.manifest import ACTIVE, MANIFEST, Manifest, RunState
from minibert.runs.metrics import METRICS
from minibert.runs.run import LAUNCH, LOG, Run, is_starting, log_tail
from minibert.runs.summary import Summary, summarize
from minibert.tui.monitoring.metrics_tail import Signature, signature
from minibert.tui.monitoring.run_states import current_state
from minibert.tui.sections.runs.sparkline import sample_losses

# The files of an entry; its state also depends on whether the run's process is alive.
_FILES = (MANIFEST, METRICS, CHECKPOINTS, LOG, LAUNCH, REQUEST, TAKEN)
_TROUBLED = (RunState.CRASHED, RunState.FAILED, RunState.STARTING, RunState.UNSTARTED)
LOG_LINES = 8  # lines


@dataclass(frozen=True)
class Entry:
    """A run in the list.

    Attributes:
        path: its folder.
        state: a `RunState`, or a state that only a newer minibert knows.
        manifest: `minibert.json`; None if there is no readable run.
        summary: None if there is no readable run.
        losses: of training, evenly spread over the run.
        requested: the pending request to the training, or None.
        problem: a sentence on why the run is unreadable, or None.
        log_lines: the end of its log, if it is starting or ended badly.
    """

    path: Path
    state: str
    manifest: Manifest | None = None
    summary: Summary | None = None
    losses: tuple[float, ...] = ()
    requested: str | None = None
    problem: str | None = None
    log_lines: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name


class RunList:
    """Reads the runs directly below a folder.

    Args:
        root: the folder; it may not exist yet.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._read: dict[Path, tuple[tuple[Signature | None, ...], Entry]] = {}
        self._shown: list[Entry] | None = None

    def poll(self) -> list[Entry] | None:
        """Read again; returns the runs, or None if nothing has changed."""
        read = {}
        for path in _folders(self.root):
            signatures = tuple(signature(path / name) for name in _FILES)
            before = self._read.get(path)
            if before is not None and before[0] == signatures:
                entry = _with_current_state(before[1])
            else:
                entry = read_entry(path)
            read[path] = signatures, entry
        self._read = read
        entries = [entry for _, entry in read.values()]
        if entries == self._shown:
            return None
        self._shown = entries
        return entries


def read_entry(path: Path) -> Entry:
    """Read a run; a problem with its folder is shown, not raised."""
    try:
        run = Run.open(path)
    except RunError as error:
        if (path / MANIFEST).exists():
            return Entry(path, RunState.UNREADABLE, problem=f"{error}.")
        state: str = RunState.STARTING if is_starting(path) else RunState.UNSTARTED
        return Entry(path, state, log_lines=tuple(log_tail(path, LOG_LINES)))
    state = current_state(run)
    return Entry(
        path,
        state,
        manifest=run.manifest,
        summary=summarize(run),
        losses=sample_losses(path / METRICS),
        requested=pending(path) if state in ACTIVE else None,
        log_lines=tuple(log_tail(path, LOG_LINES)) if state in _TROUBLED else (),
    )


def _with_current_state(entry: Entry) -> Entry:
    """Read a run again if its process has ended, which changes its state but no file."""
    if entry.state in (*ACTIVE, RunState.STARTING) and _has_ended(entry):
        return read_entry(entry.path)
    return entry


def _has_ended(entry: Entry) -> bool:
    if entry.state == RunState.STARTING:
        return not is_starting(entry.path)
    return entry.manifest is None or Run(entry.path, entry.manifest).state not in ACTIVE


def _folders(root: Path) -> list[Path]:
    """The folders directly below `root` with a run or a launched training."""
    try:
        inside = sorted(root.iterdir())
    except OSError:
        return []
    return [p for p in inside if (p / MANIFEST).exists() or (p / LAUNCH).exists()]
