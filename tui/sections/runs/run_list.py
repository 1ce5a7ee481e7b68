"""All runs of a folder, read again and again: of each only what has changed."""

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

# What an entry is made from, beside whether the run's process lives.
_FILES = (MANIFEST, METRICS, CHECKPOINTS, LOG, LAUNCH, REQUEST, TAKEN)
_TROUBLED = (RunState.CRASHED, RunState.FAILED, RunState.STARTING, RunState.UNSTARTED)
WORDS = 8  # lines


@dataclass(frozen=True)
class Entry:
    """A run as the list shows it.

    Attributes:
        path: its folder.
        state: a state of `Run`, or `starting` (its process has not come to the training yet),
            `unstarted` (it never did), `unreadable`.
        manifest: what `minibert.json` says.
        summary: None where there is no run that can be read.
        losses: of training, evenly spread over the run.
        asked: what the training was asked for and has not done yet.
        problem: a sentence on why it cannot be read, or None.
        last_words: of its log, where it is starting or ended badly.
    """

    path: Path
    state: str
    manifest: Manifest | None = None
    summary: Summary | None = None
    losses: tuple[float, ...] = ()
    asked: str | None = None
    problem: str | None = None
    last_words: tuple[str, ...] = ()

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
        """Look again; the runs as they are now, or None when nothing has changed."""
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
    """A run as it is now; whatever is in its folder is shown, and nothing of it raised."""
    try:
        run = Run.open(path)
    except RunError as error:
        if (path / MANIFEST).exists():
            return Entry(path, RunState.UNREADABLE, problem=f"{error}.")
        state: str = RunState.STARTING if is_starting(path) else RunState.UNSTARTED
        return Entry(path, state, last_words=tuple(log_tail(path, WORDS)))
    state = current_state(run)
    return Entry(
        path,
        state,
        manifest=run.manifest,
        summary=summarize(run),
        losses=sample_losses(path / METRICS),
        asked=pending(path) if state in ACTIVE else None,
        last_words=tuple(log_tail(path, WORDS)) if state in _TROUBLED else (),
    )


def _with_current_state(entry: Entry) -> Entry:
    """A process can end without a word: then no file has changed, and the state has."""
    if entry.state in (*ACTIVE, RunState.STARTING) and _has_ended(entry):
        return read_entry(entry.path)
    return entry


def _has_ended(entry: Entry) -> bool:
    if entry.state == RunState.STARTING:
        return not is_starting(entry.path)
    return entry.manifest is None or Run(entry.path, entry.manifest).state not in ACTIVE


def _folders(root: Path) -> list[Path]:
    """The folders below `root` that hold a run or the start of one."""
    try:
        inside = sorted(root.iterdir())
    except OSError:
        return []
    return [p for p in inside if (p / MANIFEST).exists() or (p / LAUNCH).exists()]
