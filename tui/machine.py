"""How busy this machine is, and the training on it."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from typing import Any

from minibert.tui.view import View


@dataclass(frozen=True)
class Load:
    """What a machine is at; None is what cannot be said.

    Attributes:
        cores: that the machine has.
        busy: the share of them that is, from 0 to 1.
        memory: in use, in bytes.
        memory_total: in bytes.
        training_cores: that the training keeps busy, as a number of them.
        training_memory: what the training holds, in bytes.
    """

    cores: int | None = None
    busy: float | None = None
    memory: int | None = None
    memory_total: int | None = None
    training_cores: float | None = None
    training_memory: int | None = None


class Machine:
    """Measures the load since the measurement before."""

    def __init__(self) -> None:
        self._process: Any = None

    def measure(self, view: View) -> Load:
        """The load now.

        Args:
            view: the run; its process is looked at where it is on this machine.
        """
        psutil = _psutil()
        if psutil is None:
            return Load()
        memory = psutil.virtual_memory()
        training_cores, training_memory = self._measure_training(psutil, process_here(view))
        return Load(
            cores=psutil.cpu_count(),
            busy=psutil.cpu_percent() / 100.0,
            memory=memory.total - memory.available,
            memory_total=memory.total,
            training_cores=training_cores,
            training_memory=training_memory,
        )

    def _measure_training(self, psutil: Any, pid: int | None) -> tuple[float | None, int | None]:
        if pid is None:
            self._process = None
            return None, None
        try:
            if self._process is None or self._process.pid != pid:
                self._process = psutil.Process(pid)
            with self._process.oneshot():
                return self._process.cpu_percent() / 100.0, self._process.memory_info().rss
        except psutil.Error:  # it has ended, or is somebody else's
            self._process = None
            return None, None


def _psutil() -> Any:
    """The library, imported when it is first asked, after the first frame.

    None where a system has no build of it; then nothing is said.
    """
    try:
        import psutil  # type: ignore[import-untyped]
    except ImportError:
        return None
    return psutil


def process_here(view: View) -> int | None:
    """The number of the training's process, if it runs on this machine."""
    pid = view.manifest.get("pid")
    alive = view.state in ("running", "paused")
    if not alive or view.manifest.get("host") != socket.gethostname():
        return None
    return pid if isinstance(pid, int) and pid > 0 else None
