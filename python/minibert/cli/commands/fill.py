"""`minibert fill`."""

from __future__ import annotations

import functools
import json

from rich.console import Console

from minibert.cli.arguments import AsJsonOption, TextsArgument, echo_stderr, newest_model
from minibert.cli.options import with_options
from minibert.config import FillOptions


@with_options(FillOptions)
def fill(
    texts: TextsArgument = None,
    as_json: AsJsonOption = False,
    options: FillOptions = FillOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Fill each [MASK] in a text, with probabilities."""
    from minibert.cli.views.fill import print_filled
    from minibert.inference.fill_lines import FillRequest, fill_lines
    from minibert.inference.fill_mask import FillMask
    from minibert.io.lines import STANDARD_INPUT, stream_texts

    given = enumerate(texts, start=1) if texts else stream_texts(STANDARD_INPUT)
    lines = (
        FillRequest.of_json(text, n) if options.json_in else FillRequest(text) for n, text in given
    )
    model = FillMask.from_pretrained(
        options.model or newest_model(), device=options.device, note=functools.cache(echo_stderr)
    )
    out = Console()
    for line, answers in fill_lines(model, lines, options):
        if as_json:
            print(json.dumps(line.answered(answers), ensure_ascii=False))
        else:
            print_filled(out, line.text, answers)
