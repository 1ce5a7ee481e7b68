"""Control of a training through a file in its run folder: `control.json` holds a request.

Anyone who can write to the folder makes requests: the application, `minibert runs pause`, a script.
The training looks for one between two steps, executes it, and writes its new state to
`minibert.json`. docs/reference/run-folder.md describes the format. Neither side needs PyTorch.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

from minibert.errors import RunError
from minibert.io.files import write_atomically
from minibert.runs.manifest import ACTIVE, RESUMABLE, RunState
from minibert.runs.run import Run

if TYPE_CHECKING:
    from pathlib import Path

Action = Literal["pause", "resume", "stop", "checkpoint"]

FORMAT = 2
REQUEST = "control.json"
TAKEN = "control.taken.json"  # the request that the training is executing
LOOK_EVERY = 0.5  # seconds between two looks for a request
PATIENCE = 60.0  # seconds to wait for an answer: a step of a large model takes some
ENDING = 2.0  # seconds that a training may take from its last state to its last answer

_ACTIONS_IN: dict[str, tuple[Action, ...]] = {
    RunState.RUNNING: ("pause", "checkpoint", "stop"),
    RunState.PAUSED: ("resume", "checkpoint", "stop"),
}
"""The requests that a training executes, by its state."""


# ---- the side that requests ---------------------------------------------------------------------


def request(run: Run, action: Action) -> None:
    """Request something from a training. It is done when `pending` returns None again.

    Args:
        run: the run, opened just now.
        action: replaces a request that the training has not taken yet.

    Raises:
        RunError: the run's state does not allow the action.
        FileError: the folder cannot be written.
    """
    check_action(run, action)
    content = {"format": FORMAT, "request": action, "session": run.manifest.session}
    write_atomically(run.path / REQUEST, (json.dumps(content) + "\n").encode())


def check_action(run: Run, action: Action) -> None:
    """Check that a run's state allows an action.

    Raises:
        RunError: the state does not.
    """
    if action in _ACTIONS_IN.get(run.state, ()):
        return
    needed = next(state for state, actions in _ACTIONS_IN.items() if action in actions)
    problem = f"{run.path} is {run.state}, and {action} is for a {needed} training"
    if run.state in RESUMABLE:
        raise RunError(
            problem, advice="`resume` the run first", cause="run_stopped", run=str(run.path)
        )
    raise RunError(problem)


def pending(path: Path) -> str | None:
    """The request to a training that is not executed yet, or None."""
    for name in (TAKEN, REQUEST):
        content = _read(path / name)
        if content is not None:
            return str(content.get("request"))
    return None


def wait_until_done(run: Run, patience: float = PATIENCE) -> Run:
    """Wait until a training has executed its request.

    Args:
        run: the run with the request.
        patience: the longest wait, in seconds.

    Returns:
        The run, opened again.

    Raises:
        RunError: the training has not executed it within that time, or has ended without.
    """
    until = time.monotonic() + patience
    ended = math.inf
    while pending(run.path) is not None:
        now, state = time.monotonic(), Run.open(run.path).state
        if state not in ACTIVE:
            ended = min(ended, now)
        # A training that ends writes its state first, and removes the request afterwards.
        if now > ended + ENDING:
            raise RunError(f"{run.path} is {state}, and did not execute the request")
        if now > until:
            raise RunError(
                f"{run.path} has not answered within {patience:.0f} s; the request stays, and is "
                "executed after the current step"
            )
        time.sleep(0.1)
    return Run.open(run.path)


# ---- the side that executes ---------------------------------------------------------------------


class RunControl:
    """Executes requests, in the process that trains the run.

    Args:
        run: the run, in a new session.
        stop: ends the training after the current step.
        save: writes a checkpoint.
        note: prints a line for the user.
    """

    def __init__(
        self,
        run: Run,
        stop: Callable[[], None],
        save: Callable[[], None],
        note: Callable[[str], None],
    ) -> None:
        self._run = run
        self._note = note
        self._paused = False
        self._looked_at = time.monotonic()
        self._actions: dict[str, Callable[[], None]] = {
            "pause": self._pause,
            "resume": self._resume,
            "stop": stop,
            "checkpoint": save,
        }
        self._remove(TAKEN)  # left by a session that was killed

    def should_pause(self) -> bool:
        """Execute a request if there is one, and say whether the training is paused now.

        Call this between two steps, as often as you like: the disk is read twice per second.

        Raises:
            FileError: the new state or the checkpoint cannot be written.
        """
        now = time.monotonic()
        if now - self._looked_at >= LOOK_EVERY:
            self._looked_at = now
            action = self._take_request()
            if action is not None:
                action()
                if action is not self._actions["stop"]:  # done only when the training has ended
                    self._remove(TAKEN)
        return self._paused

    def close(self) -> None:
        """Remove all requests: the training has ended."""
        for name in (REQUEST, TAKEN):
            self._remove(name)

    def _take_request(self) -> Callable[[], None] | None:
        """Rename the request, so that the next one can be written, and return its action.

        A request to another session is dropped.
        """
        try:
            (self._run.path / REQUEST).replace(self._run.path / TAKEN)
        except OSError:
            return None
        content = _read(self._run.path / TAKEN)
        if content is not None and content.get("session") == self._run.manifest.session:
            name = content.get("request")
            if isinstance(name, str) and name in self._actions:
                return self._actions[name]
            self._note(f"{REQUEST} has the unknown request {name!r}")
        self._remove(TAKEN)
        return None

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._run.set_state(RunState.PAUSED)
            self._note(f"paused; resume with: minibert runs resume {self._run.path}")

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._run.set_state(RunState.RUNNING)
            self._note("resumed after the pause")

    def _remove(self, name: str) -> None:
        (self._run.path / name).unlink(missing_ok=True)


def _read(file: Path) -> dict[str, Any] | None:
    """A request; None if there is none of this format."""
    try:
        content = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    is_known = isinstance(content, dict) and content.get("format") == FORMAT
    return content if is_known else None
