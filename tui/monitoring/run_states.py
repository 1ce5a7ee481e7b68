"""How a run's state is shown: by a sign, a word and a color, each of which is enough alone."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from minibert.runs.manifest import ACTIVE, RunState
from minibert.runs.run import Run, is_starting


class ViewState(str, Enum):
    """The states of a view of a run folder, beside those of `RunState`."""

    READING = "reading"  # nothing is known yet
    WAITING = "waiting"  # the folder holds no run yet
    DELETED = "deleted"  # the run was deleted while it was shown

    __str__ = str.__str__


class StateSign(NamedTuple):
    """The signs of a state."""

    sign: str
    word: str
    color: str  # as Textual's styles have it


STATES: dict[str, StateSign] = {
    RunState.RUNNING: StateSign("▶", "running", "$text-success"),
    RunState.FINISHED: StateSign("✓", "finished", "$text-primary"),
    RunState.PAUSED: StateSign("‖", "paused", "$text-warning"),
    RunState.INTERRUPTED: StateSign("■", "interrupted", "$text-warning"),
    RunState.FAILED: StateSign("✗", "failed", "$text-error"),
    RunState.CRASHED: StateSign("✗", "crashed", "$text-error"),
    RunState.STARTING: StateSign("…", "starting", "$text-success"),
    RunState.UNSTARTED: StateSign("✗", "not started", "$text-error"),
    ViewState.DELETED: StateSign("✗", "deleted", "$text-error"),
    RunState.UNREADABLE: StateSign("✗", "unreadable", "$text-error"),
    ViewState.READING: StateSign("…", "reading", "$foreground 65%"),
    ViewState.WAITING: StateSign("…", "waiting for a run", "$foreground 65%"),
}


def state_sign(state: str) -> StateSign:
    """The signs of a state; an unknown state of a newer minibert is shown verbatim."""
    return STATES.get(state, StateSign("?", str(state), "$foreground 65%"))


def current_state(run: Run) -> str:
    """A run's state, or `starting` if a process was launched to resume it."""
    state = run.state
    return RunState.STARTING if state not in ACTIVE and is_starting(run.path) else state
