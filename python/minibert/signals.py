"""Stopping when asked: the first Ctrl-C or SIGTERM is a wish, the second an order."""

from __future__ import annotations

import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def first_signal_calls(stop: Callable[[], None]) -> Iterator[None]:
    """Let the first SIGINT or SIGTERM call `stop`, and the next do what it always did.

    Outside the main thread, where signals are somebody else's, nothing is changed.
    """
    before: dict[signal.Signals, Any] = {}

    def first(number: int, frame: object) -> None:
        restore()
        stop()

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    try:
        before.update({number: signal.signal(number, first) for number in _SIGNALS})
    except ValueError:
        yield
        return
    try:
        yield
    finally:
        restore()
