"""The end of a training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minibert.cli.views.fill import print_answers
from minibert.config import PAIR_TASKS

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.pretraining.pretrain import PretrainResult


def print_outcome(console: Console, outcome: PretrainResult) -> None:
    """Print where the run is, its last evaluation, and its filled sentences."""
    path = outcome.run.path
    if not outcome.finished:
        console.print(f"stopped at step {outcome.step:,}; saved in {path}", soft_wrap=True)
        console.print(f"resume with: minibert pretrain --resume --out {path}", soft_wrap=True)
        return
    row = outcome.evaluation
    if row is not None:
        pairs = ""
        if row.nsp_accuracy is not None:
            task = PAIR_TASKS[outcome.run.manifest.options.objective]
            pairs = f", {task} accuracy {row.nsp_accuracy:.1%}"
        console.print(
            f"validation after {outcome.step:,} steps: MLM loss {row.mlm_loss:.3f}, "
            f"MLM accuracy {row.mlm_accuracy:.1%}{pairs}",
            soft_wrap=True,
        )
    for question in outcome.cloze:
        console.print()
        print_answers(console, question.text, question.answers, question.was)
    console.print()
    console.print(f"the model is in {path}", soft_wrap=True)
    console.print(
        f'fill more masks with: minibert fill --model {path} "the \\[MASK] sat"', soft_wrap=True
    )
