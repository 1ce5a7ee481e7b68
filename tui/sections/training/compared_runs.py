"""The runs that the open one is compared with: read in a thread of their own, a part at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from minibert.tui.monitoring.polling import POLL_EVERY
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_watcher import RunWatcher


class ComparedRuns:
    """Reads several runs in turn, so that long ones do not keep the others waiting.

    Args:
        tell: is given all snapshots whenever one has changed; called from `follow`'s thread.
    """

    def __init__(self, tell: Callable[[tuple[RunSnapshot, ...]], object]) -> None:
        self._tell = tell
        self._asked: tuple[Path, ...] = ()
        self._watchers: dict[Path, RunWatcher] = {}
        self._snapshots: dict[Path, RunSnapshot] = {}
        self._awake = threading.Event()
        self._closed = False

    def choose(self, paths: Sequence[Path]) -> None:
        """Read these from now on; from any thread."""
        self._asked = tuple(paths)
        self._awake.set()

    def follow(self) -> None:
        """Read until `close`, in this thread."""
        while not self._closed:
            self.read()
            self._awake.wait(0.0 if self.behind else POLL_EVERY)
            self._awake.clear()

    @property
    def behind(self) -> bool:
        """Whether there is more to read at once than the last look took."""
        return any(watcher.behind for watcher in self._watchers.values())

    def read(self) -> None:
        """Look at every run once."""
        asked = self._asked
        changed = asked != tuple(self._watchers)
        if changed:
            self._watchers = {p: self._watchers.get(p) or RunWatcher(p) for p in asked}
        for path, watcher in self._watchers.items():
            snapshot = watcher.poll()
            if snapshot is not None:
                self._snapshots[path] = snapshot
                changed = True
        if changed and not self._closed:
            self._snapshots = {
                path: self._snapshots[path] for path in asked if path in self._snapshots
            }
            self._tell(tuple(self._snapshots.values()))

    def close(self) -> None:
        """Let `follow` return; from any thread."""
        self._closed = True
        self._awake.set()
