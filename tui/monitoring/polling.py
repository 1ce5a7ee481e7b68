"""Which run is open: read in a thread, so that no screen ever waits for a disk."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_watcher import RunWatcher

POLL_EVERY = 0.25  # seconds


class RunPoller:
    """Reads the open run again and again, and tells of it when it has changed.

    Args:
        watcher: of the run that is open at first; used by one thread at a time.
    """

    def __init__(self, watcher: RunWatcher) -> None:
        self._watcher = watcher
        self._asked: Path | None = None
        self._awake = threading.Event()
        self._closed = False

    def open(self, root: Path) -> None:
        """Read another run, or the best one of a folder of runs, from now on; from any thread."""
        self._asked = root
        self._awake.set()

    def read(self) -> RunSnapshot | None:
        """The run as it is now, or None when it is as it was."""
        asked, self._asked = self._asked, None
        if asked is not None:
            self._watcher = self._watcher.of(asked)
        return self._watcher.poll()

    def read_whole(self) -> RunSnapshot | None:
        """As `read`, however long it takes."""
        snapshot = self.read()
        while self._watcher.behind:
            snapshot = self.read() or snapshot
        return snapshot

    def follow(self, tell: Callable[[RunSnapshot], object]) -> None:
        """Read until `close`, in this thread.

        Args:
            tell: is given every change.
        """
        while not self._closed:
            snapshot = self.read()
            if snapshot is not None:
                tell(snapshot)
            self._awake.wait(0.0 if self._watcher.behind else POLL_EVERY)
            self._awake.clear()

    def close(self) -> None:
        """Let `follow` return; from any thread."""
        self._closed = True
        self._awake.set()
