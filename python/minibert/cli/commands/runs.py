"""`minibert runs`."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from typer.core import TyperGroup

from minibert.cli.arguments import AsJsonOption
from minibert.errors import RunError


class _ListByDefault(TyperGroup):
    """Reads `minibert runs FOLDER` as `minibert runs list FOLDER`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        known = {*self.commands, *ctx.help_option_names}
        return super().parse_args(ctx, args if args and args[0] in known else ["list", *args])


runs_app = typer.Typer(cls=_ListByDefault)


@runs_app.callback()
def _runs() -> None:
    """List and compare runs; pause, resume or stop a training."""


@runs_app.command("list")
def list_runs(
    folder: Annotated[
        Path | None,
        typer.Argument(help="Folder of runs; default: runs/.", show_default=False),
    ] = None,
    as_json: AsJsonOption = False,
) -> None:
    """List the runs in a folder with state, loss and size, oldest first."""
    from minibert.cli.views.runs import print_runs
    from minibert.runs.run import RUNS
    from minibert.runs.summary import summarize_all

    root = RUNS if folder is None else folder
    if folder is not None and not folder.is_dir():
        raise RunError(f"there is no folder {folder}")
    summaries = summarize_all(root)
    if as_json:
        print(json.dumps([dataclasses.asdict(summary) for summary in summaries]))
    elif summaries:
        print_runs(Console(), summaries)
    else:
        raise RunError(f"there are no runs in {root}; train one with minibert pretrain")


@runs_app.command("compare")
def compare_runs(
    first: Annotated[Path, typer.Argument(help="First run.", metavar="A")],
    second: Annotated[Path, typer.Argument(help="Second run.", metavar="B")],
    as_json: AsJsonOption = False,
) -> None:
    """Compare two runs: different options, losses at equal steps, final results."""
    from minibert.cli.views.runs import print_comparison
    from minibert.runs.comparison import compare
    from minibert.runs.run import Run

    comparison = compare(Run.open(first), Run.open(second))
    if as_json:
        print(json.dumps(dataclasses.asdict(comparison)))
    else:
        print_comparison(Console(), comparison)
