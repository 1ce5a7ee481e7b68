"""`minibert prepare`."""

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
    """Tokenize a corpus into a folder that any number of training runs can read."""
    from minibert.cli.progress import ProgressReporter, StderrConsole
    from minibert.cli.views.prepare import print_prepared
    from minibert.data.prepare import prepare as prepare_corpus

    with ProgressReporter(StderrConsole()) as reporter:
        prepared = prepare_corpus(corpus or [], options, reporter)
    print_prepared(Console(), prepared)
