"""A vocabulary that is searched as one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import DataTable, Input

from minibert.tui.sections.tokens.vocabulary_search import search_pieces
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.list_table import ListTable, right

if TYPE_CHECKING:
    from textual.app import ComposeResult

SHOWN = 300  # rows, at most; more are found by more letters


class _FoundTable(ListTable):
    """Ids and pieces."""

    COLUMNS = (right("id"), Text("piece"))


class Vocabulary(Vertical):
    """A field, and the pieces that what is in it finds."""

    class Chosen(Message):
        """The cursor is on another piece."""

        def __init__(self, piece: int) -> None:
            super().__init__()
            self.piece = piece

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._pieces: Sequence[str] = ()
        self._shown: list[int] = []
        self.border_title = "Vocabulary"

    def compose(self) -> ComposeResult:
        """The field above its answers."""
        yield Field(placeholder="un, ##ing or an id", compact=True)
        yield _FoundTable("vocabulary")

    def list_pieces(self, pieces: Sequence[str]) -> None:
        """Search another vocabulary, its pieces by id, from now on."""
        self._pieces = pieces
        self._search()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search for what is typed."""
        event.stop()
        self._search()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go down to what was found."""
        event.stop()
        self.query_one(_FoundTable).focus()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Say which piece the cursor is on, while it is the person who searches."""
        event.stop()
        if self.has_focus_within and 0 <= event.cursor_row < len(self._shown):
            self.post_message(self.Chosen(self._shown[event.cursor_row]))

    def _search(self) -> None:
        found = search_pieces(self._pieces, self.query_one(Field).value.strip())
        self._shown = found[:SHOWN]
        rows = [(right(id, "dim"), Text(self._pieces[id])) for id in self._shown]
        self.query_one(_FoundTable).list_rows(rows)
        first = f"first {SHOWN} of " if len(found) > SHOWN else ""
        self.border_subtitle = f"{first}{len(found):,}" if self._pieces else ""
