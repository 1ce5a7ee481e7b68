"""The scores of an evaluation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from minibert.cli.views.numbers import number
from minibert.config import OBJECTIVES

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.evaluation.confidence import Interval
    from minibert.evaluation.evaluate import Evaluation, SentenceScores, ValidationScores
    from minibert.evaluation.minimal_pairs import MinimalPairs, PairAccuracy


def print_evaluation(console: Console, evaluation: Evaluation) -> None:
    """Print tables, and sentence scores as lines that a program can read."""
    if evaluation.validation:
        _print_validation(console, evaluation.validation)
    if evaluation.sentences:
        for score in evaluation.sentences.scores:
            pll = "nan" if score.pll is None else f"{score.pll:.4f}"
            print(f"{pll}\t{score.text}")
    if evaluation.minimal_pairs:
        _print_pairs(console, evaluation.minimal_pairs)


def describe_sentences(sentences: SentenceScores) -> str:
    """The scores of all sentences together, in one line."""
    return (
        f"pseudo-perplexity {_text(sentences.pseudo_perplexity)} per token"
        f"{_in_brackets(sentences.interval)}, {_text(sentences.pseudo_perplexity_per_word)} per "
        f"word; {sentences.sentences:,} sentences, {sentences.tokens:,} tokens, "
        f"{sentences.method}"
    )


# ---- masked tokens ------------------------------------------------------------------------------

_LOSSES = {
    "mlm_loss": "MLM loss",
    "loss_per_word": "  per word",
    "loss_per_character": "  per character",
}
_SHARES = {"mlm_accuracy": "MLM accuracy", "mlm_accuracy_at_5": "  in the top five"}


def _print_validation(console: Console, found: ValidationScores) -> None:
    console.print(Text(found.text, style="bold"), soft_wrap=True)
    console.print(
        Text(
            f"documents: {found.documents:,}, sequences of {found.seq_len} tokens: "
            f"{found.examples:,}, masked tokens: {found.predictions:,}",
            style="dim",
        ),
        soft_wrap=True,
    )
    table = _table("", "model", "95 %", "unigram", "uniform")
    baselines = found.unigram, found.uniform
    for name, label in _LOSSES.items():
        values = [f"{getattr(one, name):.4f}" for one in (found, *baselines)]
        _row(table, label, values, found.intervals[name], "{:.4f}")
    for name, label in _SHARES.items():
        values = [f"{getattr(one, name):.2%}" for one in (found, *baselines)]
        _row(table, label, values, found.intervals[name], "{:.2%}")
    values = [_text(one.perplexity) for one in (found, *baselines)]
    _row(table, "perplexity", values, found.intervals["perplexity"], "{:,.5g}")
    pair_labels = OBJECTIVES[found.objective].pair_labels
    if found.nsp_accuracy is not None and pair_labels is not None:
        label = f"{found.pair_task} accuracy"
        values = [f"{found.nsp_accuracy:.2%}", "", f"{1 / len(pair_labels):.2%}"]
        _row(table, label, values, found.intervals["nsp_accuracy"], "{:.2%}")
    console.print(table)
    source = "evaluated" if found.unigram_counts == "text" else "training"
    console.print(
        Text(f"unigram: by the frequency of each token in the {source} text", style="dim"),
        soft_wrap=True,
    )


def _row(table: Table, label: str, values: list[str], interval: Interval | None, form: str) -> None:
    table.add_row(label, values[0], _interval(interval, form), *values[1:])


# ---- minimal pairs ------------------------------------------------------------------------------


def _print_pairs(console: Console, found: MinimalPairs) -> None:
    table = _table("", "accuracy", "95 %", "pairs", "ties")
    for name, paradigm in found.paradigms.items():
        _pairs_row(table, name, paradigm)
    table.add_section()
    _pairs_row(table, "all", found)
    console.print(table)


def _pairs_row(table: Table, name: str, found: PairAccuracy) -> None:
    accuracy = "-" if found.accuracy is None else f"{found.accuracy:.2%}"
    interval = _interval(found.interval, "{:.2%}")
    table.add_row(Text(name), accuracy, interval, f"{found.pairs:,}", f"{found.ties:,}")


# ---- both ----------------------------------------------------------------------------------------


def _table(first: str, *others: str) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column(first, overflow="fold")
    for name in others:
        table.add_column(name, justify="right")
    return table


def _interval(interval: Interval | None, form: str) -> str:
    return "-" if interval is None else " to ".join(form.format(end) for end in interval)


def _in_brackets(interval: Interval | None) -> str:
    return "" if interval is None else f" ({_interval(interval, '{:,.5g}')} at 95 %)"


def _text(value: float | None) -> str:
    return number(value).plain
