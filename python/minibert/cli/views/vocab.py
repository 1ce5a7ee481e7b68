"""What was made of a text before any training: a vocabulary, tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from minibert.cli.views.numbers import share

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.tokenizer.train import TrainedTokenizer


def print_vocabulary(console: Console, learned: TrainedTokenizer) -> None:
    """A new vocabulary: its size, what it makes of the words, and some of its pieces."""
    vocabulary = learned.vocabulary
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    few = "" if len(vocabulary.pieces) == learned.asked_for else "; the text has no more"
    table.add_row("pieces", f"{len(vocabulary.pieces):,}{few}")
    table.add_row(
        "words", f"{vocabulary.words:,}, {vocabulary.different_words:,} of them different"
    )
    table.add_row("", f"{share(vocabulary.whole_words, vocabulary.words)} are one piece")
    table.add_row("", f"{share(vocabulary.unknown_words, vocabulary.words)} are \\[UNK]")
    for name, pieces in _examples(vocabulary.pieces):
        table.add_row(name, Text("  ".join(pieces)))
    table.add_row("seconds", f"{learned.seconds:.2f}")
    console.print(table)
    console.print(Text(f"the tokenizer is in {learned.path}"), soft_wrap=True)


def _examples(pieces: list[str], number: int = 8) -> list[tuple[str, list[str]]]:
    """Some of the longer pieces, from the first learned to the last."""
    words = [p for p in pieces if not p.startswith(("##", "[")) and len(p) > 1]
    parts = [p for p in pieces if p.startswith("##") and len(p) > 3]
    found = []
    for name, kind in (("such as", words), ("", parts)):
        step = max(1, len(kind) // number)
        if kind:
            found.append((name, kind[::step][:number]))
    return found
