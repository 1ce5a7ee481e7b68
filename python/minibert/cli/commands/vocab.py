"""`minibert vocab`."""

from __future__ import annotations

from rich.console import Console

from minibert.cli.arguments import CorpusArgument
from minibert.cli.options import with_options
from minibert.config import VocabOptions


@with_options(VocabOptions)
def vocab(
    corpus: CorpusArgument = None,
    options: VocabOptions = VocabOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Train a WordPiece tokenizer."""
    from minibert.cli.progress import ProgressReporter, StderrConsole
    from minibert.cli.views.vocab import print_vocabulary
    from minibert.tokenizer.train import train_tokenizer

    with ProgressReporter(StderrConsole()) as reporter:
        trained = train_tokenizer(corpus or [], options, reporter)
    print_vocabulary(Console(), trained)
