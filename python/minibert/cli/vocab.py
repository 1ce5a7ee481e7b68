"""`minibert vocab`: a WordPiece vocabulary learned from text."""

from __future__ import annotations

from rich.console import Console

from minibert.cli.given import CorpusArgument
from minibert.cli.made import with_options
from minibert.options import VocabOptions


@with_options(VocabOptions)
def vocab(
    corpus: CorpusArgument = None,
    options: VocabOptions = VocabOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Learn a WordPiece vocabulary and write its tokenizer."""
    from minibert.learn import learn
    from minibert.screen import Screen, Talk
    from minibert.views.pieces import print_vocabulary

    with Screen(Talk()) as screen:
        learned = learn(corpus or [], options, screen)
    print_vocabulary(Console(), learned)
