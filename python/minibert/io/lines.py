"""Reads files with one text per line, or standard input."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.errors import FileError, TextError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STANDARD_INPUT = "-"
"""The file name that means standard input."""


def read_lines(name: str | Path) -> list[tuple[int, str]]:
    """The non-empty lines of a UTF-8 file, stripped, each with its number, counted from 1.

    Args:
        name: a file, or `-` for standard input.

    Raises:
        FileError: the file cannot be read.
        TextError: a line is not UTF-8, all lines are empty, or standard input is a terminal.
    """
    return list(stream_texts(name))


def stream_texts(name: str | Path) -> Iterator[tuple[int, str]]:
    """As `read_lines`, but lazily."""
    return ((number, text) for number, text in stream_lines(name) if text)


def stream_lines(name: str | Path) -> Iterator[tuple[int, str]]:
    """As `stream_texts`, with the empty lines."""
    return ((number, text.strip()) for number, text in stream_raw_lines(name))


def stream_raw_lines(name: str | Path) -> Iterator[tuple[int, str]]:
    """As `stream_lines`, but only the line ends are stripped.

    Args:
        name: a file, or `-` for standard input.

    Raises:
        FileError: the file cannot be read.
        TextError: a line is not UTF-8, all lines are empty, or standard input is a terminal.
    """
    if name != STANDARD_INPUT:
        return _read_file(Path(name))
    if sys.stdin.isatty():
        raise TextError("there is no text; give texts, or lines of text on standard input")
    return _decode(sys.stdin.buffer, "standard input")


def _read_file(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open("rb") as file:
            yield from _decode(file, str(path))
    except OSError as error:
        raise FileError(f"{path} cannot be read: {error.strerror}") from None


def _decode(lines: Iterable[bytes], where: str) -> Iterator[tuple[int, str]]:
    empty = True
    for number, line in enumerate(lines, 1):
        try:
            text = (line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line).decode()
        except UnicodeDecodeError:
            raise TextError(f"{where}, line {number} is not UTF-8") from None
        empty = empty and not text.strip()
        yield number, text.rstrip("\r\n")
    if empty:
        raise TextError(f"{where} holds no text")
