"""`minibert runs pause`, `resume`, `stop`, `checkpoint`: requests to a running training."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from minibert.runs.control import Action

RunArgument = Annotated[Path, typer.Argument(help="Run folder.", metavar="RUN", show_default=False)]


def pause(run: RunArgument) -> None:
    """Pause a training; it keeps its memory and frees the CPU."""
    _request(run, "pause")


def resume(run: RunArgument) -> None:
    """Resume a paused training."""
    _request(run, "resume")


def stop(run: RunArgument) -> None:
    """Stop a training after it has saved a checkpoint, as SIGTERM does."""
    _request(run, "stop")


def checkpoint(run: RunArgument) -> None:
    """Save a checkpoint of a training now."""
    _request(run, "checkpoint")


def _request(path: Path, action: Action) -> None:
    from minibert.runs.control import request, wait_until_done
    from minibert.runs.run import Run

    run = Run.open(path)
    request(run, action)
    done = wait_until_done(run)
    saved = "a checkpoint is saved; " if action == "checkpoint" else ""
    print(f"{saved}{path} is {done.state}")
