"""A text with the boundaries of its words and tokens."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.models.token_spans import TokenSpan

TOKEN_BOUNDARY = "┊"  # within a word
WORD_BOUNDARY = "│"  # between two words without a space
WORD_STYLES = ("on $primary 25%", "on $secondary 25%")


class TokenizedText(Widget):
    """The text as typed: words in alternating colors, token boundaries, `[UNK]` in ⟨ ⟩.

    Every boundary is a character as well as a color, so that it is visible without colors.

    Attributes:
        tokens: of the text.
        selected: the number of the highlighted token, or None.
    """

    tokens: reactive[list[TokenSpan]] = reactive(list, layout=True)
    selected: reactive[int | None] = reactive(None)

    def render(self) -> Content:
        """Draw the text, wrapped."""
        parts: list[Content] = []
        end, word = 0, None  # of the token before
        for number, token in enumerate(self.tokens):
            if token.word is None:
                is_last = bool(parts)
                parts.append(Content(f" {token.token}" if is_last else f"{token.token} "))
                continue
            if token.word != word:
                gap = " " if token.start > end else WORD_BOUNDARY
                parts.append(Content(gap if end else "").stylize("$foreground 65%"))
            else:
                parts.append(Content(TOKEN_BOUNDARY).stylize(WORD_STYLES[token.word % 2]))
            parts.append(self._token(number, token, max(end, token.start)))
            end, word = max(end, token.end), token.word
        return Content.assemble(*parts)

    def _token(self, number: int, token: TokenSpan, start: int) -> Content:
        # A token that covers the same characters as the one before has none of its own to show.
        text = token.text[start - token.start :] or token.token
        style = f"$foreground {WORD_STYLES[(token.word or 0) % 2]}"
        if token.unknown:
            text, style = f"⟨{text}⟩", "bold $text-error on $error-muted"
        if number == self.selected:
            style = f"bold {style} reverse underline"
        return Content(text).stylize(style)
