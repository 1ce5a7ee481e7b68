"""`minibert export`: write a model as an ONNX file.

`transformers` needs no export: it reads a run folder as it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.errors import FileError, ModelError, OptionError
from minibert.io.extras import require_extra
from minibert.io.files import write_atomically
from minibert.io.units import format_size
from minibert.model.files import Part, read_model

if TYPE_CHECKING:
    import os

    from minibert.config import ExportOptions
    from minibert.config.model import BertConfig

MAX_WEIGHT_BYTES = 2**31 - 2**24
"""The largest size of the weights: a protocol buffer has less than 2 GiB, including the nodes."""


@dataclass(frozen=True, slots=True)
class OnnxExport:
    """A written ONNX file."""

    path: Path
    inputs: list[str]
    outputs: list[str]
    missing: tuple[Part, ...]
    """Parts that the model folder lacks, and therefore the file too."""
    bytes: int


def export_onnx(folder: str | os.PathLike[str], options: ExportOptions) -> OnnxExport:
    """Write a model as an ONNX file.

    Args:
        folder: a run, or any folder with a BERT's `config.json` and weights.
        options: the path of the file.

    Raises:
        OptionError: no path is given, or the package `onnx` is not installed.
        FileError: the file exists, or cannot be written.
        ModelError: the folder has no model, a damaged one, or one too large for an ONNX file.
    """
    if options.onnx is None:
        raise OptionError("`onnx` is missing; give the path of the file, such as model.onnx")
    require_extra("onnx", "`onnx`")
    path = Path(options.onnx)
    if path.exists():
        raise FileError(f"{path} exists already; choose another path for `onnx`, or remove it")
    saved = read_model(Path(folder))
    _check_size(saved.config)

    from minibert.model.onnx_graph import onnx_model

    model = onnx_model(saved.model(), without=saved.missing)
    data = model.SerializeToString()
    write_atomically(path, data)
    return OnnxExport(
        path,
        [value.name for value in model.graph.input],
        [value.name for value in model.graph.output],
        saved.missing,
        len(data),
    )


def _check_size(config: BertConfig) -> None:
    size = 4 * config.parameters()
    if size > MAX_WEIGHT_BYTES:
        raise ModelError(
            f"the weights take {format_size(size)}, and an ONNX file holds at most "
            f"{format_size(MAX_WEIGHT_BYTES)}; use a smaller model, or the folder in transformers"
        )
