"""Watching a run folder while a training writes to it.

The folder may not exist yet, be truncated by a resumed run, be damaged, or vanish. Each of these is
a state of the `RunSnapshot`, and none raises an exception.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from minibert.errors import RunError
from minibert.model.folder import CHECKPOINTS, checkpoints
from minibert.runs.control import pending
from minibert.runs.manifest import ACTIVE, MANIFEST, RunState
from minibert.runs.metrics import METRICS
from minibert.runs.run import (
    LAUNCH,
    LOG,
    Run,
    find_runs,
    has_run,
    is_starting,
    log_tail,
)
from minibert.tui.monitoring.metric_columns import MetricColumns
from minibert.tui.monitoring.metrics_tail import MetricsTail, Signature, signature
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_states import ViewState, current_state

CHOOSE_EVERY = 2.0  # seconds between two searches for another run in a folder of runs
LOG_LINES = 3  # of a training that ended badly
SILENT_AFTER = 2  # minutes without a row


def holds_runs(root: Path) -> bool:
    """Whether a folder is a run or holds one, readable or not."""
    return bool(_folders(root))


def folder_of_runs(root: Path) -> Path:
    """The folder itself, or the parent folder of a run."""
    return root.absolute().parent if has_run(root) else root


class RunWatcher:
    """Reads a run folder, or the running or newest run in a folder of runs, as it grows.

    Args:
        root: the run folder, or the folder of runs; it may not exist yet.
        clock: returns seconds since 1970, like the times of files.
    """

    def __init__(self, root: Path, clock: Callable[[], float] = time.time) -> None:
        self.root = root
        self._clock = clock
        self._chosen_at = float("-inf")
        self._shown: tuple[object, ...] | None = None
        self._open(None)

    def for_root(self, root: Path) -> RunWatcher:
        """A watcher of another run or folder of runs, by the same clock."""
        return RunWatcher(root, self._clock)

    @property
    def behind(self) -> bool:
        """Whether the last call of `poll` did not read all that there is."""
        return self._tail is not None and self._tail.behind

    def poll(self) -> RunSnapshot | None:
        """Read again.

        Returns:
            A snapshot, or None if nothing has changed since the last call.
        """
        self._choose()
        if self.path is not None:
            self._read_manifest(self.path)
            self._read_checkpoints(self.path)
            self._read_log(self.path)
        if self._tail is not None and self._tail.poll():
            self._version += 1
        snapshot = self._snapshot()
        shown = (
            snapshot.path,
            snapshot.state,
            snapshot.requested,
            snapshot.problem,
            snapshot.silent_minutes,
            self._version,
        )
        if shown == self._shown:
            return None
        self._shown = shown
        return snapshot

    # ---- which run ------------------------------------------------------------------------------

    def _open(self, path: Path | None) -> None:
        self.path = path
        self._run: Run | None = None
        self._unreadable: str | None = None
        self._deleted = False
        self._manifest_signature: Signature | None = None
        self._checkpoints: tuple[Path, ...] = ()
        self._checkpoints_signature: Signature | None = None
        self._log_lines: tuple[str, ...] = ()
        self._log_signature: Signature | None = None
        self._tail = None if path is None else MetricsTail(path / METRICS)
        self._version = 0

    def _choose(self) -> None:
        now = self._clock()
        if self.path == self.root or 0 <= now - self._chosen_at < CHOOSE_EVERY:
            return
        self._chosen_at = now
        best = _best_run(self.root)
        if self.path is None:
            if best is not None:
                self._open(best.path if isinstance(best, Run) else best)
            return
        running = self._run is not None and not self._deleted and self._run.state in ACTIVE
        if isinstance(best, Run) and best.state in ACTIVE and not running:
            self._open(best.path)

    # ---- reading --------------------------------------------------------------------------------

    def _read_manifest(self, path: Path) -> None:
        now = signature(path / MANIFEST)
        self._deleted = now is None and not path.exists()
        if now is not None and now == self._manifest_signature:
            return
        try:
            self._run = Run.open(path)
            self._unreadable = None
        except RunError as error:
            self._unreadable = str(error)
        if now != self._manifest_signature:
            self._manifest_signature = now
            self._version += 1

    def _read_checkpoints(self, path: Path) -> None:
        now = signature(path / CHECKPOINTS)
        if now != self._checkpoints_signature:
            self._checkpoints_signature = now
            self._checkpoints = tuple(checkpoints(path))
            self._version += 1

    def _read_log(self, path: Path) -> None:
        now = (
            signature(path / LOG) if self._state() in (RunState.CRASHED, RunState.FAILED) else None
        )
        if now != self._log_signature:
            self._log_signature = now
            self._log_lines = () if now is None else tuple(log_tail(path, LOG_LINES))
            self._version += 1

    # ---- the snapshot ---------------------------------------------------------------------------

    def _snapshot(self) -> RunSnapshot:
        state = self._state()
        silent = self._silent_minutes() if state == RunState.RUNNING else 0
        return RunSnapshot(
            path=self.path,
            state=state,
            manifest=None if self._run is None else self._run.manifest,
            train=MetricColumns.from_rows() if self._tail is None else self._tail.train,
            validation=MetricColumns.from_rows() if self._tail is None else self._tail.validation,
            checkpoints=self._checkpoints,
            problem=self._problem(state),
            log_lines=self._log_lines,
            silent_minutes=silent if silent >= SILENT_AFTER else 0,
            requested=pending(self.path) if self.path is not None and state in ACTIVE else None,
        )

    def _state(self) -> str:
        if self.path is None and (self.root / LAUNCH).exists():
            return RunState.STARTING if is_starting(self.root) else RunState.UNSTARTED
        if self.path is None:
            return ViewState.WAITING
        if self._deleted:
            return ViewState.DELETED
        if self._unreadable is not None or self._run is None:
            return RunState.UNREADABLE
        return current_state(self._run)

    def _problem(self, state: str) -> str | None:
        error = None if self._run is None else self._run.manifest.error
        sentences: dict[str, str] = {
            ViewState.WAITING: f"{self.root} holds no run yet. A training that is started "
            "there with minibert pretrain appears here.",
            RunState.STARTING: f"The training in {self.path or self.root} is starting.",
            RunState.UNSTARTED: f"The training in {self.root} did not start. Its last output: "
            + " ".join(log_tail(self.root, 1)),
            ViewState.DELETED: f"{self.path} was deleted or moved. The data that was read before "
            "is still shown.",
            RunState.UNREADABLE: f"{self._unreadable}.",
            RunState.CRASHED: "The process of this training crashed or was killed. P resumes from "
            "the newest checkpoint, as does --resume.",
            RunState.FAILED: f"The training ended with an error: {error}."
            if error
            else "The training ended with an error.",
            RunState.PAUSED: "The training is paused. P resumes it, as does minibert runs resume.",
            RunState.INTERRUPTED: "The training was stopped before its end. P resumes it, as does "
            "--resume.",
        }
        return sentences.get(state)

    def _silent_minutes(self) -> int:
        now = self._clock()
        rows = None if self._tail is None else self._tail.signature
        written = [stamp[0] / 1e9 for stamp in (rows, self._manifest_signature) if stamp]
        return max(0, int((now - max(written, default=now)) // 60))


def _folders(root: Path) -> list[Path]:
    """The run folders at or directly below `root`, the last changed one at the end."""
    files = [root / MANIFEST, *root.glob(f"*/{MANIFEST}")]
    stamped = [(stamp, file) for file in files if (stamp := signature(file))]
    return [file.parent for _, file in sorted(stamped)]


def _best_run(root: Path) -> Run | Path | None:
    """The running run that changed last, or the newest run, or the folder of a damaged one."""
    folders = _folders(root)
    if root in folders:
        return root
    try:
        runs = find_runs(root)
    except OSError:
        runs = []  # the folder vanished, or is not readable
    if not runs:
        return folders[-1] if folders else None
    by_change = sorted(runs, key=lambda run: run.manifest.updated)
    running = [run for run in by_change if run.state in ACTIVE]
    return running[-1] if running else runs[-1]
