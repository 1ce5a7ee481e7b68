"""Baselines that use no context: predicting by frequency, and predicting every token equally."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from minibert.evaluation.token_scores import TokenScores, token_scores

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert.evaluation.text_length import TextLength


def unigram_baseline(
    labels: NDArray[np.int64], counts: NDArray[np.int64], length: TextLength
) -> TokenScores:
    """Predict each token with the probability (count + 1) / sum(count + 1).

    Adding 1 gives a token that the text does not have a finite loss. The accuracies are those of
    the most frequent tokens.

    Args:
        labels: (V,), how often each token is to be predicted.
        counts: (V,), how often each token occurs in the text that the baseline is from; 0 for
            special tokens.
        length: of the evaluated text.
    """
    probabilities = (counts + 1) / (counts + 1).sum()
    loss = float(-(labels @ np.log(probabilities)) / labels.sum())
    by_frequency = np.argsort(-counts, kind="stable")
    return _baseline(loss, labels[by_frequency].cumsum() / labels.sum(), length)


def uniform_baseline(vocab_size: int, length: TextLength) -> TokenScores:
    """Predict every token with the same probability: a loss of ln V nats."""
    return _baseline(math.log(vocab_size), np.arange(1, vocab_size + 1) / vocab_size, length)


def _baseline(loss: float, accuracy_at: NDArray[np.float64], length: TextLength) -> TokenScores:
    """Scores from a loss and the accuracies among the first 1, 2, ... V predictions."""
    return token_scores(loss, accuracy_at[0], accuracy_at[min(5, len(accuracy_at)) - 1], length)
