"""The whole of `minibert export`: a model folder in, a file that other programs run out.

For `transformers` nothing is to be exported: a run folder is a model folder of its own.
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

MOST_BYTES = 2**31 - 2**24
"""What an ONNX file may take: a protocol buffer has less than 2 GiB, and nodes take some of it."""


@dataclass(frozen=True, slots=True)
class OnnxExport:
    """A model that has been written as an ONNX file."""

    path: Path
    inputs: list[str]
    outputs: list[str]
    missing: tuple[Part, ...]
    """Parts that the model folder has not, and the file therefore neither."""
    bytes: int


def export_onnx(folder: str | os.PathLike[str], options: ExportOptions) -> OnnxExport:
    """Write a model as an ONNX file.

    Args:
        folder: a run, or any folder with a BERT's `config.json` and weights.
        options: which file.

    Raises:
        OptionError: no file is named, or the package `onnx` is missing.
        FileError: the file is there already, or cannot be written.
        ModelError: the folder holds no model, a damaged one, or one too large for a file.
    """
    if options.onnx is None:
        raise OptionError("say which file the model goes into, such as: --onnx model.onnx")
    require_extra("onnx", "--onnx")
    path = Path(options.onnx)
    if path.exists():
        raise FileError(f"{path} is there already; choose another --onnx, or remove it")
    saved = read_model(Path(folder))
    _refuse_too_large(saved.config)

    from minibert.model.onnx_graph import onnx_model

    made = onnx_model(saved.model(), without=saved.missing)
    data = made.SerializeToString()
    write_atomically(path, data)
    return OnnxExport(
        path,
        [value.name for value in made.graph.input],
        [value.name for value in made.graph.output],
        saved.missing,
        len(data),
    )


def _refuse_too_large(config: BertConfig) -> None:
    size = 4 * config.parameters()
    if size > MOST_BYTES:
        raise ModelError(
            f"the model's weights take {format_size(size)}, and an ONNX file holds "
            f"{format_size(MOST_BYTES)}; use a smaller model, or its folder in transformers"
        )
