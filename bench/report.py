"""A result as a table of medians."""

from __future__ import annotations

import statistics
from importlib import import_module

from measures import Result
from peers import OURS
from rich.console import Console
from rich.table import Table


def show(result: Result, console: Console) -> None:
    """Prints medians, and beside each how many times better minibert's is."""
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
        cells = [import_module(f"peers.{name}").TITLE]
        for column in columns:
            cells += figures(result, name, column) if column in row else ["", ""]
        table.add_row(*cells, *([result.notes.get(name, "")] if notes else []))
    console.print(table)


NOTES = {"ragged": "texts as the reference", "scaling": "of one thread", "worst": "worst ÷ prose"}


def figures(result: Result, name: str, column: str) -> tuple[str, str]:
    median = statistics.median(result.rows[name][column])
    shown = f"{median:,.{2 if median < 10 else 1 if median < 100 else 0}f}"
    if name == OURS or not (ours := result.rows.get(OURS, {}).get(column)):
        return shown, ""
    ours = statistics.median(ours)
    better, worse = (ours, median) if result.more_is_better else (median, ours)
    return shown, f"{better / worse:.1f}" if worse > 0 else ""
