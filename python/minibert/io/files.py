"""Files written atomically and durably, and their hashes."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from minibert.errors import FileError


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file completely or not at all; it is on the disk when this returns.

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
    """Flush the names of the files in a folder to the disk.

    Raises:
        OSError: the operating system refuses.
    """
    if os.name == "nt":  # cannot open folders and flushes names itself
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
