"""A text with the pieces that it is cut into marked in it."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.models.token_spans import TokenSpan

CUT = "┊"  # between two pieces of a word
EDGE = "│"  # between two words that nothing stands between
SHADES = ("on $primary 25%", "on $secondary 25%")


class TokenizedText(Widget):
    """The text as it was typed: words shaded in turn, cut where pieces are, unknown ones framed.

    Every boundary is a sign as well as a shade, for those who see no colors.
    """

    pieces: reactive[list[TokenSpan]] = reactive(list, layout=True)
    chosen: reactive[int | None] = reactive(None)

    def render(self) -> Content:
        """The text, wrapped."""
        parts: list[Content] = []
        at, before = 0, None
        for number, piece in enumerate(self.pieces):
            if piece.word is None:
                at_end = bool(parts)
                parts.append(Content(f" {piece.piece}" if at_end else f"{piece.piece} "))
                continue
            if piece.word != before:
                gap = " " if piece.start > at else EDGE
                parts.append(Content(gap if at else "").stylize("$foreground 65%"))
            else:
                parts.append(Content(CUT).stylize(SHADES[piece.word % 2]))
            parts.append(self._piece(number, piece, max(at, piece.start)))
            at, before = max(at, piece.end), piece.word
        return Content.assemble(*parts)

    def _piece(self, number: int, piece: TokenSpan, start: int) -> Content:
        # What comes from the same characters as the piece before is named, since it shows nowhere.
        text = piece.text[start - piece.start :] or piece.piece
        style = f"$foreground {SHADES[(piece.word or 0) % 2]}"
        if piece.unknown:
            text, style = f"⟨{text}⟩", "bold $text-error on $error-muted"
        if number == self.chosen:
            style = f"bold {style} reverse underline"
        return Content(text).stylize(style)
