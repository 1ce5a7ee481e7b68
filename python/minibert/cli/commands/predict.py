"""`minibert predict`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from minibert.cli.arguments import AsJsonOption
from minibert.cli.options import with_options
from minibert.config import PredictOptions


@with_options(PredictOptions)
def predict(
    model: Annotated[Path, typer.Argument(help="Model folder written by minibert finetune.")],
    file: Annotated[
        str,
        typer.Argument(
            help="File with one text per line, table with text columns, or CoNLL file for word "
            "labels; - for standard input."
        ),
    ] = "-",
    as_json: AsJsonOption = False,
    options: PredictOptions = PredictOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Label texts with a fine-tuned model, with probabilities."""
    from minibert.cli.progress import StderrConsole
    from minibert.cli.views.predict import prediction_lines, print_notes
    from minibert.finetuning.predict import Predictions

    predictions = Predictions(model, file, options)
    for example, prediction in predictions:
        print(prediction_lines(example, prediction, as_json=as_json), flush=True)
    print_notes(StderrConsole(), predictions)
