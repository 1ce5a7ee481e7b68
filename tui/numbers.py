"""Numbers as people read them."""

from __future__ import annotations

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


def _digits(value: float) -> str:
    size = abs(value)
    return f"{value:.0f}" if size >= 99.95 or value == int(value) else f"{value:.3g}"
