"""An explanation as one page for a browser: markup, style and script of `page/`, and the data.

The page draws itself from the data. It may load nothing (its content security policy says so), and
text can only become text in it, whatever stands in it.
"""

from __future__ import annotations

import html
import json
from importlib.resources import files
from typing import Any

from minibert.errors import TextError

_TAGS = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026"}
"""How JSON writes what could end a script, or begin a comment in one."""


_WEIGHTS = 10_000_000
"""More weights of attention than this, 70 MB of text, no browser should be given."""


def html_page(explanation: dict[str, Any]) -> str:
    """The page of what `Explanation.to_dict` gives.

    Raises:
        TextError: it would have more weights than a browser can be given.
    """
    pieces, model = len(explanation["tokens"]), explanation["model"]
    weights = model["layers"] * model["heads"] * pieces**2
    if weights > _WEIGHTS:
        raise TextError(
            f"a page of {pieces} pieces would have {weights:,} weights of attention, more than a "
            f"browser takes ({_WEIGHTS:,}); shorten the text"
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
    """The page in a frame, for a notebook, whose own style and script it leaves alone."""
    return (
        f'<iframe srcdoc="{html.escape(page)}" title="How the model reads the text" '
        'style="width: 100%; height: 46rem; border: 0; border-radius: 8px"></iframe>'
    )


def _part(name: str) -> str:
    return (files("minibert") / "interpretability" / "page" / name).read_text(encoding="utf-8")
