"""How a run's state is shown: each has a sign, a word and a color, and each says it alone."""

from __future__ import annotations

from typing import NamedTuple

from minibert.runs.run import ACTIVE, Run, is_starting


class StateSign(NamedTuple):
    """What stands for a state."""

    sign: str
    word: str
    color: str  # as Textual's styles have it


STATES = {
    "running": StateSign("▶", "running", "$text-success"),
    "finished": StateSign("✓", "finished", "$text-primary"),
    "paused": StateSign("‖", "paused", "$text-warning"),
    "interrupted": StateSign("■", "interrupted", "$text-warning"),
    "failed": StateSign("✗", "failed", "$text-error"),
    "crashed": StateSign("✗", "crashed", "$text-error"),
    "starting": StateSign("…", "starting", "$text-success"),
    "unstarted": StateSign("✗", "not begun", "$text-error"),
    "deleted": StateSign("✗", "deleted", "$text-error"),
    "unreadable": StateSign("✗", "unreadable", "$text-error"),
    "reading": StateSign("…", "reading", "$foreground 65%"),
    "waiting": StateSign("…", "waiting for a run", "$foreground 65%"),
}


def state_sign(state: str) -> StateSign:
    """What stands for a state; one that is not known stands for itself."""
    return STATES.get(state, StateSign("?", state, "$foreground 65%"))


def state_of(run: Run) -> str:
    """A run's state, or `starting` while a process that goes on with it is on its way there."""
    state = run.state
    return "starting" if state not in ACTIVE and is_starting(run.path) else state
