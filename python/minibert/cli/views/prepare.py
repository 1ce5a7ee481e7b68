"""Prints the result of `minibert prepare`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from minibert.cli.views.numbers import share
from minibert.io.units import format_size

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.data.prepare import PreparedCorpus


def print_prepared(console: Console, prepared: PreparedCorpus) -> None:
    """Print the numbers of documents, sentences and tokens, the size on disk and the folder."""
    store = prepared.store
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    table.add_row("documents", f"{store.documents:,}")
    table.add_row("sentences", f"{store.sentences:,}")
    table.add_row("tokens", f"{store.tokens:,} in {format_size(store.stored_bytes)}")
    unknown = int(store.token_counts()[prepared.tokenizer.unk_token_id])
    table.add_row("", f"{share(unknown, store.tokens)} are \\[UNK]")
    table.add_row("vocabulary", f"{prepared.tokenizer.vocab_size:,} tokens")
    table.add_row("layout", store.corpus_summary.describe_layout())
    table.add_row("seconds", f"{prepared.seconds:.2f}")
    console.print(table)
    console.print(Text(f"the tokens are in {prepared.path}"), soft_wrap=True)
