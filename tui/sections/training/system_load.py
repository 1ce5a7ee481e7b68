"""The load of this machine, and of the training on it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

from minibert.runs.manifest import ACTIVE
from minibert.tui.monitoring.run_snapshot import RunSnapshot


@dataclass(frozen=True)
class SystemLoad:
    """The load of a machine; None for each value that is unknown.

    Attributes:
        cores: the number of cores.
        busy: the busy share of the cores, from 0 to 1.
        memory: used memory, in bytes.
        memory_total: in bytes.
        training_cores: the number of cores that the training keeps busy.
        training_memory: resident memory of the training, in bytes.
    """

    cores: int | None = None
    busy: float | None = None
    memory: int | None = None
    memory_total: int | None = None
    training_cores: float | None = None
    training_memory: int | None = None


class SystemMonitor:
    """Measures the load since the measurement before; the first has no busy share."""

    def __init__(self) -> None:
        self._process: Any = None
        self._seconds: tuple[float, float] | None = None

    def measure(self, snapshot: RunSnapshot) -> SystemLoad:
        """The load now.

        Args:
            snapshot: the run; its process is measured if it runs on this machine.
        """
        psutil = _psutil()
        if psutil is None:
            return SystemLoad()
        memory = psutil.virtual_memory()
        training_cores, training_memory = self._measure_training(psutil, process_here(snapshot))
        return SystemLoad(
            cores=psutil.cpu_count(),
            busy=self._measure_busy(_seconds(psutil.cpu_times())),
            memory=memory.total - memory.available,
            memory_total=memory.total,
            training_cores=training_cores,
            training_memory=training_memory,
        )

    def _measure_busy(self, now: tuple[float, float]) -> float | None:
        """The share of all cores' time; `psutil.cpu_percent` keeps its state per thread."""
        before, self._seconds = self._seconds, now
        if before is None:
            return None
        passed, idle = now[0] - before[0], now[1] - before[1]
        return min(1.0, max(0.0, 1.0 - idle / passed)) if passed > 0.0 else None

    def _measure_training(self, psutil: Any, pid: int | None) -> tuple[float | None, int | None]:
        if pid is None:
            self._process = None
            return None, None
        try:
            is_new = self._process is None or self._process.pid != pid
            if is_new:
                self._process = psutil.Process(pid)
            with self._process.oneshot():
                cores = self._process.cpu_percent() / 100.0
                return None if is_new else cores, self._process.memory_info().rss
        except psutil.Error:  # the process has ended, or belongs to another user
            self._process = None
            return None, None


def _seconds(times: Any) -> tuple[float, float]:
    """The time of all cores, and its idle part; guest time is counted in `user` already."""
    guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
    return sum(times) - guests, times.idle + getattr(times, "iowait", 0.0)


def _psutil() -> Any:
    """The library, imported late so that the first frame does not wait; None if not installed."""
    try:
        import psutil  # type: ignore[import-untyped]
    except ImportError:
        return None
    return psutil


def process_here(snapshot: RunSnapshot) -> int | None:
    """The number of the training's process, if it runs on this machine."""
    manifest = snapshot.manifest
    if manifest is None or snapshot.state not in ACTIVE:
        return None
    return manifest.pid if manifest.host == socket.gethostname() else None
