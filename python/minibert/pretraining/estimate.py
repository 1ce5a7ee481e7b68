"""What a training would be, before it is begun: its parameters, its text, its time.

Nothing is guessed: tokens are those of a text that was prepared before, and the time is that of
earlier runs of the same shape on the same machine.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minibert.config import PretrainOptions, VocabOptions
from minibert.corpus import open_corpus
from minibert.data.cache import cache_folder
from minibert.data.prepare import TokenSource, find_prepared, is_prepared, open_prepared
from minibert.errors import MinibertError
from minibert.io.units import parse_duration
from minibert.runs.run import METRICS, Run, find_runs
from minibert.runs.summary import newest_rows

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class TextSize:
    """How much text there is.

    Attributes:
        bytes: as stored, before decompression; None of a folder of tokens.
        tokens: pieces; None where the text was not prepared before.
    """

    bytes: int | None
    tokens: int | None


@dataclass(frozen=True, slots=True)
class Throughput:
    """How fast an earlier run was.

    Attributes:
        run: its name.
        tokens_per_second: at its newest row.
        tokens_per_step: over the whole of it.
    """

    run: str
    tokens_per_second: float
    tokens_per_step: float


def measure_text(inputs: Sequence[str], options: PretrainOptions) -> TextSize:
    """How much text there is; nothing of it is read.

    Raises:
        MinibertError: the corpus cannot be found.
    """
    if len(inputs) == 1 and is_prepared(inputs[0]):
        return TextSize(None, open_prepared(Path(inputs[0])).store.tokens)
    corpus = open_corpus(inputs, options.layout, options.errors)
    if options.init_from is not None:  # whose tokenizer is not looked at
        return TextSize(corpus.stored_bytes, None)
    source = TokenSource(corpus, VocabOptions(size=options.vocab_size, cased=options.cased))
    try:
        found = find_prepared(cache_folder(source.digest), source)
    except MinibertError:  # what is in the cache is damaged
        found = None
    return TextSize(corpus.stored_bytes, found.store.tokens if found else None)


def find_throughput(root: Path, options: PretrainOptions) -> Throughput | None:
    """The pace of the newest run of the same shape, batch and device on this machine, if any.

    None is known of a model that another one is made from: the options do not say its shape.
    """
    if options.init_from is not None:
        return None
    wanted = _shape(options)
    for run in reversed(find_runs(root)):
        if run.manifest.get("host") != socket.gethostname() or _shape_of(run) != wanted:
            continue
        rows = reversed(newest_rows(run.path / METRICS)[0])
        last = next((row for row in rows if row.tokens_per_second), None)
        if last is not None and last.tokens_per_second and last.step:
            return Throughput(run.name, last.tokens_per_second, last.tokens / last.step)
    return None


def estimate_seconds(
    options: PretrainOptions, tokens: int | None, pace: Throughput | None
) -> float | None:
    """How long the steps of a training would take; None where nothing tells."""
    if options.time is not None:
        return parse_duration(options.time)
    if pace is None:
        return None
    if options.epochs is not None:
        return None if tokens is None else options.epochs * tokens / pace.tokens_per_second
    steps = options.budget(1).steps
    assert steps is not None  # the two others are ruled out
    return steps * pace.tokens_per_step / pace.tokens_per_second


def _shape(options: PretrainOptions) -> list[Any]:
    """All that the pace depends on, of an options dataclass."""
    config = options.config(options.vocab_size)
    return [
        config.num_hidden_layers,
        config.hidden_size,
        config.num_attention_heads,
        options.seq_len,
        options.batch_size,
        options.accumulate,
        options.vocab_size,
        options.objective,
        options.device,
        options.threads,
        options.compile,
    ]


def _shape_of(run: Run) -> list[Any] | None:
    """The same of a run; None where it does not say what it is."""
    try:
        options = run.options()
        return _shape(options) if options.init_from is None else None
    except (MinibertError, TypeError):
        return None
