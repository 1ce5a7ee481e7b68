"""`minibert finetune`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from minibert.cli.arguments import AsJsonOption
from minibert.cli.options import with_options
from minibert.config import FinetuneOptions


@with_options(FinetuneOptions)
def finetune(
    model: Annotated[Path, typer.Argument(help="Run, checkpoint, or folder of any BERT.")],
    as_json: AsJsonOption = False,
    options: FinetuneOptions = FinetuneOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Fine-tune a model to classify texts, text pairs or words, or to predict numbers."""
    from minibert.cli.progress import ProgressReporter, StderrConsole
    from minibert.cli.views.finetune import print_fine_tuned
    from minibert.finetuning.finetune import finetune as finetune_model

    with ProgressReporter(StderrConsole()) as reporter:
        tuned = finetune_model(model, options, reporter)
    if as_json:
        print(json.dumps(tuned.as_dict(), ensure_ascii=False))
    else:
        print_fine_tuned(Console(), tuned)
