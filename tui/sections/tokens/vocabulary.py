"""The vocabulary, and a search in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.text import Text
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import DataTable, Input

from minibert.tui.sections.tokens.vocabulary_search import search_tokens
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.list_table import ListTable, right

if TYPE_CHECKING:
    from textual.app import ComposeResult

MAX_ROWS = 300


class _ResultTable(ListTable):
    """A row for each token that the search finds: id, token."""

    COLUMNS = (right("id"), Text("token"))


class Vocabulary(Vertical):
    """A search field above its results, updated while typing.

    Posts `Selected` when a person moves the cursor to another token.
    """

    class Selected(Message):
        """The cursor is on another token."""

        def __init__(self, token_id: int) -> None:
            super().__init__()
            self.token_id = token_id

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._tokens: Sequence[str] = ()  # by id
        self._shown: list[int] = []  # ids
        self.border_title = "Vocabulary"

    def compose(self) -> ComposeResult:
        """The field above its results."""
        yield Field(placeholder="un, ##ing or an id", compact=True)
        yield _ResultTable("vocabulary")

    def set_tokens(self, tokens: Sequence[str]) -> None:
        """Search another vocabulary, given as its tokens by id."""
        self._tokens = tokens
        self._search()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while typing."""
        event.stop()
        self._search()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Focus the results."""
        event.stop()
        self.query_one(_ResultTable).focus()

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Post the token under the cursor, if the person moved it and not a search."""
        event.stop()
        if self.has_focus_within and 0 <= event.cursor_row < len(self._shown):
            self.post_message(self.Selected(self._shown[event.cursor_row]))

    def _search(self) -> None:
        found = search_tokens(self._tokens, self.query_one(Field).value.strip())
        self._shown = found[:MAX_ROWS]
        rows = [(right(id, "dim"), Text(self._tokens[id])) for id in self._shown]
        self.query_one(_ResultTable).set_rows(rows)
        first = f"first {MAX_ROWS} of " if len(found) > MAX_ROWS else ""
        self.border_subtitle = f"{first}{len(found):,}" if self._tokens else ""
