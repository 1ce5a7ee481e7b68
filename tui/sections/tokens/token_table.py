"""The pieces of a text, one a row."""

from __future__ import annotations

from rich.text import Text

from minibert.tui.models.token_spans import TokenSpan
from minibert.tui.widgets.list_table import ListTable, right


class PieceTable(ListTable):
    """Number, characters that it comes from, id and piece; of `[UNK]`, what it stands for."""

    COLUMNS = (right("#"), right("from"), right("id"), Text("piece"))

    def list_pieces(self, pieces: list[TokenSpan]) -> None:
        """Show other pieces."""
        self.list_rows([_cells(number, piece) for number, piece in enumerate(pieces)])


def _cells(number: int, piece: TokenSpan) -> tuple[Text, ...]:
    added = piece.word is None
    name = Text(piece.piece, "bold" if piece.unknown else "dim" if added else "")
    if piece.unknown:
        name.append(f" {piece.text}")
    place = "" if added else f"{piece.start}-{piece.end}"
    return right(number, "dim"), right(place, "dim"), right(piece.id), name
