"""Reading the open run in a thread, so that no screen waits for a disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_watcher import RunWatcher

POLL_EVERY = 0.25  # seconds


class RunPoller:
    """Reads the open run repeatedly, and reports every change.

    Args:
        watcher: of the run that is open at first; used by one thread at a time.
    """

    def __init__(self, watcher: RunWatcher) -> None:
        self._watcher = watcher
        self._next_root: Path | None = None
        self._awake = threading.Event()
        self._closed = False

    def open(self, root: Path) -> None:
        """Read another run or folder of runs from now on; may be called from any thread."""
        self._next_root = root
        self._awake.set()

    def read(self) -> RunSnapshot | None:
        """A snapshot of the run, or None if nothing has changed."""
        root, self._next_root = self._next_root, None
        if root is not None:
            self._watcher = self._watcher.for_root(root)
        return self._watcher.poll()

    def read_whole(self) -> RunSnapshot | None:
        """As `read`, but until all of the run is read."""
        snapshot = self.read()
        while self._watcher.behind:
            snapshot = self.read() or snapshot
        return snapshot

    def follow(self, tell: Callable[[RunSnapshot], object]) -> None:
        """Read until `close`, in this thread.

        Args:
            tell: called with the snapshot after every change.
        """
        while not self._closed:
            snapshot = self.read()
            if snapshot is not None:
                tell(snapshot)
            self._awake.wait(0.0 if self._watcher.behind else POLL_EVERY)
            self._awake.clear()

    def close(self) -> None:
        """End `follow`; may be called from any thread."""
        self._closed = True
        self._awake.set()
