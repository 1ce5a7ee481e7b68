"""Pieces as labels: cut to a width, and kept from turning the line that they stand in."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"


def label(piece: str, width: int) -> str:
    """A piece in exactly so many cells.

    Wide characters take two. Where a piece is written from right to left an invisible mark ends it,
    or terminals would turn what comes after it as well.
    """
    shown = printable(piece)
    if cell_len(shown) > width:
        shown = set_cell_size(shown, max(0, width - 1)).rstrip() + "…" * (width > 0)
    filled = shown + LEFT_TO_RIGHT * is_turned(shown) + " " * (width - cell_len(shown))
    return filled


def printable(piece: str) -> str:
    """A piece with a sign for each character that would not show."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in piece)


def is_turned(text: str) -> bool:
    """Whether any of it is written from right to left."""
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)
