"""Text on the screen: numbers, sentences, labels of an exact width, and bars."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len, set_cell_size

LEFT_TO_RIGHT = "\N{LEFT-TO-RIGHT MARK}"
_SI_UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))


def compact(value: float) -> str:
    """A number with three digits and an SI prefix: `950`, `12.3k`, `4.41M`."""
    for size, unit in _SI_UNITS:
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


def tick_label(value: float) -> str:
    """A number at a tick of an axis, as short as possible: `0.5`, `2k`, `1e-5`."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        size, unit = next((s, u) for s, u in _SI_UNITS if abs(value) >= s)
        return f"{value / size:.6g}{unit}"
    if abs(value) < 1e-4:
        digits, _, exponent = f"{value:.2e}".partition("e")
        return f"{float(digits):g}e{int(exponent)}"
    return f"{value:.6g}"


def plural(noun: str, number: float) -> str:
    """A noun in the singular or the plural: `1 head`, `2 heads`."""
    return noun if number == 1 else noun + "s"


def sentence(error: Exception) -> str:
    """The message of an error as a sentence, with a capital and a full stop."""
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."


def label(text: str, width: int) -> str:
    """A text in exactly `width` cells, truncated or filled with spaces.

    Wide characters take two cells. A text that is written from right to left ends in an invisible
    mark; without it terminals would reverse the text after it, too.
    """
    shown = printable(text)
    if cell_len(shown) > width:
        shown = set_cell_size(shown, max(0, width - 1)).rstrip() + "…" * (width > 0)
    return shown + LEFT_TO_RIGHT * is_right_to_left(shown) + " " * (width - cell_len(shown))


def printable(text: str) -> str:
    """A text with a replacement character for each character that is not printable."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


def is_right_to_left(text: str) -> bool:
    """Whether any character of a text is written from right to left."""
    return any(unicodedata.bidirectional(c) in ("R", "AL") for c in text)


def bar(share: float, width: int) -> str:
    """A bar for a share from 0 to 1, filled with spaces to `width` cells."""
    full, half = divmod(round(min(1.0, max(0.0, share)) * width * 2), 2)
    return ("━" * full + "╸" * half).ljust(width)


def _digits(value: float) -> str:
    size = abs(value)
    return f"{value:.0f}" if size >= 99.95 or value == int(value) else f"{value:.3g}"
