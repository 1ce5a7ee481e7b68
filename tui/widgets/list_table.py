"""A table with fixed columns whose rows are replaced as a whole."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.widgets import DataTable


class ListTable(DataTable[Text]):
    """A table with a row cursor, which keeps its row when the rows are replaced.

    Subclasses set `COLUMNS`.

    Args:
        name: its name in the help.
    """

    COLUMNS: ClassVar[tuple[Text, ...]] = ()

    def __init__(self, name: str) -> None:
        super().__init__(cursor_type="row", name=name)

    def on_mount(self) -> None:
        """Add the columns."""
        self.add_columns(*self.COLUMNS)

    def set_rows(self, rows: Sequence[tuple[Text, ...]]) -> None:
        """Replace the rows."""
        row = max(0, self.cursor_row)
        self.clear()
        for cells in rows:
            self.add_row(*cells)
        if rows:
            self.move_cursor(row=min(row, len(rows) - 1))


def right(text: object, style: str = "") -> Text:
    """A cell that is aligned to the right."""
    return Text(str(text), style, justify="right")
