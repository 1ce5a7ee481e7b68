"""What guessing without any context would cost: by frequency, or every piece alike."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from minibert.model.losses import perplexity

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert.evaluation.text_length import TextLength


@dataclass(frozen=True, slots=True)
class Baseline:
    """The figures of a guess, of the same masked pieces as the model's; losses in nats."""

    mlm_loss: float
    mlm_accuracy: float
    mlm_accuracy_at_5: float
    perplexity: float | None
    loss_per_word: float
    loss_per_character: float


def unigram_baseline(
    labels: NDArray[np.int64], counts: NDArray[np.int64], extent: TextLength
) -> Baseline:
    """Guess each piece as often as it occurs; the accuracies are those of the commonest pieces.

    One is added to every count, so that what a text has never seen costs no infinity.

    Args:
        labels: (V,), how often each piece is to be predicted.
        counts: (V,), how often each piece occurs in the text that the guess is from, 0 for special
            ones.
        extent: of the evaluated text.
    """
    chances = (counts + 1) / (counts + 1).sum()
    loss = float(-(labels @ np.log(chances)) / labels.sum())
    commonest = np.argsort(-counts, kind="stable")
    return _baseline(loss, labels[commonest].cumsum() / labels.sum(), extent)


def uniform_baseline(vocab_size: int, extent: TextLength) -> Baseline:
    """Guess every piece alike: ln V nats."""
    return _baseline(math.log(vocab_size), np.arange(1, vocab_size + 1) / vocab_size, extent)


def _baseline(loss: float, right_within: NDArray[np.float64], extent: TextLength) -> Baseline:
    return Baseline(
        mlm_loss=loss,
        mlm_accuracy=float(right_within[0]),
        mlm_accuracy_at_5=float(right_within[min(5, len(right_within)) - 1]),
        perplexity=perplexity(loss),
        loss_per_word=loss * extent.pieces_per_word,
        loss_per_character=loss * extent.pieces_per_character,
    )
