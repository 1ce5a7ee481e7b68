"""`minibert evaluate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from minibert.cli.arguments import AsJsonOption, newest_model
from minibert.cli.options import with_options
from minibert.config import EvaluateOptions


@with_options(EvaluateOptions)
def evaluate(
    model: Annotated[
        Path | None,
        typer.Argument(
            help="Run or model folder; default: the newest finished run.", show_default=False
        ),
    ] = None,
    as_json: AsJsonOption = False,
    options: EvaluateOptions = EvaluateOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Evaluate a model: masked LM on validation text, sentence scores, minimal pairs."""
    from minibert.cli.progress import ProgressReporter, StderrConsole
    from minibert.cli.views.evaluate import describe_sentences, print_evaluation
    from minibert.evaluation.evaluate import evaluate as evaluate_model

    stderr = StderrConsole()
    with ProgressReporter(stderr) as reporter:
        evaluation = evaluate_model(newest_model() if model is None else model, options, reporter)
    if as_json:
        print(json.dumps(evaluation.as_dict(), ensure_ascii=False))
        return
    print_evaluation(Console(), evaluation)
    if evaluation.sentences:
        stderr.print(describe_sentences(evaluation.sentences), soft_wrap=True)
