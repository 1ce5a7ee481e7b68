"""Graceful shutdown: the first Ctrl-C, SIGTERM or SIGHUP asks the training to stop.

A second signal has its default effect: SIGINT raises `KeyboardInterrupt`, SIGTERM and SIGHUP end
the process. Under a launcher such as `torchrun`, further signals are ignored.
"""

from __future__ import annotations

import os
import signal
import stat
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGNALS = [signal.SIGINT, signal.SIGTERM]
if hasattr(signal, "SIGHUP"):  # a closed terminal; Windows has none
    _SIGNALS.append(signal.SIGHUP)


@contextmanager
def graceful_shutdown(
    stop: Callable[[signal.Signals], None], *, launched: bool = False
) -> Iterator[None]:
    """Let the first SIGINT, SIGTERM or SIGHUP call `stop`, and restore the handlers for the next.

    Args:
        stop: called with the signal.
        launched: whether a launcher such as `torchrun` forwards signals. Ctrl-C then arrives twice,
            from the terminal and from the launcher, so further signals are ignored; the launcher
            kills processes that do not stop in time.

    Ignored signals stay ignored, such as SIGHUP under nohup. Outside the main thread, which cannot
    set handlers, nothing changes.
    """
    before: dict[signal.Signals, Any] = {}

    def ignore(number: int, frame: object) -> None:
        pass

    def first(number: int, frame: object) -> None:
        if launched:
            for each in before:
                signal.signal(each, ignore)
        else:
            restore()
        if number == getattr(signal, "SIGHUP", None):
            _leave_terminal()
        stop(signal.Signals(number))

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    try:
        for number in _SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, first)
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        restore()


def _leave_terminal() -> None:
    """Redirect output from the closed terminal to the null device; writing to it would fail."""
    for descriptor in (1, 2):
        with suppress(OSError):
            if stat.S_ISCHR(os.fstat(descriptor).st_mode):
                null = os.open(os.devnull, os.O_WRONLY)
                os.dup2(null, descriptor)
                os.close(null)
