"""`minibert prepare`: text into token ids on disk."""

from __future__ import annotations

from rich.console import Console

from minibert.cli.arguments import CorpusArgument
from minibert.cli.options import with_options
from minibert.config import PrepareOptions


@with_options(PrepareOptions)
def prepare(
    corpus: CorpusArgument = None,
    options: PrepareOptions = PrepareOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Turn text into a folder of tokens that any number of trainings read."""
    from minibert.cli.progress import ProgressReporter, StderrConsole
    from minibert.cli.views.prepare import print_prepared
    from minibert.data.prepare import prepare as make

    with ProgressReporter(StderrConsole()) as screen:
        prepared = make(corpus or [], options, screen)
    print_prepared(Console(), prepared)
