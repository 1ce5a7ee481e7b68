"""`minibert runs pause`, `resume`, `stop`, `checkpoint`: requests to a running training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from minibert.runs.control import Action

RunArgument = Annotated[Path, typer.Argument(help="A run.", metavar="RUN", show_default=False)]


def pause(run: RunArgument) -> None:
    """Have a training make no more steps for now; it keeps its memory, and lets go of the cores."""
    _ask(run, "pause")


def resume(run: RunArgument) -> None:
    """Have a paused training go on."""
    _ask(run, "resume")


def stop(run: RunArgument) -> None:
    """Have a training save a checkpoint and end, as SIGTERM does."""
    _ask(run, "stop")


def checkpoint(run: RunArgument) -> None:
    """Have a training save a checkpoint now."""
    _ask(run, "checkpoint")


def _ask(path: Path, action: Action) -> None:
    from minibert.runs.control import request, wait_until_done
    from minibert.runs.run import Run

    run = Run.open(path)
    request(run, action)
    done = wait_until_done(run)
    saved = "a checkpoint is saved; " if action == "checkpoint" else ""
    print(f"{saved}{path} is {done.state}")
