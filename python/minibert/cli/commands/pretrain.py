"""`minibert pretrain`."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.console import Console

from minibert.cli.options import given_options, with_options
from minibert.config import PretrainOptions

STOPPED = 130
"""The exit code after Ctrl-C, as in shells."""

CorpusOrTokensArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Text files (.txt, .gz, .zst), folders, globs, - for standard input, or a folder "
        "written by minibert prepare; default: the corpus that comes with minibert.",
        show_default=False,
    ),
]


@with_options(PretrainOptions)
def pretrain(
    context: typer.Context,
    corpus: CorpusOrTokensArgument = None,
    options: PretrainOptions = PretrainOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Pretrain a BERT on text: train a tokenizer, tokenize, and train the model."""
    started = time.perf_counter()
    from minibert.cli.progress import ProgressReporter, StderrConsole
    from minibert.cli.views.pretrain import print_outcome
    from minibert.pretraining.pretrain import pretrain as pretrain_model

    with ProgressReporter(StderrConsole()) as reporter:
        outcome = pretrain_model(
            corpus or [], options, reporter, started, given_options(context, PretrainOptions)
        )
    print_outcome(Console(), outcome)
    if not outcome.finished:
        raise typer.Exit(128 + outcome.stopped_by if outcome.stopped_by else STOPPED)
