"""The nearest tokens of a token, by the cosine of their embeddings."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.text import bar

MAX_TOKEN = 18  # cells for a token
COSINE = 8  # cells for a cosine and the spaces around it


@dataclass(frozen=True)
class NearestTokens:
    """The nearest tokens of a token.

    Attributes:
        token: the token; empty if none is selected.
        nearest: the other tokens, nearest first, each with its cosine.
        message: a sentence in place of them, or None.
    """

    token: str = ""
    nearest: tuple[tuple[str, float], ...] = ()
    message: str | None = None


class Neighbors(Widget):
    """A line with a bar and the cosine for each of the nearest tokens, as many as fit.

    Attributes:
        tokens: what is shown.
    """

    tokens: reactive[NearestTokens] = reactive(NearestTokens())

    def watch_tokens(self) -> None:
        """Name the token in the title."""
        token = self.tokens.token
        self.border_title = Content(f"Nearest to {token}" if token else "Nearest")

    def render(self) -> Content:
        """Draw the lines, or the message."""
        if self.tokens.message is not None:
            return Content(self.tokens.message).stylize("$foreground 65%")
        longest = max((cell_len(token) for token, _ in self.tokens.nearest), default=0)
        token_width = min(longest, MAX_TOKEN, max(4, self.size.width - COSINE - 6))
        bar_width = max(0, self.size.width - token_width - COSINE)
        shown = self.tokens.nearest[: self.size.height]
        return Content("\n").join(
            [_line(token, cosine, token_width, bar_width) for token, cosine in shown]
        )


def _line(token: str, cosine: float, token_width: int, bar_width: int) -> Content:
    text = set_cell_size(token, token_width)
    return Content.assemble(text, " ", (bar(cosine, bar_width), "$primary"), f" {cosine:6.3f}")
