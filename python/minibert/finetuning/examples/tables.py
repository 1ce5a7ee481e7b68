"""Rows of TSV, CSV, JSON lines, CoNLL columns and plain lines, each with the line it begins in."""

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
    """What a line says; for CoNLL, what the lines of a sentence say.

    `cells` are those of TSV and CSV, a JSON object, the cells of each word, or the text alone.
    """

    line: int
    cells: Any


def format_by_name(name: str) -> str | None:
    """What a file is by its name; None where that leaves it open."""
    return _SUFFIXES.get(Path(name).suffix.lower())


def format_of(name: str, first: Sequence[tuple[int, str]]) -> str:
    """What a file is, by its name and, where that leaves it open, its first lines.

    Raises:
        LabelError: there is no telling.
    """
    by_name = format_by_name(name)
    if by_name not in (None, "tsv"):
        return by_name
    lines = [text for _, text in first]
    there = [line for line in lines if line.strip()]
    if there and there[0].lstrip().startswith("{"):
        return "jsonl"
    widths = {len(line.split()) for line in there}
    # Blank lines in between stand after sentences; at the end of a table there may be some too.
    ends = lines[: lines.index(there[-1])].count("") if there else 0
    if ends and len(widths) == 1 and widths != {1}:
        return "conll"
    for kind, mark in (("tsv", "\t"), ("csv", ",")):
        if by_name == kind or (there and all(mark in line for line in there)):
            return kind
    raise LabelError(
        f"{name}: neither its name nor its lines say what it is; say it by --format, "
        f"which is one of {', '.join(TABLE_FORMATS[1:])}"
    )


def read_rows(lines: Iterable[tuple[int, str]], format: str, name: str) -> Iterator[Row]:
    """The rows of lines of a format that is not `auto`; blank lines are none.

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
    start, inside = 0, False  # a quoted cell, which may go on in the next line
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
        raise LabelError(f"{name}, line {start}: a quote is opened here and never closed")


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
