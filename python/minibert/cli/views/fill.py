"""Prints the answers of `minibert fill`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from minibert.cli.views.numbers import bar

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.inference.fill_mask import FillMaskPrediction, FillSteps


def print_filled(
    console: Console, text: str, answers: list[list[FillMaskPrediction]] | FillSteps
) -> None:
    """Print a text, and below it the answers for its masks, or the steps of `--iterative`."""
    if isinstance(answers, list):
        print_answers(console, text, answers)
        return
    console.print(Text(text, style="bold"), soft_wrap=True)
    for step in answers.steps:
        console.print(Text(f"  mask {step.mask}", style="dim"))
        console.print(_table(step.answers))
        console.print(Text(f"  {step.text}"), soft_wrap=True)


def print_answers(console: Console, text: str, answers: list[Any], was: str | None = None) -> None:
    """Print a text, and below it the answers for each mask, with their probabilities as bars.

    Args:
        console: to print on.
        text: with its masks.
        answers: as `FillMask` returns them for one text.
        was: the masked word, if it is known.
    """
    console.print(Text(text, style="bold"), soft_wrap=True)
    masks: list[list[FillMaskPrediction]] = answers if isinstance(answers[0], list) else [answers]
    for number, mask in enumerate(masks, start=1):
        if len(masks) > 1:
            console.print(Text(f"  mask {number}", style="dim"))
        console.print(_table(mask, was))
    if was is not None:
        console.print(Text(f"  correct: {was}", style="dim"))


def _table(answers: list[FillMaskPrediction], was: str | None = None) -> Table:
    table = Table.grid(padding=(0, 1))
    for answer in answers:
        hit = answer["token_str"] == was
        token = answer["token"]
        table.add_row(
            Text(f"  {answer['token_str']}", style="green" if hit else ""),
            Text(_percentage(answer["score"]), style="dim"),
            Text(bar(answer["score"]), style="cyan"),
            Text(f"{len(token)} tokens" if isinstance(token, list) else "", style="dim"),
        )
    return table


def _percentage(score: float) -> str:
    """A probability in percent, or in scientific notation below 0.05 %."""
    return f"{score:6.1%}" if score >= 0.0005 or score == 0 else f"{score:6.0e}"
