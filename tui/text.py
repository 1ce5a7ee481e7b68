"""Text for people: numbers, labels of an exact width, and bars."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def compact(value: float) -> str:
    """Three digits and a unit: `950`, `12.3k`, `4.41M`."""
    for size, unit in _UNITS:
        if abs(value) >= 0.9995 * size:
            return f"{_digits(value / size)}{unit}"
    return _digits(value)


def scientific(value: float) -> str:
    """A small number such as a learning rate: `1.25e-3`."""
    digits, _, exponent = f"{value:.2e}".partition("e")
    return f"{digits}e{int(exponent)}" if value else "0"


def percent(share: float) -> str:
    """A share from 0 to 1: `28.1 %`."""
    return f"{100 * share:.1f} %"


def plain(value: float) -> str:
    """A number for an axis, in as few characters as say it: `0.5`, `2k`, `1e-5`."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        size, unit = next((s, u) for s, u in _UNITS if abs(value) >= s)
        return f"{value / size:.6g}{unit}"
    if abs(value) < 1e-4:
        digits, _, exponent = f"{value:.2e}".partition("e")
        return f"{float(digits):g}e{int(exponent)}"
    return f"{value:.6g}"


def plural(noun: str, number: float) -> str:
    """A noun for so many: `1 head`, `2 heads`."""
    return noun if number == 1 else noun + "s"


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


def bar(share: float, width: int) -> str:
    """A bar of a share from 0 to 1 of so many columns, filled up with spaces."""
    full, half = divmod(round(min(1.0, max(0.0, share)) * width * 2), 2)
    return ("━" * full + "╸" * half).ljust(width)


def _digits(value: float) -> str:
    size = abs(value)
    return f"{value:.0f}" if size >= 99.95 or value == int(value) else f"{value:.3g}"
