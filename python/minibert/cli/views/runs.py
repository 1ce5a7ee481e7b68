"""Runs in a table, and two runs side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from minibert.cli.views.numbers import number
from minibert.io.units import format_size

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.runs.comparison import Comparison
    from minibert.runs.summary import Summary


def print_runs(console: Console, summaries: list[Summary]) -> None:
    """Print a line for each run: its state, step, loss and size; then why some are unreadable."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    for name in ("run", "state"):
        table.add_column(name, overflow="fold")
    for name in ("step", "MLM loss", "parameters", "on disk", "began"):
        table.add_column(name, justify="right", no_wrap=True)
    for run in summaries:
        loss = "" if run.mlm_loss is None else f"{run.mlm_loss:.3f}"
        table.add_row(
            Text(run.name, style="bold"),
            str(run.state),
            "" if run.problem else f"{run.step:,}",
            loss + (" (training)" if run.split == "train" else ""),
            "" if run.problem else number(run.parameters),
            format_size(run.stored_bytes),
            run.created[:16].replace("T", " "),
        )
    console.print(table)
    for run in summaries:
        if run.problem:
            console.print(Text(run.problem), soft_wrap=True)


def print_comparison(console: Console, comparison: Comparison) -> None:
    """Print two runs in two columns."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    table.add_column("")
    for name in comparison.names:
        table.add_column(Text(name), justify="right", overflow="fold")
    if not comparison.same_corpus:
        table.add_row(Text("trained on different corpora", style="yellow"))
    table.add_section()
    for name, values in comparison.options.items():
        table.add_row(Text(name, style="dim"), *map(number, values))
    what = "validation" if comparison.split == "validation" else "training"
    for step, *losses in comparison.losses:
        label = Text(f"MLM loss {what}, step {step:,}", style="dim")
        table.add_row(label, *(f"{loss:.3f}" for loss in losses))
    for name, values in comparison.figures.items():
        table.add_row(Text(f"at the end: {name}", style="dim"), *map(number, values))
    console.print(table)
