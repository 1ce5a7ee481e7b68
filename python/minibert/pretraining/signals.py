"""Stopping when asked: the first Ctrl-C, SIGTERM or SIGHUP is a wish, the second an order."""

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
    """Let the first SIGINT, SIGTERM or SIGHUP call `stop`, and the next do what it always did.

    Args:
        stop: is told which signal it was.
        launched: by a program that passes signals on, as `torchrun` does. Ctrl-C comes twice then,
            from the terminal and from there, and the next signals do nothing; the launcher itself
            ends what does not stop within its patience.

    What is ignored stays ignored, as SIGHUP is under nohup. Outside the main thread, where signals
    are somebody else's, nothing is changed.
    """
    before: dict[signal.Signals, Any] = {}

    def again(number: int, frame: object) -> None:
        pass

    def first(number: int, frame: object) -> None:
        if launched:
            for each in before:
                signal.signal(each, again)
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
    """Send what is still said to a terminal, which is gone, nowhere: writing to it is an error."""
    for descriptor in (1, 2):
        with suppress(OSError):
            if stat.S_ISCHR(os.fstat(descriptor).st_mode):
                nowhere = os.open(os.devnull, os.O_WRONLY)
                os.dup2(nowhere, descriptor)
                os.close(nowhere)
