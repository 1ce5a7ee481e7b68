"""A grid of characters with styles that pictures are drawn into. It knows nothing of Textual."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from rich.cells import cell_len

from minibert.tui.plotting.braille import EMPTY_CELL, Bits

if TYPE_CHECKING:
    from numpy.typing import NDArray

RUN_COLORS = 8  # that runs are told apart by
COLORS = ("training", "held-out", *(f"run-{number}" for number in range(1, RUN_COLORS + 1)))
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
    """uint8 (n,): what stands for these styles in a canvas."""
    return np.array([_INDEX[style] for style in styles], dtype=np.uint8)


class Canvas:
    """Characters and their styles, by rows from the top.

    Attributes:
        chars: one character (rows, columns); what is two cells wide is followed by an empty one.
        styles: indices into `STYLES` (rows, columns).
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.chars = np.full((rows, columns), " ", dtype="<U1")
        self.styles = np.zeros((rows, columns), dtype=np.uint8)

    def write(self, row: int, column: int, text: str, style: str) -> None:
        """Write a text; what lies beyond an edge is cut."""
        rows, columns = self.chars.shape
        cells = list(text) if text.isascii() else list(_cells(text))
        start, end = max(0, column), min(columns, column + len(cells))
        if 0 <= row < rows and start < end:
            shown = cells[start - column : end - column]
            shown[0] = shown[0] or " "  # the second half of what is cut
            if end - column < len(cells) and not cells[end - column]:
                shown[-1] = " "
            self.chars[row, start:end] = shown
            self.styles[row, start:end] = _INDEX[style]

    def overlay(self, lines: Bits, styles: Sequence[str]) -> None:
        """Put braille on top; a cell shows one line alone, as mixed dots cannot be read.

        Args:
            lines: uint8 (lines, rows, columns), the one in front last.
            styles: of each line.
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
    """The characters of a text, a cell each; those that take none are left out."""
    for char in text:
        width = cell_len(char)
        if width:
            yield char
        if width == 2:
            yield ""
