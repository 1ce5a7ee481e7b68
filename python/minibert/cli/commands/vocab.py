"""`minibert vocab`: a WordPiece vocabulary learned from text."""

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
    """Learn a WordPiece vocabulary and write its tokenizer."""
    from minibert.cli.progress import ProgressReporter, StderrConsole
    from minibert.cli.views.vocab import print_vocabulary
    from minibert.tokenizer.train import train_tokenizer

    with ProgressReporter(StderrConsole()) as screen:
        learned = train_tokenizer(corpus or [], options, screen)
    print_vocabulary(Console(), learned)
