"""Two runs side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minibert.runs.metrics import Metrics
    from minibert.runs.run import Run

STEPS_SHOWN = 12  # of the losses side by side, spread evenly


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs side by side.

    Attributes:
        names: of their folders.
        options: where they differ, by name, the first run's value and the second's; values of the
            recipe are named `recipe.learning_rate` and so on.
        same_corpus: whether both were trained on the same text.
        split: what the losses are: `eval` where both have held-out losses at equal steps.
        losses: (step, MLM loss of the first, of the second).
        figures: at the end, by name: the last step, the time, the last evaluation.
    """

    names: tuple[str, str]
    options: dict[str, tuple[Any, Any]]
    same_corpus: bool
    split: str
    losses: list[tuple[int, float, float]]
    figures: dict[str, tuple[Any, Any]]


def compare(first: Run, second: Run) -> Comparison:
    """Two runs side by side: options, losses at equal steps, and how they ended."""
    rows = first.metrics(), second.metrics()
    split, losses = "validation", _losses_at_equal_steps(*rows, "validation")
    if not losses:
        split, losses = "train", _losses_at_equal_steps(*rows, "train")
    ends = _figures(first, rows[0]), _figures(second, rows[1])
    corpora = [run.manifest.get("corpus", {}).get("fingerprint") for run in (first, second)]
    return Comparison(
        names=(first.name, second.name),
        options=_differences(_options(first), _options(second)),
        same_corpus=corpora[0] == corpora[1],
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
    unlike = ("out", "resume")  # which say where and how, not what
    options = {k: v for k, v in run.manifest.get("options", {}).items() if k not in unlike}
    recipe = {f"recipe.{name}": value for name, value in run.manifest.get("recipe", {}).items()}
    return options | recipe


def _differences(first: dict[str, Any], second: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
    names = list(first) + [name for name in second if name not in first]
    pairs = {name: (first.get(name), second.get(name)) for name in names}
    return {name: (a, b) for name, (a, b) in pairs.items() if a != b}


def _figures(run: Run, rows: list[Metrics]) -> dict[str, Any]:
    evaluation, training = _last(rows, "validation"), _last(rows, "train")
    figures: dict[str, Any] = {
        "state": run.state,
        "parameters": run.manifest.get("parameters"),
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
