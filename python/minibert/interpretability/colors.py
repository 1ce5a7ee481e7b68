"""Colors of attention weights: one hue, from light to dark or from dark to light.

A color shows the square root of a weight, so that small weights are visible. The page, the SVG, the
terminal and the application share these colors.
"""

from __future__ import annotations

import math

Color = tuple[int, int, int]

LIGHT: tuple[Color, Color] = ((255, 255, 255), (18, 51, 156))
"""The colors of the weights 0 and 1 on a light background: white and dark blue."""

DARK: tuple[Color, Color] = ((16, 23, 34), (255, 216, 119))
"""The colors of the weights 0 and 1 on a dark background: near black and yellow."""


def weight_color(weight: float, scale: tuple[Color, Color]) -> Color:
    """The color of a weight between 0 and 1."""
    share = math.sqrt(min(max(weight, 0.0), 1.0))
    r, g, b = (round(low + (high - low) * share) for low, high in zip(*scale, strict=True))
    return r, g, b


def to_hex(color: Color) -> str:
    """A color as `#rrggbb`."""
    return "#{:02x}{:02x}{:02x}".format(*color)


def text_color(background: Color) -> str:
    """Black or white, whichever has the higher contrast (WCAG 2: at least 4.5 to 1)."""
    r, g, b = (
        value / 255 / 12.92 if value <= 10 else ((value / 255 + 0.055) / 1.055) ** 2.4
        for value in background
    )
    return "#000000" if 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.179 else "#ffffff"
