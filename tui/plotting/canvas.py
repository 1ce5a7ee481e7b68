"""A grid of characters and styles that plots are drawn into. It does not use Textual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len

from minibert.tui.plotting.braille import EMPTY_CELL, Bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

RUN_COLORS = 8  # distinct colors of compared runs
COLORS = ("training", "validation", *(f"run-{number}" for number in range(1, RUN_COLORS + 1)))
STYLES = (
    "blank",
    "title",
    "label",
    "axis",
    "hint",
    "reference",
    "crosshair",
    *(f"faint-{color}" for color in COLORS),
    *COLORS,
)
_INDEX = {name: index for index, name in enumerate(STYLES)}


def style_indices(styles: Sequence[str]) -> NDArray[np.uint8]:
    """uint8 (n,): the indices of styles in `STYLES`."""
    return np.array([_INDEX[style] for style in styles], dtype=np.uint8)


class Canvas:
    """Characters and their styles, by rows from the top.

    Attributes:
        chars: (rows, columns), one character each; a character of two cells is followed by an empty
            one.
        styles: (rows, columns), indices into `STYLES`.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.chars = np.full((rows, columns), " ", dtype="<U1")
        self.styles = np.zeros((rows, columns), dtype=np.uint8)

    def write(self, row: int, column: int, text: str, style: str) -> None:
        """Write a text; it is cut at the edges."""
        rows, columns = self.chars.shape
        cells = list(text) if text.isascii() else list(_cells(text))
        start, end = max(0, column), min(columns, column + len(cells))
        if 0 <= row < rows and start < end:
            shown = cells[start - column : end - column]
            shown[0] = shown[0] or " "  # in place of half a character
            if end - column < len(cells) and not cells[end - column]:
                shown[-1] = " "
            self.chars[row, start:end] = shown
            self.styles[row, start:end] = _INDEX[style]

    def overlay(self, lines: Bits, styles: Sequence[str]) -> None:
        """Draw braille dots on top; a cell shows one line only, since mixed dots are unreadable.

        Args:
            lines: uint8 (lines, rows, columns), the frontmost line last.
            styles: a style for each line.
        """
        drawn = lines > 0
        cells = drawn.any(axis=0)
        front = len(lines) - 1 - drawn[::-1].argmax(axis=0)[cells]
        row, column = np.nonzero(cells)
        bits = lines[front, row, column]
        self.chars[cells] = (EMPTY_CELL + bits.astype(np.uint32)).view("<U1")
        self.styles[cells] = style_indices(styles)[front]

    def text(self) -> str:
        """The characters as lines."""
        return "\n".join("".join(row).rstrip() for row in self.chars)


def _cells(text: str) -> Iterator[str]:
    """The characters of a text by cell; characters without width are left out."""
    for char in text:
        width = cell_len(char)
        if width:
            yield char
        if width == 2:
            yield ""
