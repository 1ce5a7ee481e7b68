"""Reads files of labelled texts: tables with an example per row, and CoNLL lines."""

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

FORMAT_LINES = 1000
"""The first lines of a file, from which its format is inferred."""


@dataclass(frozen=True, slots=True)
class ExampleFile:
    """The content of a file.

    Attributes:
        examples: its examples.
        format: one of `minibert.config.TABLE_FORMATS`.
        columns: its columns; None for CoNLL.
    """

    examples: list[Example]
    format: str
    columns: Columns | None

    def describe(self) -> str:
        """A description of the layout, for users."""
        if self.columns is None:
            return f"{len(self.examples):,} sentences, word first and label last in a line"
        return f"{len(self.examples):,} rows, {self.columns.describe()}"

    def layout(self, given: Layout) -> Layout:
        """The layout of this file, to read others like it: `given`, with the columns found."""
        if self.columns is None:
            return given
        names = (self.columns.text, self.columns.pair, self.columns.label)
        text, pair, label = (self.columns.as_option(column) for column in names)
        header = "no" if self.columns.names is None else "yes"
        return Layout(given.format, header, text, pair, label)


def read_examples(path: str, layout: Layout) -> ExampleFile:
    """Read a file of labelled texts.

    Raises:
        FileError: it cannot be read.
        TextError: it is empty, or not UTF-8.
        LabelError: its columns cannot be found, or a row lacks one.
    """
    lines = list(stream_raw_lines(path))
    format = format_of(path, lines[:FORMAT_LINES]) if layout.format == "auto" else layout.format
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
        _check_no_header(examples, path)
    return ExampleFile(examples, format, columns)


def stream_examples(
    lines: Iterable[tuple[int, str]], name: str, layout: Layout, *, labelled: bool
) -> Iterator[Example]:
    """Read the examples of a file or pipe while its lines arrive.

    Args:
        lines: the lines, with their numbers.
        name: the name of the file in messages.
        layout: how to read it; its format is not `auto`. Pair and label are read only if named.
        labelled: whether CoNLL lines end with a label.

    Raises:
        LabelError: as `read_examples`, at the row in question.
    """
    rows = read_rows(lines, layout.format, name)
    if layout.format == "lines":
        yield from (Example(row.cells, place=f"{name}, line {row.line}") for row in rows)
    elif layout.format == "conll":
        yield from (_sentence(row, layout, name, labelled) for row in rows)
    elif (first := next(rows, None)) is not None:
        columns = find_columns([first], layout, name, labelled=False)
        yield from (columns.example(row, name) for row in _body(chain([first], rows), columns))


def _check_no_header(examples: Sequence[Example], name: str) -> None:
    """Raise if the first row looks like a header.

    Raises:
        LabelError: its label is the only one of its kind.
    """
    first, *others = (str(example.label) for example in examples)
    alone = len(others) > 2 and not is_number(first) and first not in others
    if alone and (all(map(is_number, others)) or min(Counter(others).values()) > 1):
        raise LabelError(
            f"{name}: only the first row has the label {first!r}; set `header` to yes if it is a "
            "header, and to no if it is not"
        )


def _sentence(row: Row, layout: Layout, name: str, labelled: bool) -> Example:
    """A sentence of CoNLL lines; by default the first column has words, the last labels."""
    width = len(row.cells[0])
    for number, cells in enumerate(row.cells, row.line):
        if labelled and width < 2:
            raise LabelError(f"{name}, line {number}: a word has no label")
        if len(cells) != width:
            raise LabelError(
                f"{name}, line {number}: this line has {len(cells)} columns, but the line before "
                f"{width}"
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
