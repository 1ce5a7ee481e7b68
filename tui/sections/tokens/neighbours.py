"""The pieces that lie nearest to one in the embedding space."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.tui.text import bar

LONGEST = 18  # columns for a piece, at most
ROOM = 8  # columns for a cosine and the spaces around it


@dataclass(frozen=True)
class Near:
    """What is known of a piece's neighbours.

    Attributes:
        of: the piece.
        pieces: the neighbours, nearest first, each with its cosine.
        sentence: why there are none, or None.
    """

    of: str = ""
    pieces: tuple[tuple[str, float], ...] = ()
    sentence: str | None = None


class Neighbours(Widget):
    """A bar and a number for each neighbour."""

    near: reactive[Near] = reactive(Near())

    def watch_near(self) -> None:
        """Say whose they are."""
        self.border_title = Content(f"Nearest to {self.near.of}" if self.near.of else "Nearest")

    def render(self) -> Content:
        """As many as there is room for."""
        if self.near.sentence is not None:
            return Content(self.near.sentence).stylize("$foreground 65%")
        widest = max((cell_len(piece) for piece, _ in self.near.pieces), default=0)
        name = min(widest, LONGEST, max(4, self.size.width - ROOM - 6))
        width = max(0, self.size.width - name - ROOM)
        shown = self.near.pieces[: self.size.height]
        return Content("\n").join([_line(piece, cosine, name, width) for piece, cosine in shown])


def _line(piece: str, cosine: float, name: int, width: int) -> Content:
    return Content.assemble(
        set_cell_size(piece, name), " ", (bar(cosine, width), "$primary"), f" {cosine:6.3f}"
    )
