"""`minibert tui`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def tui(
    run: Annotated[
        Path | None,
        typer.Argument(help="A run, or a folder of runs; runs/ by default.", show_default=False),
    ] = None,
    once: Annotated[bool, typer.Option("--once", help="Print one frame and exit.")] = False,
) -> None:
    """Watch a run in the terminal."""
    from minibert.tui import main as show

    raise typer.Exit(show(run, once))
