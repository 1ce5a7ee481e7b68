"""Prints the result of `minibert export`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from minibert.io.units import format_size

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.model.onnx import OnnxExport


def print_exported(console: Console, exported: OnnxExport) -> None:
    """Print the inputs, outputs, missing parts, size and path of the file."""
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    table.add_row("inputs", ", ".join(exported.inputs))
    table.add_row("outputs", ", ".join(exported.outputs))
    if exported.missing:
        table.add_row("without", f"{', '.join(exported.missing)}: not in the model")
    table.add_row("size", format_size(exported.bytes))
    console.print(table)
    console.print(Text(f"the model is in {exported.path}"), soft_wrap=True)
