"""`minibert pretrain`, and what it does step by step: `minibert vocab`, `minibert prepare`."""

from __future__ import annotations

import time
from typing import Annotated

import typer
from rich.console import Console

from minibert.cli.made import named, with_options
from minibert.options import PrepareOptions, PretrainOptions, VocabOptions

STOPPED = 130  # as shells say it of Ctrl-C

CorpusArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Text files (.txt, .gz, .zst), folders, globs, or - for standard input; "
        "without any, the default corpus.",
        show_default=False,
    ),
]

CorpusOrTokensArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Text files (.txt, .gz, .zst), folders, globs, - for standard input, or a folder that "
        "minibert prepare has made; without any, the default corpus.",
        show_default=False,
    ),
]


@with_options(PretrainOptions)
def pretrain(
    context: typer.Context,
    corpus: CorpusOrTokensArgument = None,
    options: PretrainOptions = PretrainOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Train a BERT from nothing: vocabulary, batches and encoder, in one go."""
    started = time.perf_counter()
    from minibert.pretrain import pretrain as train
    from minibert.screen import Screen, Talk
    from minibert.views.outcome import print_outcome

    with Screen(Talk()) as screen:
        outcome = train(corpus or [], options, screen, started, named(context, PretrainOptions))
    print_outcome(Console(), outcome)
    if not outcome.finished:
        raise typer.Exit(128 + outcome.stopped_by if outcome.stopped_by else STOPPED)


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


@with_options(PrepareOptions)
def prepare(
    corpus: CorpusArgument = None,
    options: PrepareOptions = PrepareOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Turn text into a folder of tokens that any number of trainings read."""
    from minibert.prepare import prepare as make
    from minibert.screen import Screen, Talk
    from minibert.views.pieces import print_prepared

    with Screen(Talk()) as screen:
        prepared = make(corpus or [], options, screen)
    print_prepared(Console(), prepared)
