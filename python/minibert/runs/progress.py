"""How far a training is, and how good its loss is: one rule for each, for every view of a run."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from minibert.config.recipe import Budget

MARGIN = 0.2
"""Nats by which a loss must differ from a baseline to count as above or below it."""

RECENT_ROWS = 50
"""Training rows from which the pace is measured."""

PLATEAU_SHARE, PLATEAU_STEPS = 0.3, 200
"""The share of the budget and the steps after which a model should be below the unigram entropy."""


class LossLevel(Enum):
    """Where an MLM loss stands against the two baselines."""

    ABOVE_UNIFORM = "worse than predicting every token equally"
    ABOVE_UNIGRAM = "above the unigram entropy"
    AT_UNIGRAM = "at the unigram entropy: the model knows token frequencies"
    BELOW_UNIGRAM = "below the unigram entropy: the model uses context"


def loss_level(loss: float, uniform_loss: float, unigram_entropy: float) -> LossLevel:
    """Compare an MLM loss with the baselines; all values are in nats.

    Args:
        loss: of the model.
        uniform_loss: ln V, of predicting every token equally.
        unigram_entropy: of predicting by frequency.
    """
    if loss < unigram_entropy - MARGIN:
        return LossLevel.BELOW_UNIGRAM
    if loss < unigram_entropy + MARGIN:
        return LossLevel.AT_UNIGRAM
    if loss < uniform_loss + MARGIN:
        return LossLevel.ABOVE_UNIGRAM
    return LossLevel.ABOVE_UNIFORM


def is_plateau(loss: float, unigram_entropy: float, share_done: float, step: int) -> bool:
    """Whether a model has had its time and still does not use context.

    Small BERTs may reach the unigram entropy and stay there for thousands of steps; see
    docs/recipe.md.

    Args:
        loss: the validation loss, in nats.
        unigram_entropy: in nats.
        share_done: the share of the budget that is used, from 0 to 1.
        step: completed optimizer steps.
    """
    had_time = share_done > PLATEAU_SHARE and step >= PLATEAU_STEPS
    return had_time and loss >= unigram_entropy - MARGIN


def seconds_left(budget: Budget, steps: Sequence[float], seconds: Sequence[float]) -> float | None:
    """Estimate the time to the end of the budget from the pace of the recent training rows.

    Args:
        budget: of the run.
        steps: completed steps by row, oldest first.
        seconds: the time used by row.

    Returns:
        Seconds; None without rows, or where a budget of steps has rows of one step only.
    """
    steps, seconds = steps[-RECENT_ROWS:], seconds[-RECENT_ROWS:]
    if not len(steps):
        return None
    if budget.seconds is not None:
        return max(0.0, budget.seconds - seconds[-1])
    assert budget.steps is not None  # a budget has one of the two
    passed_steps, passed_seconds = steps[-1] - steps[0], seconds[-1] - seconds[0]
    if not (passed_steps > 0 and passed_seconds > 0):
        return None
    return max(0.0, budget.steps - steps[-1]) * passed_seconds / passed_steps
