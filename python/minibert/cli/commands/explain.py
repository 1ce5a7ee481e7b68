"""`minibert explain`."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from minibert.cli.arguments import AsJsonOption, newest_model
from minibert.cli.options import with_options
from minibert.config import ExplainOptions

if TYPE_CHECKING:
    from minibert.interpretability.explanation import Explanation


@with_options(ExplainOptions)
def explain(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT", help="A text, with [MASK] where words are missing, in quotes."
        ),
    ],
    as_json: AsJsonOption = False,
    options: ExplainOptions = ExplainOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Show how a model reads a text: embeddings, layers, attention, what each head does."""
    from minibert.cli.views.explain import print_explanation, print_head
    from minibert.interpretability.explain import explain as look
    from minibert.interpretability.explain import sample_sentences
    from minibert.io.files import write_atomically

    explanation = look(
        text,
        options.model or newest_model(),
        pair=options.pair,
        sample=None if options.sample is None else sample_sentences(options.sample),
        top_k=options.top_k,
        device=options.device,
    )
    one = options.one_head(explanation.config)
    files = _files(explanation, options, one)
    for path, data in files.items():
        write_atomically(path, data)
    if as_json:
        print(json.dumps(explanation.to_dict()))
    elif files:
        print(*(f"written: {path}" for path in files), sep="\n")
    elif one:
        print_head(_console(), explanation, *one)
    else:
        print_explanation(_console(), explanation)


def _console() -> Console:
    """Standard output, where a ? stands for what its encoding does not have."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return Console()


def _files(
    explanation: Explanation, options: ExplainOptions, one: tuple[int, int] | None
) -> dict[Path, bytes]:
    """What is to be written where; made before anything is."""
    files = {}
    if options.html is not None:
        files[Path(options.html)] = explanation.to_html().encode()
    if one and options.svg is not None:
        files[Path(options.svg)] = explanation.to_svg(*one).encode()
    if one and options.png is not None:
        files[Path(options.png)] = explanation.to_png(*one)
    return files
