"""Colours of attention weights: one hue from light to dark, or from dark to light.

The root of a weight is shown, so that a tenth of the attention is still seen beside all of it.
"""

from __future__ import annotations

import math

Color = tuple[int, int, int]

LIGHT: tuple[Color, Color] = ((255, 255, 255), (18, 51, 156))
"""What no and all attention are on paper: white and dark blue."""

DARK: tuple[Color, Color] = ((16, 23, 34), (255, 216, 119))
"""And on a dark screen: near black and yellow."""


def weight_color(weight: float, ramp: tuple[Color, Color]) -> Color:
    """The colour of a weight between 0 and 1."""
    share = math.sqrt(min(max(weight, 0.0), 1.0))
    r, g, b = (round(low + (high - low) * share) for low, high in zip(*ramp, strict=True))
    return r, g, b


def to_hex(colour: Color) -> str:
    """As `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def text_color(colour: Color) -> str:
    """Black or white, whichever is read better on it (WCAG 2: at least 4.5 to 1 on any)."""
    r, g, b = (
        value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4
        for value in colour
    )
    return "#000000" if 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 else "#ffffff"
