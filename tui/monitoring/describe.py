"""A run's model and corpus, each in a line of text."""

from __future__ import annotations

from textual.content import Content

from minibert.runs.manifest import Manifest
from minibert.tui.text import compact, plural

BRIEF_NAME = 20  # columns of a corpus's name where there is little room
TIMES = " \N{MULTIPLICATION SIGN} "


def describe_model(manifest: Manifest, brief: bool = False) -> str:
    """The model's shape and number of parameters."""
    config = manifest.config
    layers, heads = config.num_hidden_layers, config.num_attention_heads
    first, last = f"{layers} {plural('layer', layers)}", f"{heads} {plural('head', heads)}"
    if brief:
        shape = TIMES.join((first, str(config.hidden_size), last))
    else:
        shape = f"{first}, hidden size {config.hidden_size}, {last}"
    return f"{shape} · {compact(manifest.parameters)} parameters"


def describe_corpus(manifest: Manifest, brief: bool = False) -> str:
    """The names of the corpus's files, and its size."""
    names = [name.rstrip("/").rsplit("/", 1)[-1] for name in manifest.inputs]
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    if brief:
        names = [Content(name).truncate(BRIEF_NAME, ellipsis=True).plain for name in names]
    parts = [names[0] + more] if names else []
    for unit in ("tokens",) if brief else ("documents", "sentences", "tokens"):
        parts.append(f"{_count(getattr(manifest.corpus, unit))} {unit}")
    return " · ".join(parts)


def _count(number: int) -> str:
    return f"{number:,}" if number < 10_000 else compact(number)
