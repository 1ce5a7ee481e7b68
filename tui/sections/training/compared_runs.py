"""The runs that the open one is compared with, read by a thread, a part at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from minibert.tui.monitoring.polling import POLL_EVERY
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_watcher import RunWatcher


class ComparedRuns:
    """Reads several runs in turn, so that the others do not wait for a long one.

    Args:
        tell: called in the thread of `follow` with all snapshots whenever one has changed.
    """

    def __init__(self, tell: Callable[[tuple[RunSnapshot, ...]], object]) -> None:
        self._tell = tell
        self._chosen: tuple[Path, ...] = ()
        self._watchers: dict[Path, RunWatcher] = {}
        self._snapshots: dict[Path, RunSnapshot] = {}
        self._awake = threading.Event()
        self._closed = False

    def choose(self, paths: Sequence[Path]) -> None:
        """Read these runs from now on; may be called from any thread."""
        self._chosen = tuple(paths)
        self._awake.set()

    def follow(self) -> None:
        """Read until `close`, in this thread."""
        while not self._closed:
            self.read()
            self._awake.wait(0.0 if self.behind else POLL_EVERY)
            self._awake.clear()

    @property
    def behind(self) -> bool:
        """Whether the last call of `read` did not read all that there is."""
        return any(watcher.behind for watcher in self._watchers.values())

    def read(self) -> None:
        """Read every run once."""
        chosen = self._chosen
        changed = chosen != tuple(self._watchers)
        if changed:
            self._watchers = {p: self._watchers.get(p) or RunWatcher(p) for p in chosen}
        for path, watcher in self._watchers.items():
            snapshot = watcher.poll()
            if snapshot is not None:
                self._snapshots[path] = snapshot
                changed = True
        if changed and not self._closed:
            self._snapshots = {
                path: self._snapshots[path] for path in chosen if path in self._snapshots
            }
            self._tell(tuple(self._snapshots.values()))

    def close(self) -> None:
        """End `follow`; may be called from any thread."""
        self._closed = True
        self._awake.set()
