"""What several commands are given: the newest model, lines from standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from minibert.errors import RunError, TextError

AsJsonOption = Annotated[bool, typer.Option("--json", help="As JSON.")]


def newest_model() -> Path:
    """The newest finished run.

    Raises:
        RunError: there is none.
    """
    from minibert.runs import RUNS, newest_run

    run = newest_run(RUNS, states=("finished",))
    if run is None:
        raise RunError(
            f"there is no finished run under {RUNS}/; train one by minibert pretrain, "
            "or name a model"
        )
    return run.path


def lines_of_stdin() -> list[str]:
    """The texts on standard input, one a line.

    Raises:
        TextError: there are none, or standard input is a keyboard.
    """
    if sys.stdin.isatty():
        raise TextError('give a text, such as: minibert fill "the [MASK] sat"')
    lines = [line.strip() for line in sys.stdin]
    texts = [line for line in lines if line]
    if not texts:
        raise TextError("there is no text on standard input; write one a line, with [MASK] in it")
    return texts
