"""`minibert fill`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from minibert.cli.given import lines_of_stdin, newest_model


def fill(
    texts: Annotated[
        list[str] | None,
        typer.Argument(
            help="Texts with one or more [MASK]; without any, one a line from standard input.",
            show_default=False,
        ),
    ] = None,
    model: Annotated[
        Path | None,
        typer.Option(help="A run or model folder; the newest finished run by default."),
    ] = None,
    top_k: Annotated[int, typer.Option("--top-k", "-k", help="Answers for each mask.")] = 5,
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON list a text, as the fill-mask pipeline's.")
    ] = False,
    device: Annotated[str, typer.Option(help="cpu, cuda, mps or auto.")] = "auto",
) -> None:
    """Say what stands at each [MASK], with probabilities."""
    from minibert.fill import FillMask
    from minibert.views.answers import print_answers

    asked = texts if texts else lines_of_stdin()
    filler = FillMask.from_pretrained(newest_model() if model is None else model, device=device)
    out = Console()
    for text, answers in zip(asked, filler(asked, top_k=top_k), strict=True):
        if as_json:
            print(json.dumps(answers, ensure_ascii=False))
        else:
            print_answers(out, text, answers)
