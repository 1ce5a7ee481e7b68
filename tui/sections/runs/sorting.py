"""The order of the runs in the list, and its filter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from minibert.runs.manifest import ACTIVE, RunState
from minibert.tui.monitoring.run_states import state_sign
from minibert.tui.sections.runs.run_list import Entry

NEWEST = "newest"


def _created(entry: Entry) -> str | None:
    return entry.summary.created if entry.summary else None


def _of_summary(name: str) -> Callable[[Entry], Any]:
    return lambda entry: getattr(entry.summary, name, None)


# The orders of runs: the value, and whether the greatest is first.
ORDERS: dict[str, tuple[Callable[[Entry], Any], bool]] = {
    NEWEST: (_created, True),
    "name": (lambda entry: entry.name.casefold(), False),
    "state": (lambda entry: state_sign(entry.state).word, False),
    "step": (_of_summary("step"), True),
    "loss": (_of_summary("mlm_loss"), False),
    "speed": (_of_summary("tokens_per_second"), True),
    "left": (lambda e: _of_summary("seconds_left")(e) if e.state in ACTIVE else None, False),
    "size": (_of_summary("stored_bytes"), True),
}


def in_order(entries: Iterable[Entry], order: str, reverse: bool) -> list[Entry]:
    """Sort runs.

    Args:
        entries: the runs.
        order: one of `ORDERS`. With `newest`, active trainings come first.
        reverse: reverses the order; runs without a value stay at the bottom.
    """
    value, greatest_first = ORDERS[order]
    by_name = sorted(entries, key=lambda entry: entry.name.casefold())
    known = [entry for entry in by_name if value(entry) is not None]
    unknown = [entry for entry in by_name if value(entry) is None]
    ordered = sorted(known, key=value, reverse=greatest_first != reverse) + unknown
    if order == NEWEST:
        ordered.sort(key=lambda entry: entry.state not in (*ACTIVE, RunState.STARTING))
    return ordered


def matches(entry: Entry, words: str) -> bool:
    """Whether a run has each of the words in its name or its state."""
    text = f"{entry.name} {state_sign(entry.state).word} {entry.state}".casefold()
    return all(word in text for word in words.casefold().split())
