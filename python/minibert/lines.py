"""Texts of a line each, from a file or standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from minibert.errors import FileError, TextError
from minibert.text import STANDARD_INPUT


def read_lines(name: str | Path) -> list[tuple[int, str]]:
    """The lines of a UTF-8 file that hold text, each with its number from 1, without blanks around.

    Args:
        name: a file, or `-` for standard input.

    Raises:
        FileError: the file cannot be read.
        TextError: a line is not UTF-8, none holds text, or standard input is a keyboard.
    """
    if name == STANDARD_INPUT:
        if sys.stdin.isatty():
            raise TextError("there is no text on standard input; name a file, of a text a line")
        where, data = "standard input", sys.stdin.buffer.read()
    else:
        where, data = str(name), _read(Path(name))
    lines = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        try:
            text = line.decode().strip()
        except UnicodeDecodeError:
            raise TextError(f"{where}, line {number} is not UTF-8") from None
        if text:
            lines.append((number, text))
    if not lines:
        raise TextError(f"{where} holds no text")
    return lines


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None
