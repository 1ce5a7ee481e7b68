"""A result as a table of medians."""

from __future__ import annotations

import statistics
from importlib import import_module

from rich.console import Console
from rich.table import Table

from harness.tokenizer_measures import Result
from peers.tokenizers import OURS


def show(result: Result, console: Console) -> None:
    """Prints medians, and beside each how many times better minibert is.

    That too is a median, of each round's ratio: a machine that is slow for a while is so for both.
    """
    columns = list(dict.fromkeys(column for row in result.rows.values() for column in row))
    table = Table(title=f"{result.title} ({result.unit})", title_justify="left")
    table.add_column(no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right")
        table.add_column("ratio", justify="right", style="bold")
    notes = any(result.notes.values())
    if notes:
        table.add_column(NOTES.get(result.measure, ""), justify="right")
    for name, row in result.rows.items():
        cells = [import_module(f"{result.package}.{name}").TITLE]
        for column in columns:
            cells += figures(result, name, column) if column in row else ["", ""]
        table.add_row(*cells, *([result.notes.get(name, "")] if notes else []))
    console.print(table)


NOTES = {"ragged": "texts as the reference", "scaling": "of one thread", "worst": "worst ÷ prose"}


def figures(result: Result, name: str, column: str) -> tuple[str, str]:
    theirs = result.rows[name][column]
    median = statistics.median(theirs)
    shown = f"{median:,.{2 if median < 10 else 1 if median < 100 else 0}f}"
    ours = result.rows.get(OURS, {}).get(column)
    if name == OURS or not ours:
        return shown, ""
    rounds = zip(ours, theirs, strict=False)
    ratios = [our / their if result.more_is_better else their / our for our, their in rounds]
    return shown, f"{statistics.median(ratios):,.1f}"
