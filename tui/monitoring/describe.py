"""A run's model and corpus, each in a line of text."""

from __future__ import annotations

from textual.content import Content

from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.text import compact, plural

BRIEF_NAME = 20  # columns of a corpus's name where there are few
TIMES = " \N{MULTIPLICATION SIGN} "


def describe_model(snapshot: RunSnapshot, brief: bool = False) -> str:
    """The model's shape and size, as far as the manifest has them."""
    layers = snapshot.number("config", "num_hidden_layers")
    wide = snapshot.number("config", "hidden_size")
    heads = snapshot.number("config", "num_attention_heads")
    parts = []
    if layers is not None and wide is not None and heads is not None:
        sizes = (
            f"{layers:.0f} {plural('layer', layers)}",
            f"{wide:.0f}" if brief else f"{wide:.0f} wide",
            f"{heads:.0f} {plural('head', heads)}",
        )
        parts.append(TIMES.join(sizes))
    parameters = snapshot.number("parameters")
    if parameters is not None:
        parts.append(f"{compact(parameters)} parameters")
    return " · ".join(parts)


def describe_corpus(snapshot: RunSnapshot, brief: bool = False) -> str:
    """The corpus by the names of its files, and its size."""
    names = [name.rstrip("/").rsplit("/", 1)[-1] for name in snapshot.texts("corpus", "inputs")]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    if brief:
        names = [Content(name).truncate(BRIEF_NAME, ellipsis=True).plain for name in names]
    parts = [names[0] + more] if names else []
    for unit in ("documents", "sentences", "tokens"):
        size = snapshot.number("corpus", unit)
        if size is not None and (unit == "tokens" or not brief):
            parts.append(f"{_count(size)} {unit}")
    return " · ".join(parts)


def _count(number: float) -> str:
    return f"{number:,.0f}" if number < 10_000 else compact(number)
