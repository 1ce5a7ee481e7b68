"""Numbers as people read them."""

from __future__ import annotations

from typing import Any

from rich.text import Text

_EIGHTHS = " ▏▎▍▌▋▊▉"

_BAR_WIDTH = 24


def bar(share: float, width: int = _BAR_WIDTH, *, ascii: bool = False) -> str:
    """A bar for a share from 0 to 1, in eighths of a cell, or in whole cells for ASCII."""
    eighths = round(min(max(share, 0.0), 1.0) * width * 8)
    if ascii:
        return "#" * round(eighths / 8)
    return ("█" * (eighths // 8) + _EIGHTHS[eighths % 8]).rstrip()


def number(value: Any) -> Text:
    """A value as text; a float with five significant digits."""
    if value is None:
        return Text("-", style="dim")
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return Text(str(value))
    return Text(f"{value:,}" if isinstance(value, int) else f"{value:,.5g}")


def share(part: int, whole: int) -> str:
    """A share in percent; only an exact 0 or 1 is rounded to 0 % or 100 %."""
    for digits in range(1, 8):
        text = f"{part / whole:.{digits}%}"
        if part in (0, whole) or float(text[:-1]) not in (0.0, 100.0):
            return text
    return f"{part:,} in {whole:,}"
