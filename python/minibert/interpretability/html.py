"""An explanation as one HTML page: markup, style and script of `page/`, and the data as JSON.

The script draws the page from the data. The content security policy forbids loading anything, and
the script inserts text only as text, never as markup.
"""

from __future__ import annotations

import html
import json
from importlib.resources import files
from typing import Any

from minibert.errors import TextError

_TAGS = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
"""JSON escapes of characters that could end the script element or begin a comment in it."""


MAX_WEIGHTS = 10_000_000
"""The largest number of attention weights of a page, 70 MB of JSON."""


def html_page(explanation: dict[str, Any]) -> str:
    """The page of an `Explanation.to_dict()`.

    Raises:
        TextError: it would have more than `MAX_WEIGHTS` attention weights.
    """
    tokens, model = len(explanation["tokens"]), explanation["model"]
    weights = model["layers"] * model["heads"] * tokens**2
    if weights > MAX_WEIGHTS:
        raise TextError(
            f"a page of {tokens} tokens would have {weights:,} attention weights, more than a "
            f"browser can show ({MAX_WEIGHTS:,}); shorten the text"
        )
    parts = {
        "title": html.escape(explanation["text"]),
        "style": _part("page.css"),
        "script": _part("page.js"),
        "data": json.dumps(explanation, ensure_ascii=False, separators=(",", ":")).translate(_TAGS),
    }
    out = ""
    for number, text in enumerate(_part("page.html").split("$$")):
        out += parts[text] if number % 2 else text
    return out


def html_frame(page: str) -> str:
    """The page in a frame, for a notebook; styles and scripts of the two stay separate."""
    return (
        f'<iframe srcdoc="{html.escape(page)}" title="Activations of the model for the text" '
        'style="width: 100%; height: 46rem; border: 0; border-radius: 8px"></iframe>'
    )


def _part(name: str) -> str:
    return (files("minibert") / "interpretability" / "page" / name).read_text(encoding="utf-8")
