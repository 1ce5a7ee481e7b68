"""A result as a table of medians."""

from __future__ import annotations

import statistics
from importlib import import_module

from rich.console import Console
from rich.table import Table

from harness.tokenizer_measures import Result
from peers.tokenizers import OURS

RATIO = "ratio"


def show(result: Result, console: Console) -> None:
    """Print medians, and beside each the factor by which minibert is better.

    The factor is the median of the rounds' ratios: a temporary slowdown affects both sides.
    """
    columns, rows = cells(result)
    table = Table(title=titled(result), title_justify="left")
    table.add_column(no_wrap=True)
    for column in columns[1:]:
        table.add_column(column, justify="right", style="bold" if column == RATIO else "")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def titled(result: Result) -> str:
    return f"{result.title} ({result.unit})"


def cells(result: Result) -> tuple[list[str], list[list[str]]]:
    """The names of the columns, and the rows, as text."""
    measured = list(dict.fromkeys(column for row in result.rows.values() for column in row))
    columns = ["library", *(name for column in measured for name in (column, RATIO))]
    notes = any(result.notes.values())
    if notes:
        columns.append(NOTES.get(result.measure, ""))
    rows = []
    for name, row in result.rows.items():
        line = [import_module(f"{result.package}.{name}").TITLE]
        for column in measured:
            line += figures(result, name, column) if column in row else ["", ""]
        rows.append([*line, *([result.notes.get(name, "")] if notes else [])])
    return columns, rows


NOTES = {"ragged": "texts with identical ids", "scaling": "of one thread", "worst": "worst ÷ prose"}


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
