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
        typer.Argument(metavar="TEXT", help="Text in quotes, with [MASK] for missing words."),
    ],
    as_json: AsJsonOption = False,
    options: ExplainOptions = ExplainOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Show the inside of a model for a text: embeddings, layers, attention, head ablation."""
    from minibert.cli.views.explain import print_explanation, print_head
    from minibert.interpretability.explain import explain as explain_text
    from minibert.interpretability.explain import sample_sentences
    from minibert.io.files import write_atomically

    explanation = explain_text(
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
        print(*(f"wrote {path}" for path in files), sep="\n")
    elif one:
        print_head(_console(), explanation, *one)
    else:
        print_explanation(_console(), explanation)


def _console() -> Console:
    """Standard output; characters that its encoding lacks are printed as ?."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    return Console()


def _files(
    explanation: Explanation, options: ExplainOptions, one: tuple[int, int] | None
) -> dict[Path, bytes]:
    """The contents of the files to write; made before the first is written."""
    files = {}
    if options.html is not None:
        files[Path(options.html)] = explanation.to_html().encode()
    if one and options.svg is not None:
        files[Path(options.svg)] = explanation.to_svg(*one).encode()
    if one and options.png is not None:
        files[Path(options.png)] = explanation.to_png(*one)
    return files
