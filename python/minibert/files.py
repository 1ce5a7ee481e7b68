"""Files written atomically and durably, their hashes, and NumPy arrays written row by row."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import numpy as np

from minibert.errors import FileError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file whole or not at all; it is on the disk when this returns.

    Raises:
        FileError: the file cannot be written.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise FileError(f"{path} cannot be written: {error.strerror}") from None


def sync_folder(folder: Path) -> None:
    """Have the disk keep which files a folder holds, and under which names.

    Raises:
        OSError: the disk refuses.
    """
    if os.name == "nt":  # which opens no folders, and keeps names by itself
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal.

    Raises:
        OSError: it cannot be read.
    """
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def write_vectors(path: Path, chunks: Iterable[NDArray[np.float32]], width: int) -> int:
    """Write chunks of rows as one array that `numpy.load` reads; whole or not at all.

    Args:
        path: the file's.
        chunks: (N, width) each, float32; never all in memory.
        width: the length of a row, for when there is none.

    Returns:
        How many rows there are.

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
    # NumPy leaves room in the header for the number of rows to grow, for this very purpose.
    shape = {"descr": "<f4", "fortran_order": False, "shape": (rows, width)}
    np.lib.format.write_array_header_1_0(file, shape)
