"""Labelled texts from files: tables with a row an example, and CoNLL lines with one a sentence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

from minibert.errors import LabelError
from minibert.finetuning.examples.columns import (
    Columns,
    Example,
    Layout,
    find_columns,
    is_number,
    label_of,
    numbered,
)
from minibert.finetuning.examples.tables import Row, format_of, read_rows
from minibert.io.lines import stream_raw_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

LOOKED_AT = 1000
"""Lines that are looked at to find what a file is."""


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """A file that has been read.

    Attributes:
        examples: its rows.
        format: which of `minibert.config.TABLE_FORMATS` it is.
        columns: what was found; None for CoNLL.
    """

    examples: list[Example]
    format: str
    columns: Columns | None

    def describe(self) -> str:
        """For a person: what was found by looking."""
        if self.columns is None:
            return f"{len(self.examples):,} sentences, word first and label last in a line"
        return f"{len(self.examples):,} rows, {self.columns.describe()}"

    def layout(self, asked: Layout) -> Layout:
        """How to read a file like this one: as was asked for, with what was found."""
        if self.columns is None:
            return asked
        names = (self.columns.text, self.columns.pair, self.columns.label)
        text, pair, label = (self.columns.written(column) for column in names)
        header = "no" if self.columns.names is None else "yes"
        return Layout(asked.format, header, text, pair, label)


def read_examples(path: str, layout: Layout) -> ExampleFile:
    """Read a file of labelled texts.

    Raises:
        FileError: it cannot be read.
        TextError: it is empty, or not UTF-8.
        LabelError: its columns are not to be found, or a row lacks one.
    """
    lines = list(stream_raw_lines(path))
    format = format_of(path, lines[:LOOKED_AT]) if layout.format == "auto" else layout.format
    if format == "lines":
        raise LabelError(f"{path}: plain lines have no labels to train on; give a table")
    rows = list(read_rows(lines, format, path))
    if format == "conll":
        return ExampleFile([_sentence(row, layout, path, True) for row in rows], format, None)
    columns = find_columns(rows, layout, path, labelled=True)
    examples = [columns.example(row, path) for row in _body(rows, columns)]
    if not examples:
        raise LabelError(f"{path} has a header and no rows below it")
    if layout.header == "auto" and columns.names is None:
        _refuse_a_header_among(examples, path)
    return ExampleFile(examples, format, columns)


def stream_examples(
    lines: Iterable[tuple[int, str]], name: str, layout: Layout, *, labelled: bool
) -> Iterator[Example]:
    """The examples of a file or pipe as they come, by the layout, whose format is not `auto`.

    Args:
        lines: as they come, with their numbers.
        name: what the file is called in messages.
        layout: how it is read. Columns that it names are there; pair and label only if named.
        labelled: whether CoNLL lines end with a label.

    Raises:
        LabelError: as `read_examples`, when the row is come to.
    """
    rows = read_rows(lines, layout.format, name)
    if layout.format == "lines":
        yield from (Example(row.cells, place=f"{name}, line {row.line}") for row in rows)
    elif layout.format == "conll":
        yield from (_sentence(row, layout, name, labelled) for row in rows)
    elif (first := next(rows, None)) is not None:
        columns = find_columns([first], layout, name, labelled=False)
        yield from (columns.example(row, name) for row in _body(chain([first], rows), columns))


def _refuse_a_header_among(examples: Sequence[Example], name: str) -> None:
    """Raise if the first row's label is of another kind than those of all others.

    Raises:
        LabelError: it is the only one of its kind, as a header's would be.
    """
    first, *others = (str(example.label) for example in examples)
    alone = len(others) > 2 and not is_number(first) and first not in others
    if alone and (all(map(is_number, others)) or min(Counter(others).values()) > 1):
        raise LabelError(
            f"{name}: no other row has the first one's label, {first!r}; if it is a header, say "
            "--header yes, and if not, --header no"
        )


def _sentence(row: Row, layout: Layout, name: str, labelled: bool) -> Example:
    """The words of some CoNLL lines, the first column by default, and their labels, the last."""
    width = len(row.cells[0])
    for number, cells in enumerate(row.cells, row.line):
        if labelled and width < 2:
            raise LabelError(f"{name}, line {number}: a word stands here without a label")
        if len(cells) != width:
            raise LabelError(
                f"{name}, line {number}: the line before has {width} columns, and this one "
                f"{len(cells)}"
            )
    word = 0 if layout.text is None else numbered(layout.text, width, name)
    words = [cells[word] for cells in row.cells]
    place = f"{name}, line {row.line}"
    if not labelled:
        return Example(words, place=place)
    last = width - 1 if layout.label is None else numbered(layout.label, width, name)
    return Example(words, None, [str(label_of(cells[last], place)) for cells in row.cells], place)


def _body(rows: Iterable[Row], columns: Columns) -> Iterator[Row]:
    """The rows below the header."""
    return islice(rows, int(columns.names is not None and columns.width is not None), None)
