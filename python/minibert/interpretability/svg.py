"""The attention map of one head as a picture: SVG, and PNG made from it."""

from __future__ import annotations

import math
import unicodedata
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from minibert.errors import OptionError
from minibert.interpretability.colors import LIGHT, text_color, to_hex, weight_color

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

_CELL, _GAP, _TEXT, _MARGIN, _MAX_CHARACTERS = 32, 2, 14, 16, 18
"""Sizes in pixels, and the largest number of characters of a token."""

_FONTS = "ui-sans-serif, 'Noto Sans', 'DejaVu Sans', 'Noto Sans CJK SC', Arial, sans-serif"


def attention_svg(tokens: Sequence[str], weights: NDArray[np.float32], title: str) -> str:
    """The attention map of one head: rows are queries, columns are keys.

    Args:
        tokens: the S labels of both axes.
        weights: (S, S), float32, the attention weights; each row sums to 1.
        title: shown above the map.
    """
    labels = [_shortened(token) for token in tokens]
    left = _MARGIN + math.ceil(max(map(_width, labels))) + 8
    top = _MARGIN + 34 + math.ceil(max(map(_width, labels))) + 8
    side = len(labels) * _CELL
    width, height = left + side + _MARGIN, top + side + _MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-labelledby="title desc" font-family="{_FONTS}" '
        f'font-size="{_TEXT}">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(_description(tokens, weights))}</desc>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{_MARGIN}" y="{_MARGIN + 14}" font-size="16" font-weight="600" fill="#14181f">'
        f"{escape(title)}</text>",
    ]
    for number, label in enumerate(labels):
        middle = number * _CELL + _CELL / 2
        parts.append(_label(label, left - 8, top + middle + 5, "end"))
        parts.append(_label(label, left + middle + 5, top - 8, "start", upright=True))
    for query, row in enumerate(weights):
        for key, weight in enumerate(row):
            parts.append(_cell(left + key * _CELL, top + query * _CELL, float(weight)))
    return "\n".join([*parts, "</svg>", ""])


def svg_to_png(svg: str, scale: float = 2.0) -> bytes:
    """An SVG as PNG.

    Args:
        svg: the picture.
        scale: pixels of the PNG per pixel of the SVG.

    Raises:
        OptionError: the extra `png` is not installed.
    """
    try:
        import resvg_py
    except ImportError:
        raise OptionError(
            "a PNG needs the extra png, which is not installed: pip install 'minibert[png]'; "
            "an SVG needs nothing"
        ) from None
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, zoom=scale))


def _description(tokens: Sequence[str], weights: NDArray[np.float32]) -> str:
    """A description for screen readers: the key with the largest weight of each query."""
    sentences = [
        f"{token} attends most to {tokens[key]} ({row[key]:.0%})"
        for token, key, row in zip(tokens, weights.argmax(1), weights, strict=True)
    ]
    return "Rows are queries, columns are keys. " + "; ".join(sentences) + "."


def _label(text: str, x: float, y: float, anchor: str, *, upright: bool = False) -> str:
    turn = f' transform="rotate(-90 {x:g} {y:g})"' if upright else ""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" fill="#3a4350"{turn}>'
        f"{escape(text)}</text>"
    )


def _cell(x: int, y: int, weight: float) -> str:
    color, side = weight_color(weight, LIGHT), _CELL - _GAP
    cell = (
        f'<rect x="{x}" y="{y}" width="{side}" height="{side}" rx="4" fill="{to_hex(color)}" '
        'stroke="#d5dae3" stroke-width="0.5"/>'
    )
    if weight < 0.005:
        return cell
    return cell + (
        f'<text x="{x + side / 2:g}" y="{y + side / 2 + 4:g}" text-anchor="middle" font-size="11" '
        f'fill="{text_color(color)}">{weight * 100:.0f}</text>'
    )


def _shortened(token: str) -> str:
    """A token cut to the largest length, without characters that XML forbids."""
    kept = "".join(c if c.isprintable() else "\ufffd" for c in token)
    return kept if len(kept) <= _MAX_CHARACTERS else kept[: _MAX_CHARACTERS - 1] + "…"


def _width(text: str) -> float:
    """The approximate width in pixels; the actual font is unknown."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return _TEXT * (0.6 * (len(text) - wide) + wide)
