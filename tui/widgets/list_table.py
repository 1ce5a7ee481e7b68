"""A table whose rows are exchanged as one types or goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual.widgets import DataTable


class ListTable(DataTable[Text]):
    """Rows under columns that stay; the cursor is a row, and stays where it was.

    Args:
        name: what the help calls it.
    """

    COLUMNS: ClassVar[tuple[Text, ...]] = ()

    def __init__(self, name: str) -> None:
        super().__init__(cursor_type="row", name=name)

    def on_mount(self) -> None:
        """Name the columns."""
        self.add_columns(*self.COLUMNS)

    def list_rows(self, rows: Sequence[tuple[Text, ...]]) -> None:
        """Show other rows."""
        row = max(0, self.cursor_row)
        self.clear()
        for cells in rows:
            self.add_row(*cells)
        if rows:
            self.move_cursor(row=min(row, len(rows) - 1))


def right(text: object, style: str = "") -> Text:
    """A cell at the right edge of its column."""
    return Text(str(text), style, justify="right")
