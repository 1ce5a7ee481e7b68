"""Control of a training through a file in its run folder: `control.json` holds a request.

Whoever may write there asks: the application, `minibert runs pause`, a script. The training looks
between two steps, takes the request, does it, and says so in `minibert.json`. The format is in
docs/reference/run-folder.md. Neither side needs PyTorch.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, get_args

from minibert.errors import RunError
from minibert.io.files import write_atomically
from minibert.runs.run import ACTIVE, Run

Action = Literal["pause", "resume", "stop", "checkpoint"]
ACTIONS: tuple[Action, ...] = get_args(Action)

FORMAT = 1
REQUEST = "control.json"
TAKEN = "control.taken.json"  # the request that the training is doing
LOOK_EVERY = 0.5  # seconds between two looks for a request
PATIENCE = 60.0  # seconds that an answer is waited for: a step of a large model takes some
ENDING = 2.0  # seconds that a training may take from its last state to its last answer

# What a training can be asked for in each state.
_ACTIONS_IN: dict[str, tuple[Action, ...]] = {
    "running": ("pause", "checkpoint", "stop"),
    "paused": ("resume", "checkpoint", "stop"),
}


# ---- who asks -----------------------------------------------------------------------------------


def request(run: Run, action: Action) -> None:
    """Ask a training for something; it is done when `pending` says None again.

    Args:
        run: as it was opened just now.
        action: what to do. A request that was not taken yet is replaced.

    Raises:
        RunError: the run's state does not allow it, or it takes no requests.
        FileError: the folder cannot be written.
    """
    check_action(run, action)
    wish = {"format": FORMAT, "request": action, "session": run.manifest["session"]}
    write_atomically(run.path / REQUEST, (json.dumps(wish) + "\n").encode())


def check_action(run: Run, action: Action) -> None:
    """Raise if a run cannot be asked for something.

    Raises:
        RunError: its state does not allow it, or it takes no requests.
    """
    if action in _ACTIONS_IN.get(run.state, ()):
        if "session" in run.manifest:
            return
        raise RunError(
            f"{run.path} is trained by an older minibert, which takes no requests; "
            f"stop it by: kill {run.manifest.get('pid')}"
        )
    needed = [state for state, actions in _ACTIONS_IN.items() if action in actions]
    hint = ""
    if run.state in ("interrupted", "crashed", "failed"):
        hint = f"; go on with it by: minibert pretrain --resume --out {run.path}"
    raise RunError(f"{run.path} is {run.state}, and {action} is for a {needed[0]} training{hint}")


def pending(path: Path) -> str | None:
    """What a training was asked for and has not done yet."""
    for name in (TAKEN, REQUEST):
        wish = _read(path / name)
        if wish is not None:
            return str(wish.get("request"))
    return None


def wait_until_done(run: Run, patience: float = PATIENCE) -> Run:
    """Wait until a training has done what it was asked for, and read its run again.

    Args:
        run: that was asked.
        patience: in seconds.

    Raises:
        RunError: it has not within that time, or has ended without.
    """
    until = time.monotonic() + patience
    ended = math.inf
    while pending(run.path) is not None:
        now, state = time.monotonic(), Run.open(run.path).state
        if state not in ACTIVE:
            ended = min(ended, now)
        # A training that ends says so, and then takes the request away.
        if now > ended + ENDING:
            raise RunError(f"{run.path} is {state}, and did not do what it was asked for")
        if now > until:
            raise RunError(
                f"{run.path} has not answered within {patience:.0f} s; the request stays, and is "
                "taken when the step under way is done"
            )
        time.sleep(0.1)
    return Run.open(run.path)


# ---- who is asked -------------------------------------------------------------------------------


class RunControl:
    """What a training does when it is asked; for the process that writes the run folder.

    Args:
        run: the run, in a new session.
        stop: ends the training after the step under way.
        save: writes a checkpoint.
        note: tells a person.
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
        self._looked = time.monotonic()
        self._actions: dict[str, Callable[[], None]] = {
            "pause": self._pause,
            "resume": self._resume,
            "stop": stop,
            "checkpoint": save,
        }
        self._forget(TAKEN)  # left by a session that was killed

    def holds(self) -> bool:
        """Do what was asked for since the last look; whether the training is to hold now.

        To be called between two steps, as often as one likes: the disk is looked at now and then.

        Raises:
            FileError: the disk refuses the new state or the checkpoint.
        """
        now = time.monotonic()
        if now - self._looked >= LOOK_EVERY:
            self._looked = now
            action = self._take()
            if action is not None:
                action()
                if action is not self._actions["stop"]:  # which is done when all is saved
                    self._forget(TAKEN)
        return self._paused

    def close(self) -> None:
        """Say that nothing that was asked for is to be done any more: the training has ended."""
        for name in (REQUEST, TAKEN):
            self._forget(name)

    def _take(self) -> Callable[[], None] | None:
        """The request, out of the way of the next one; one to another session is dropped."""
        try:
            (self._run.path / REQUEST).replace(self._run.path / TAKEN)
        except OSError:
            return None
        wish = _read(self._run.path / TAKEN)
        if wish is not None and wish.get("session") == self._run.manifest["session"]:
            name = wish.get("request")
            if isinstance(name, str) and name in self._actions:
                return self._actions[name]
            self._note(f"{REQUEST} asks for {name!r}, which is not known")
        self._forget(TAKEN)
        return None

    def _pause(self) -> None:
        if not self._paused:
            self._paused = True
            self._run.set_state("paused")
            self._note(f"paused; go on by: minibert runs resume {self._run.path}")

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._run.set_state("running")
            self._note("going on after the pause")

    def _forget(self, name: str) -> None:
        (self._run.path / name).unlink(missing_ok=True)


def _read(file: Path) -> dict[str, Any] | None:
    """A request; None where there is none that can be read."""
    try:
        wish = json.loads(file.read_bytes())
    except (OSError, ValueError):
        return None
    if not isinstance(wish, dict) or not isinstance(wish.get("format"), int):
        return None
    return wish if wish["format"] <= FORMAT else None
