"""`minibert export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from minibert.cli.given import newest_model
from minibert.cli.made import with_options
from minibert.options import ExportOptions


@with_options(ExportOptions)
def export(
    model: Annotated[
        Path | None,
        typer.Argument(
            help="A run or model folder; the newest finished run by default.", show_default=False
        ),
    ] = None,
    options: ExportOptions = ExportOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Write a model for other programs: as an ONNX file."""
    from minibert.export import export as write
    from minibert.views.exported import print_exported

    exported = write(newest_model() if model is None else model, options)
    print_exported(Console(), exported)
