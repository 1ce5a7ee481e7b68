"""The table of the tokens of a text."""

from __future__ import annotations

from rich.text import Text

from minibert.tui.models.token_spans import TokenSpan
from minibert.tui.widgets.list_table import ListTable, right


class TokenTable(ListTable):
    """A row for each token: number, characters, id, token; for `[UNK]` also the word."""

    COLUMNS = (right("#"), right("chars"), right("id"), Text("token"))

    def set_tokens(self, tokens: list[TokenSpan]) -> None:
        """Show the tokens of another text."""
        self.set_rows([_cells(number, token) for number, token in enumerate(tokens)])


def _cells(number: int, token: TokenSpan) -> tuple[Text, ...]:
    added = token.word is None  # [CLS] or [SEP]
    name = Text(token.token, "bold" if token.unknown else "dim" if added else "")
    if token.unknown:
        name.append(f" {token.text}")
    span = "" if added else f"{token.start}-{token.end}"
    return right(number, "dim"), right(span, "dim"), right(token.id), name
