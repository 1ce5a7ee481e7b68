"""Writes NumPy arrays to `.npy` files chunk by chunk."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from minibert.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


def write_npy(path: Path, chunks: Iterable[NDArray[np.float32]], width: int) -> int:
    """Write chunks of rows as one array for `numpy.load`, completely or not at all.

    Args:
        path: of the file.
        chunks: (N, width) each, float32; only one is in memory at a time.
        width: the length of a row, also for zero rows.

    Returns:
        The number of rows.

    Raises:
        FileError: the file cannot be written.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            rows = 0
            _write_header(file, rows, width)
            for chunk in chunks:
                file.write(np.ascontiguousarray(chunk, "<f4").data)
                rows += len(chunk)
            file.seek(0)
            _write_header(file, rows, width)
        temporary.replace(path)
    except OSError as error:
        raise FileError(f"{path} cannot be written: {error.strerror}") from None
    finally:
        temporary.unlink(missing_ok=True)
    return rows


def _write_header(file: BinaryIO, rows: int, width: int) -> None:
    # NumPy pads the header so that the number of rows can grow.
    shape = {"descr": "<f4", "fortran_order": False, "shape": (rows, width)}
    np.lib.format.write_array_header_1_0(file, shape)
