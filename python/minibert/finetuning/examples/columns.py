"""The columns of text, pair and label in a table, and the examples in its rows.

Columns are found by the names in the header, or by their values if there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from minibert.errors import LabelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minibert.finetuning.examples.tables import Row

_PAIRS = (
    ("text", "pair"),
    ("text_a", "text_b"),
    ("sentence1", "sentence2"),
    ("premise", "hypothesis"),
    ("question1", "question2"),
    ("question", "sentence"),
)
_TEXTS = ("text", "sentence", "tokens", "words", "review", "content", "phrase")
_LABELS = (
    "label",
    "labels",
    "tags",
    "ner_tags",
    "score",
    "class",
    "category",
    "target",
    "sentiment",
)

_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")


class Example(NamedTuple):
    """A text with its label.

    Attributes:
        text: a text, or the words of a sentence whose words are labelled.
        pair: the second text.
        label: the label as written, or one for each word; None if unknown.
        place: the file and line, for messages.
    """

    text: str | list[str]
    pair: str | None = None
    label: str | list[str] | None = None
    place: str = "the texts"


@dataclass(frozen=True, slots=True)
class Layout:
    """How to read a file; columns by name, or by number from 1.

    Attributes:
        format: one of `minibert.config.TABLE_FORMATS`.
        header: whether the first row has the names of the columns: `auto`, `yes` or `no`.
        text: the column of the text; None: to be found, as the others.
        pair: the column of the second text.
        label: the column of the label.
    """

    format: str = "auto"
    header: str = "auto"
    text: str | None = None
    pair: str | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a table: numbers from 0, or keys of JSON objects.

    Attributes:
        text: the column of the text.
        pair: the column of the second text.
        label: the column of the label.
        names: the header, or the keys; None without a header.
        width: the number of columns; None for JSON objects.
    """

    text: str | int
    pair: str | int | None
    label: str | int | None
    names: tuple[str, ...] | None
    width: int | None

    def describe(self) -> str:
        """A description such as `text in column 1, label in column 2, no header`."""
        named = (("text", self.text), ("pair", self.pair), ("label", self.label))
        parts = [f"{what} in column {self.as_option(c)}" for what, c in named if c is not None]
        return ", ".join(parts if self.names else [*parts, "no header"])

    def as_option(self, column: str | int | None) -> str | None:
        """A column as options name it: by name, or by number from 1."""
        if column is None or isinstance(column, str):
            return column
        return self.names[column] if self.names else str(column + 1)

    def example(self, row: Row, name: str) -> Example:
        """The example in a row.

        Raises:
            LabelError: the row lacks a column, or its values do not make an example.
        """
        place = f"{name}, line {row.line}"
        if self.width is not None and len(row.cells) != self.width:
            raise LabelError(
                f"{place}: this row has {len(row.cells)} columns, but the first row {self.width}"
            )
        text = _text(self._cell(row, self.text, place), place)
        pair = None if self.pair is None else _text(self._cell(row, self.pair, place), place)
        label = None if self.label is None else label_of(self._cell(row, self.label, place), place)
        if isinstance(pair, list):
            raise LabelError(f"{place}: the second text is a list; it must be a string")
        _check_same_length(text, label, place)
        return Example(text, pair, label, place)

    def _cell(self, row: Row, column: str | int, place: str) -> Any:
        if isinstance(column, str) and column not in row.cells:
            raise LabelError(f"{place}: there is no key {column!r}")
        return row.cells[column]


# ---- finding them -------------------------------------------------------------------------------


def find_columns(rows: Sequence[Row], layout: Layout, name: str, *, labelled: bool) -> Columns:
    """Find the columns of a table by the names in its first row, or by its values.

    Args:
        rows: the first rows.
        layout: the columns that are given.
        name: the name of the file in messages.
        labelled: whether to find a column of labels.

    Raises:
        LabelError: a column cannot be found, or the layout names one that is not there.
    """
    first = rows[0].cells
    if isinstance(first, dict):
        names, width = tuple(first), None
    elif _has_header(first, layout):
        names, width = tuple(cell.strip() for cell in first), len(first)
    else:
        return _columns_by_values(rows, layout, name, labelled)
    return _columns_by_name(names, width, layout, name, labelled)


def _has_header(first: list[str], layout: Layout) -> bool:
    if layout.header != "auto":
        return layout.header == "yes"
    given = [c for c in (layout.text, layout.pair, layout.label) if c is not None]
    if any(not column.isdecimal() for column in given):
        return True
    known = {*chain(*_PAIRS), *_TEXTS, *_LABELS}
    return any(cell.strip().lower() in known for cell in first)


