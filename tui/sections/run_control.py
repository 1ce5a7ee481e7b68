"""The base class of the sections that control trainings."""

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
from minibert.tui.text import sentence


class ControlledRun(NamedTuple):
    """The run that the keys control."""

    path: Path
    name: str
    state: str


class RunControlScreen(SectionScreen):
    """A section in which a training can be paused, resumed, saved and stopped.

    Subclasses define `controlled_run` and bind keys to the actions. Requests go through the run's
    folder, and the state is read from there.
    """

    @property
    def controlled_run(self) -> ControlledRun | None:
        """The run that the keys control, or None."""
        raise NotImplementedError

    def after_work(self) -> None:
        """Called in the thread of `work` after a change of a run."""

    def action_pause(self) -> None:
        """Pause a running run, resume a paused one, restart a stopped one from its checkpoint."""
        run = self.controlled_run
        if run is None:
            return
        if run.state in RESUMABLE:
            question = f"Resume {run.name} from its newest checkpoint, in the background?"
            self.confirm(question, "Resume", partial(self._restart, run.path))
        else:
            self._request(run, "resume" if run.state == RunState.PAUSED else "pause")

    def action_checkpoint(self) -> None:
        """Request a checkpoint."""
        run = self.controlled_run
        if run is not None:
            self._request(run, "checkpoint")

    def action_stop(self) -> None:
        """Request a stop, after a question."""
        run = self.controlled_run
        if run is None:
            return
        if run.state not in ACTIVE:
            self._request(run, "stop")  # its error says why not
            return
        question = f"Stop {run.name}? It saves a checkpoint and can be resumed later."
        self.confirm(question, "Stop", partial(self._request, run, "stop"))

    def confirm(self, question: str, yes: str, act: Callable[[], object]) -> None:
        """Ask a question, and call `act` after a yes."""

        def answered(confirmed: bool | None) -> None:
            if confirmed:
                act()

        self.app.push_screen(ConfirmScreen(question, yes), answered)

    def work(self, work: Callable[[], Any]) -> None:
        """Call a function that uses the disk in a thread; an error is shown."""

        def do() -> None:
            try:
                work()
            except MinibertError as error:
                message = sentence(error)
                self.app.call_from_thread(self.notify, message, severity="error", markup=False)
            self.after_work()

        self.run_worker(do, thread=True)

    def _request(self, run: ControlledRun, action: Action) -> None:
        self.work(lambda: request(Run.open(run.path), action))

    def _restart(self, path: Path) -> None:
        self.work(lambda: launch([], PretrainOptions(resume=True, out=str(path))))
