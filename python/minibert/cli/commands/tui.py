"""`minibert tui`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def tui(
    run: Annotated[
        Path | None,
        typer.Argument(help="Run, or folder of runs; default: runs/.", show_default=False),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Print one frame and exit.")] = False,
) -> None:
    """Watch and inspect runs in a terminal application."""
    from minibert.tui import main as show

    raise typer.Exit(show(run, once))