def _columns_by_name(
    names: tuple[str, ...], width: int | None, layout: Layout, name: str, labelled: bool
) -> Columns:
    by_lower = {each.lower(): each for each in names}
    text, pair, label = layout.text, layout.pair, layout.label
    if text is None and pair is None:
        text, pair = next((two for two in _PAIRS if by_lower.keys() >= {*two}), (None, None))
    if text is None:
        text = next((each for each in _TEXTS if each in by_lower and each != pair), None)
    if label is None and labelled:
        label = next((each for each in _LABELS if each in by_lower), None)
    for what, column in (("text", text), ("label", label)):
        if column is None and (what == "text" or labelled):
            raise LabelError(
                f"{name}: none of its columns ({', '.join(names)}) has a usual name of a {what}; "
                f"name the column by `{what}`"
            )

    def place(column: str) -> str | int:
        found = column if column in names else by_lower.get(column.lower())
        if found is not None:
            return found if width is None else names.index(found)
        if width is not None and column.isdecimal() and 1 <= int(column) <= width:
            return int(column) - 1
        raise LabelError(f"{name} has no column {column!r}; it has {', '.join(names)}")

    assert text is not None
    return Columns(
        place(text),
        None if pair is None else place(pair),
        None if label is None else place(label),
        names,
        width,
    )


def _columns_by_values(rows: Sequence[Row], layout: Layout, name: str, labelled: bool) -> Columns:
    width = len(rows[0].cells)
    if width == 1 and not labelled and layout.label is None:
        return Columns(0, None, None, None, width)
    text, pair, label = (
        None if column is None else numbered(column, width, name)
        for column in (layout.text, layout.pair, layout.label)
    )
    free = [n for n in range(width) if n not in (text, pair, label)]
    if labelled and label is None:
        label = _likely_label(rows, free)
        free = [n for n in free if n != label]
    # If the text is named, further columns are ignored.
    if text is None and free and len(free) <= 2:
        text, *rest = free
        pair = rest[0] if rest and pair is None else pair
    if text is None or (labelled and label is None):
        raise LabelError(
            f"{name} has no header and {width} column{'s' * (width != 1)}; give the numbers of the "
            "columns by `text` and `label`"
        )
    return Columns(text, pair, label, None, width)


def numbered(column: str, width: int, name: str) -> int:
    """The number of a column from 0, given as an option's number from 1.

    Raises:
        LabelError: there is no such column.
    """
    if not column.isdecimal() or not 1 <= int(column) <= width:
        raise LabelError(f"{name} has no header and {width} columns; there is no column {column}")
    return int(column) - 1


def _likely_label(rows: Sequence[Row], among: list[int]) -> int | None:
    """The only column of numbers, or the one with fewest different values (of ties the last)."""
    columns = {n: [row.cells[n] for row in rows if len(row.cells) > n] for n in among}
    if len(columns) < 2:
        return None
    numbers = [n for n, cells in columns.items() if all(map(is_number, cells))]
    if len(numbers) == 1:
        return numbers[0]
    return min(columns, key=lambda n: (len(set(columns[n])), -n))


# ---- cells --------------------------------------------------------------------------------------


def is_number(text: str) -> bool:
    """Whether a label is a decimal number; `nan` is not."""
    return bool(_NUMBER.fullmatch(text.strip()))


def _text(value: Any, place: str) -> str | list[str]:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and value and all(isinstance(word, str) for word in value):
        return value
    raise LabelError(f"{place}: the text is {value!r}; it must be a string or a list of words")


def label_of(value: Any, place: str) -> str | list[str]:
    """A label as written, or those of words.

    Raises:
        LabelError: a label is empty.
    """
    if isinstance(value, list):
        return [str(label_of(each, place)) for each in value]
    if value is None or isinstance(value, dict) or not str(value).strip():
        raise LabelError(f"{place}: the label is empty")
    return str(value).strip()


def _check_same_length(text: str | list[str], label: str | list[str] | None, place: str) -> None:
    if label is None or (isinstance(text, str) and isinstance(label, str)):
        return
    if isinstance(text, str) or isinstance(label, str):
        raise LabelError(f"{place}: one of text and label is a list; both must be, or neither")
    if len(text) != len(label):
        raise LabelError(f"{place}: there are {len(text)} words but {len(label)} labels")
