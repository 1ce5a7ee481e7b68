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
            help="Run or model folder; default: the newest finished run.", show_default=False
        ),
    ] = None,
    options: ExportOptions = ExportOptions(),  # noqa: B008 - replaced by its fields
) -> None:
    """Export a model to ONNX."""
    from minibert.cli.views.export import print_exported
    from minibert.model.onnx import export_onnx

    exported = export_onnx(newest_model() if model is None else model, options)
    print_exported(Console(), exported)
