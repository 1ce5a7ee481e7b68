"""How a training ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from minibert.cli.views.fill import print_answers
from minibert.config import PAIR_TASKS

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.pretraining.pretrain import PretrainResult


def print_outcome(console: Console, outcome: PretrainResult) -> None:
    """How a training ended: where the run is, its last evaluation, and its sentences filled."""
    path = outcome.run.path
    if not outcome.finished:
        console.print(f"stopped at step {outcome.step:,}; saved in {path}", soft_wrap=True)
        console.print(f"go on with: minibert pretrain --resume --out {path}", soft_wrap=True)
        return
    row = outcome.evaluation
    if row is not None:
        pairs = ""
        if row.nsp_accuracy is not None:
            task = PAIR_TASKS[outcome.run.manifest["options"].get("objective", "next_sentence")]
            pairs = f", {task} accuracy {row.nsp_accuracy:.1%}"
        console.print(
            f"held out after {outcome.step:,} steps: MLM loss {row.mlm_loss:.3f}, "
            f"MLM accuracy {row.mlm_accuracy:.1%}{pairs}",
            soft_wrap=True,
        )
    for question in outcome.cloze:
        console.print()
        print_answers(console, question.text, question.answers, question.was)
    console.print()
    console.print(f"the model is in {path}", soft_wrap=True)
    console.print(f'ask it more: minibert fill --model {path} "the \\[MASK] sat"', soft_wrap=True)
