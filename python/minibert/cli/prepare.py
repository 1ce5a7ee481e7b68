"""`minibert prepare`: text into token ids on disk."""

from __future__ import annotations

from rich.console import Console

from minibert.cli.given import CorpusArgument
from minibert.cli.made import with_options
from minibert.options import PrepareOptions


@with_options(PrepareOptions)
def prepare(
    corpus: CorpusArgument = None,
    options: PrepareOptions = PrepareOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Turn text into a folder of tokens that any number of trainings read."""
    from minibert.prepare import prepare as make
    from minibert.screen import Screen, Talk
    from minibert.views.prepared import print_prepared

    with Screen(Talk()) as screen:
        prepared = make(corpus or [], options, screen)
    print_prepared(Console(), prepared)
