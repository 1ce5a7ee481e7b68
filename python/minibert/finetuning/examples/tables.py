"""Rows of TSV, CSV, JSON lines, CoNLL columns and plain lines, with their line numbers."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from minibert.config import TABLE_FORMATS
from minibert.errors import LabelError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_SUFFIXES = {
    ".tsv": "tsv",
    ".tab": "tsv",
    ".csv": "csv",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "jsonl",
    ".conll": "conll",
    ".iob": "conll",
    ".iob2": "conll",
    ".bio": "conll",
}


class Row(NamedTuple):
    """A row of a table, or a sentence of CoNLL lines.

    `line` is the number of its first line. `cells` has the cells of TSV and CSV, a JSON object, the
    cells of each CoNLL line, or a plain line.
    """

    line: int
    cells: Any


def format_by_name(name: str) -> str | None:
    """The format of a file by its suffix; None if unknown."""
    return _SUFFIXES.get(Path(name).suffix.lower())


def format_of(name: str, first: Sequence[tuple[int, str]]) -> str:
    """The format of a file by its name or, if that is not enough, its first lines.

    Raises:
        LabelError: the format cannot be inferred.
    """
    by_name = format_by_name(name)
    if by_name not in (None, "tsv"):
        return by_name
    lines = [text for _, text in first]
    filled = [line for line in lines if line.strip()]
    if filled and filled[0].lstrip().startswith("{"):
        return "jsonl"
    widths = {len(line.split()) for line in filled}
    # Blank lines between others end sentences; at the end of a table there may be some too.
    ends = lines[: lines.index(filled[-1])].count("") if filled else 0
    if ends and len(widths) == 1 and widths != {1}:
        return "conll"
    for kind, mark in (("tsv", "\t"), ("csv", ",")):
        if by_name == kind or (filled and all(mark in line for line in filled)):
            return kind
    raise LabelError(
        f"{name}: the format cannot be inferred from its name and lines; set `format` to one of "
        f"{', '.join(TABLE_FORMATS[1:])}"
    )


def read_rows(lines: Iterable[tuple[int, str]], format: str, name: str) -> Iterator[Row]:
    """The rows of a file; blank lines make no rows.

    Args:
        lines: the lines, with their numbers.
        format: the format, not `auto`.
        name: the name of the file in messages.

    Raises:
        LabelError: a line is not of the format.
    """
    readers = {"csv": _csv_rows, "jsonl": _json_rows, "conll": _sentences}
    if format in readers:
        yield from readers[format](lines, name)
        return
    for number, text in lines:
        if text.strip():
            yield Row(number, text.split("\t") if format == "tsv" else text.strip())


def _csv_rows(lines: Iterable[tuple[int, str]], name: str) -> Iterator[Row]:
    held: list[str] = []
    start, inside = 0, False  # a quoted cell, which may continue in the next line
    for number, text in lines:
        if not held:
            start = number
        held.append(text)
        inside ^= text.count('"') % 2 == 1
        if inside:
            continue
        if "".join(held).strip():
            yield Row(start, _csv_cells("\n".join(held), start, name))
        held = []
    if held:
        raise LabelError(f"{name}, line {start}: a quote is opened here and not closed")


def _csv_cells(text: str, line: int, name: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as error:
        raise LabelError(f"{name}, line {line}: this is not CSV: {error}") from None


def _json_rows(lines: Iterable[tuple[int, str]], name: str) -> Iterator[Row]:
    for number, text in lines:
        if not text.strip():
            continue
        try:
            found = json.loads(text)
        except ValueError as error:
            raise LabelError(f"{name}, line {number}: this is not JSON: {error}") from None
        if not isinstance(found, dict):
            raise LabelError(f"{name}, line {number}: this is not a JSON object")
        yield Row(number, found)


def _sentences(lines: Iterable[tuple[int, str]], name: str) -> Iterator[Row]:
    start, words = 0, list[list[str]]()
    for number, text in lines:
        cells = text.split("\t") if "\t" in text else text.split()
        if not text.strip():
            if words:
                yield Row(start, words)
            words = []
        elif cells[0] != "-DOCSTART-":
            start = start if words else number
            words.append(cells)
    if words:
        yield Row(start, words)
