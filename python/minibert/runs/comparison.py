"""Two runs side by side."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minibert.runs.metrics import Metrics
    from minibert.runs.run import Run

STEPS_SHOWN = 12  # at most, spread evenly


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        names: of their folders.
        options: the options that differ, by name, with the value of each run; values of the recipe
            are named `recipe.learning_rate` and so on.
        same_corpus: whether both were trained on the same corpus.
        split: `validation` if both runs have validation losses at equal steps, else `train`.
        losses: (step, MLM loss of the first run, of the second), in nats.
        figures: of the end of each run, by name: the last step, the time, the last evaluation.
    """

    names: tuple[str, str]
    options: dict[str, tuple[Any, Any]]
    same_corpus: bool
    split: str
    losses: list[tuple[int, float, float]]
    figures: dict[str, tuple[Any, Any]]


def compare(first: Run, second: Run) -> Comparison:
    """Compare two runs: their options, their losses at equal steps, and how they ended."""
    rows = first.metrics(), second.metrics()
    split, losses = "validation", _losses_at_equal_steps(*rows, "validation")
    if not losses:
        split, losses = "train", _losses_at_equal_steps(*rows, "train")
    ends = _figures(first, rows[0]), _figures(second, rows[1])
    return Comparison(
        names=(first.name, second.name),
        options=_differences(_options(first), _options(second)),
        same_corpus=first.manifest.corpus.fingerprint == second.manifest.corpus.fingerprint,
        split=split,
        losses=losses,
        figures={name: (ends[0][name], ends[1][name]) for name in ends[0]},
    )


def _losses_at_equal_steps(
    first: list[Metrics], second: list[Metrics], split: str
) -> list[tuple[int, float, float]]:
    losses = [
        {row.step: row.mlm_loss for row in rows if row.split == split} for rows in (first, second)
    ]
    steps = sorted(losses[0].keys() & losses[1].keys())
    if len(steps) > STEPS_SHOWN:
        steps = [steps[n * (len(steps) - 1) // (STEPS_SHOWN - 1)] for n in range(STEPS_SHOWN)]
    return [(step, losses[0][step], losses[1][step]) for step in steps]


def _options(run: Run) -> dict[str, Any]:
    options = dataclasses.asdict(run.manifest.options)
    for name in ("out", "resume"):  # where the run is and how it was begun
        del options[name]
    recipe = dataclasses.asdict(run.manifest.recipe)
    return options | {f"recipe.{name}": value for name, value in recipe.items()}


def _differences(first: dict[str, Any], second: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    pairs = {name: (first[name], second[name]) for name in first}
    return {name: (a, b) for name, (a, b) in pairs.items() if a != b}


def _figures(run: Run, rows: list[Metrics]) -> dict[str, Any]:
    evaluation, training = _last(rows, "validation"), _last(rows, "train")
    figures: dict[str, Any] = {
        "state": run.state,
        "parameters": run.manifest.parameters,
        "step": rows[-1].step if rows else None,
        "tokens": rows[-1].tokens if rows else None,
        "seconds": rows[-1].seconds if rows else None,
        "tokens_per_second": training.tokens_per_second if training else None,
    }
    for name in ("mlm_loss", "mlm_accuracy", "perplexity", "nsp_loss", "nsp_accuracy"):
        figures[name] = getattr(evaluation, name) if evaluation else None
    return figures


def _last(rows: list[Metrics], split: str) -> Metrics | None:
    return next((row for row in reversed(rows) if row.split == split), None)
