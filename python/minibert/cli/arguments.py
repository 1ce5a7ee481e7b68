"""What several commands are given: the newest model, texts, and talk."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from minibert.errors import RunError

AsJsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]

TextsArgument = Annotated[
    list[str] | None,
    typer.Argument(help="Texts; without any, one a line from standard input.", show_default=False),
]


def newest_model() -> Path:
    """The newest finished run.

    Raises:
        RunError: there is none.
    """
    from minibert.runs.run import RUNS, newest_run

    run = newest_run(RUNS, states=("finished",))
    if run is None:
        raise RunError(
            f"there is no finished run under {RUNS}/; train one by minibert pretrain, "
            "or name a model"
        )
    return run.path


def echo_stderr(text: str) -> None:
    """Talk to the person, not into the results."""
    print(f"minibert: {text}", file=sys.stderr)


CorpusArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Text files (.txt, .gz, .zst), folders, globs, or - for standard input; "
        "without any, the default corpus.",
        show_default=False,
    ),
]
