"""Estimates the tokens and the time of a training before it starts.

The number of tokens is known if the corpus was tokenized before; the time follows from the
throughput of an earlier run of the same shape on the same machine.
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
from minibert.runs.metrics import METRICS, newest_rows
from minibert.runs.run import find_runs

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class TextSize:
    """The size of a corpus.

    Attributes:
        bytes: as stored, before decompression; None for a folder written by `prepare`.
        tokens: None if the corpus was not tokenized before.
    """

    bytes: int | None
    tokens: int | None


@dataclass(frozen=True, slots=True)
class Throughput:
    """The throughput of an earlier run.

    Attributes:
        run: its name.
        tokens_per_second: of its last row of metrics.
        tokens_per_step: mean over the run.
    """

    run: str
    tokens_per_second: float
    tokens_per_step: float


def measure_text(inputs: Sequence[str], options: PretrainOptions) -> TextSize:
    """The size of a corpus; its text is not read.

    Raises:
        MinibertError: the corpus cannot be found.
    """
    if len(inputs) == 1 and is_prepared(inputs[0]):
        return TextSize(None, open_prepared(Path(inputs[0])).store.tokens)
    corpus = open_corpus(inputs, options.layout, options.errors)
    if options.init_from is not None:  # the cache is not searched for its tokenizer
        return TextSize(corpus.stored_bytes, None)
    source = TokenSource(corpus, VocabOptions(size=options.vocab_size, cased=options.cased))
    try:
        found = find_prepared(cache_folder(source.digest), source)
    except MinibertError:  # the cache is damaged
        found = None
    return TextSize(corpus.stored_bytes, found.store.tokens if found else None)


def find_throughput(root: Path, options: PretrainOptions) -> Throughput | None:
    """The throughput of the newest run with the same options that it depends on, on this host.

    None if there is none, and for continued pretraining, since the options have no model shape.
    """
    if options.init_from is not None:
        return None
    wanted = _shape(options)
    for run in reversed(find_runs(root)):
        trained = run.manifest.options
        here = run.manifest.host == socket.gethostname()
        if not here or trained.init_from is not None or _shape(trained) != wanted:
            continue
        rows = reversed(newest_rows(run.path / METRICS)[0])
        last = next((row for row in rows if row.tokens_per_second), None)
        if last is not None and last.tokens_per_second and last.step:
            return Throughput(run.name, last.tokens_per_second, last.tokens / last.step)
    return None


def estimate_seconds(
    options: PretrainOptions, tokens: int | None, throughput: Throughput | None
) -> float | None:
    """The estimated duration of a training in seconds; None if it is unknown."""
    if options.time is not None:
        return parse_duration(options.time)
    if throughput is None:
        return None
    if options.epochs is not None:
        return None if tokens is None else options.epochs * tokens / throughput.tokens_per_second
    steps = options.budget(1).steps
    assert steps is not None  # time and epochs are handled above
    return steps * throughput.tokens_per_step / throughput.tokens_per_second


def _shape(options: PretrainOptions) -> list[Any]:
    """The options that the throughput depends on."""
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
        options.recipe,
        options.training_recipe().masked_lm_prob,
        options.final_masked_lm_prob,
        options.max_predictions_per_seq,
        options.device,
        options.threads,
        options.compile,
    ]
