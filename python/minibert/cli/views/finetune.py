"""What fine-tuning gave: the model's scores, and beside them those of what it is compared with."""

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
    """What a person calls each of a task's metrics."""
    of_one = task.kind == CLASSIFICATION and len(task.labels) == 2
    f1 = f"F1 of {task.labels[1]}" if of_one else "macro F1"
    return {metric: _NAMES.get(metric, f1) for metric in task.metrics}


def print_fine_tuned(console: Console, tuned: FineTuned) -> None:
    """The scores, on what they were measured, and what to do next."""
    print_scores(console, tuned)
    if not tuned.from_scratch:
        console.print(
            "how much of it is the pretraining? --from-scratch trains the same network from "
            "random weights beside it",
            soft_wrap=True,
        )
    console.print(
        Text(f"the model is in {tuned.path} after {format_duration(tuned.seconds)}"), soft_wrap=True
    )
    console.print(Text(f"use it: minibert predict {tuned.path} FILE"), soft_wrap=True)


def print_scores(console: Console, tuned: FineTuned) -> None:
    """A row for each start, a column for each metric; mean and standard deviation of several."""
    names = score_names(tuned.task)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("")
    for name in names.values():
        table.add_column(Text(name), justify="right", no_wrap=True)
    for scores in tuned.scores:
        cells = [cell(scores.mean(m), scores.deviation(m)) for m in names]
        table.add_row(Text(scores.name), *map(Text, cells))
    console.print(table)
    times = len(next(iter(tuned.scores[0].values.values())))
    spread = f"; mean ± standard deviation of {times} trainings" if times > 1 else ""
    console.print(Text(f"on {tuned.judged}{spread}"), soft_wrap=True)


def cell(mean: float, deviation: float | None) -> str:
    """A score, with its spread if there is one."""
    return f"{mean:.4f}" if deviation is None else f"{mean:.4f} ± {deviation:.4f}"
