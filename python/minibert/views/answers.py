"""The answers at masks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from minibert.views.numbers import bar

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.fill import Filled


def print_answers(console: Console, text: str, answers: list[Any], was: str | None = None) -> None:
    """The text, and below it the answers for each of its masks, with their probabilities as bars.

    Args:
        console: where to.
        text: the text with its masks.
        answers: as `FillMask` returns them for one text.
        was: the word that stood at the mask, where that is known.
    """
    console.print(Text(text, style="bold"), soft_wrap=True)
    masks: list[list[Filled]] = answers if isinstance(answers[0], list) else [answers]
    for number, mask in enumerate(masks, start=1):
        if len(masks) > 1:
            console.print(Text(f"  mask {number}", style="dim"))
        table = Table.grid(padding=(0, 1))
        for answer in mask:
            hit = answer["token_str"] == was
            table.add_row(
                Text(f"  {answer['token_str']}", style="green" if hit else ""),
                Text(f"{answer['score']:6.1%}", style="dim"),
                Text(bar(answer["score"]), style="cyan"),
            )
        console.print(table)
    if was is not None:
        console.print(Text(f"  it was: {was}", style="dim"))
