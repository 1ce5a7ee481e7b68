"""Prints the result of `minibert vocab`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from minibert.cli.views.numbers import share

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.tokenizer.train import TrainedTokenizer


def print_vocabulary(console: Console, trained: TrainedTokenizer) -> None:
    """Print the size of a new vocabulary, its coverage of the corpus, and some of its tokens."""
    vocabulary = trained.vocabulary
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    fewer = len(vocabulary.tokens) < trained.max_size
    limit = "; the corpus has no further pairs to merge" if fewer else ""
    table.add_row("vocabulary", f"{len(vocabulary.tokens):,} tokens{limit}")
    table.add_row(
        "words", f"{vocabulary.words:,}, {vocabulary.different_words:,} of them different"
    )
    table.add_row("", f"{share(vocabulary.whole_words, vocabulary.words)} are one token")
    table.add_row("", f"{share(vocabulary.unknown_words, vocabulary.words)} are \\[UNK]")
    for name, tokens in _examples(vocabulary.tokens):
        table.add_row(name, Text("  ".join(tokens)))
    table.add_row("seconds", f"{trained.seconds:.2f}")
    console.print(table)
    console.print(Text(f"the tokenizer is in {trained.path}"), soft_wrap=True)


def _examples(tokens: list[str], number: int = 8) -> list[tuple[str, list[str]]]:
    """Some of the longer tokens, in the order in which they were added."""
    words = [t for t in tokens if not t.startswith(("##", "[")) and len(t) > 1]
    parts = [t for t in tokens if t.startswith("##") and len(t) > 3]
    found = []
    for name, kind in (("examples", words), ("", parts)):
        step = max(1, len(kind) // number)
        if kind:
            found.append((name, kind[::step][:number]))
    return found
