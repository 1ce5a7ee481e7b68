"""`minibert export`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from minibert.cli.arguments import newest_model
from minibert.cli.options import with_options
from minibert.config import ExportOptions


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
    from minibert.cli.views.export import print_exported
    from minibert.model.onnx import export_onnx

    exported = export_onnx(newest_model() if model is None else model, options)
    print_exported(Console(), exported)
