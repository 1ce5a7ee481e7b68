"""What the sections that steer trainings have in common."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from minibert.config import PretrainOptions
from minibert.errors import MinibertError
from minibert.pretraining.launch import launch
from minibert.runs.control import Action, request
from minibert.runs.manifest import ACTIVE, RESUMABLE, RunState
from minibert.runs.run import Run
from minibert.tui.dialogs.confirm import ConfirmScreen
from minibert.tui.sections.base import SectionScreen


class ControlledRun(NamedTuple):
    """The run that keys are about."""

    path: Path
    name: str
    state: str


class RunControlScreen(SectionScreen):
    """A section from which a training is paused, gone on with, saved and stopped.

    Subclasses have `steered`, and bind the actions to keys. What a training has done of what it was
    asked for is read from its folder, as all else is.
    """

    @property
    def steered(self) -> ControlledRun | None:
        """The run that keys are about; None where there is none."""
        raise NotImplementedError

    def work_done(self) -> None:
        """Called in a thread after something was done to a run."""

    def action_pause(self) -> None:
        """Pause what runs, let go on what is paused, and start again what was stopped."""
        run = self.steered
        if run is None:
            return
        if run.state in RESUMABLE:
            question = f"Go on with {run.name} from its newest checkpoint, in the background?"
            self.confirm(question, "Go on", partial(self._go_on, run.path))
        else:
            self._request(run, "resume" if run.state == RunState.PAUSED else "pause")

    def action_checkpoint(self) -> None:
        """Have a checkpoint saved."""
        run = self.steered
        if run is not None:
            self._request(run, "checkpoint")

    def action_stop(self) -> None:
        """Save and end, if that is meant."""
        run = self.steered
        if run is None:
            return
        if run.state not in ACTIVE:
            self._request(run, "stop")  # which says why not
            return
        question = f"Stop {run.name}? It saves a checkpoint, from which it can go on later."
        self.confirm(question, "Stop", partial(self._request, run, "stop"))

    def confirm(self, question: str, yes: str, act: Callable[[], object]) -> None:
        """Do something if it is meant."""

        def answered(meant: bool | None) -> None:
            if meant:
                act()

        self.app.push_screen(ConfirmScreen(question, yes), answered)

    def work(self, work: Callable[[], Any]) -> None:
        """Do what waits for a disk in a thread; what went wrong is said."""

        def do() -> None:
            try:
                work()
            except MinibertError as error:
                said = f"{error}."
                self.app.call_from_thread(self.notify, said, severity="error", markup=False)
            self.work_done()

        self.run_worker(do, thread=True)

    def _request(self, run: ControlledRun, action: Action) -> None:
        self.work(lambda: request(Run.open(run.path), action))

    def _go_on(self, path: Path) -> None:
        self.work(lambda: launch([], PretrainOptions(resume=True, out=str(path))))
