"""Arguments and functions that several commands share."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from minibert.errors import RunError

AsJsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]

TextsArgument = Annotated[
    list[str] | None,
    typer.Argument(help="Texts; default: standard input, one text per line.", show_default=False),
]


def newest_model() -> Path:
    """The newest finished run.

    Raises:
        RunError: there is none.
    """
    from minibert.runs.manifest import RunState
    from minibert.runs.run import RUNS, newest_run

    run = newest_run(RUNS, (RunState.FINISHED,))
    if run is None:
        raise RunError(
            f"there is no finished run in {RUNS}/; train a model with minibert pretrain, "
            "or give a model folder"
        )
    return run.path


def echo_stderr(text: str) -> None:
    """Print a note to standard error, apart from the results."""
    print(f"minibert: {text}", file=sys.stderr)


CorpusArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Text files (.txt, .gz, .zst), folders, globs, or - for standard input; "
        "default: the corpus that comes with minibert.",
        show_default=False,
    ),
]
