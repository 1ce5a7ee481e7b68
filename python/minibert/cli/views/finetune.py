"""Prints the scores of a fine-tuned model and of the baselines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from minibert.finetuning.task import CLASSIFICATION, Task
from minibert.io.units import format_duration

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.finetuning.finetune import FineTuned

_NAMES = {
    "accuracy": "accuracy",
    "entity_f1": "entity F1",
    "matthews": "Matthews",
    "pearson": "Pearson",
    "r2": "R²",
    "spearman": "Spearman",
}


def score_names(task: Task) -> dict[str, str]:
    """The display name of each metric of a task."""
    of_one = task.kind == CLASSIFICATION and len(task.labels) == 2
    f1 = f"F1 of {task.labels[1]}" if of_one else "macro F1"
    return {metric: _NAMES.get(metric, f1) for metric in task.metrics}


def print_fine_tuned(console: Console, tuned: FineTuned) -> None:
    """Print the scores, the data they were measured on, and the next command."""
    print_scores(console, tuned)
    if not tuned.from_scratch:
        console.print(
            "to measure the effect of pretraining, add --from-scratch, which also trains the same "
            "network from random weights",
            soft_wrap=True,
        )
    console.print(
        Text(f"the model is in {tuned.path} after {format_duration(tuned.seconds)}"), soft_wrap=True
    )
    console.print(Text(f"use it with: minibert predict {tuned.path} FILE"), soft_wrap=True)


def print_scores(console: Console, tuned: FineTuned) -> None:
    """Print a row per model and a column per metric; mean and standard deviation of trainings."""
    names = score_names(tuned.task)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    for name in names.values():
        table.add_column(Text(name), justify="right", no_wrap=True)
    for scores in tuned.scores:
        cells = [cell(scores.mean(m), scores.std(m)) for m in names]
        table.add_row(Text(scores.name), *map(Text, cells))
    console.print(table)
    times = len(next(iter(tuned.scores[0].values.values())))
    spread = f"; mean ± standard deviation of {times} trainings" if times > 1 else ""
    console.print(Text(f"on {tuned.evaluated}{spread}"), soft_wrap=True)


def cell(mean: float, deviation: float | None) -> str:
    """A score, with its standard deviation if there is one."""
    return f"{mean:.4f}" if deviation is None else f"{mean:.4f} ± {deviation:.4f}"
