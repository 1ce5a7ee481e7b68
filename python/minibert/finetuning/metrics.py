"""Metrics of classification and regression: those of GLUE (Wang et al. 2019, table 1), entity F1.

Accuracy and F1 are between 0 and 1, correlations between -1 and 1. An undefined metric, such as
the correlation with constant values, is 0.

Shapes: N examples, L labels.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def confusion(predicted: NDArray[np.int64], actual: NDArray[np.int64], labels: int) -> NDArray[Any]:
    """(L, L), int64: the number of examples by actual (rows) and predicted label (columns)."""
    return np.bincount(actual * labels + predicted, minlength=labels**2).reshape(labels, labels)


def accuracy(table: NDArray[Any]) -> float:
    """The share of examples on the diagonal of a confusion matrix (L, L)."""
    return _ratio(np.trace(table), table.sum())


def f1(table: NDArray[Any]) -> float:
    """F1 of the second label if there are two; otherwise the mean over labels (macro F1).

    Labels that are neither actual nor predicted do not count.
    """
    hits, predicted, actual = np.diag(table), table.sum(0), table.sum(1)
    scores = [
        _ratio(2 * h, p + a) for h, p, a in zip(hits, predicted, actual, strict=True) if p + a
    ]
    if len(table) == 2:
        return _ratio(2 * hits[1], predicted[1] + actual[1])
    return float(np.mean(scores))


def matthews(table: NDArray[Any]) -> float:
    """Matthews' correlation coefficient, for any number of labels (Gorodkin 2004)."""
    table = table.astype(float)
    n, predicted, actual = table.sum(), table.sum(0), table.sum(1)
    covariance = n * np.trace(table) - predicted @ actual
    variances = (n * n - predicted @ predicted) * (n * n - actual @ actual)
    return _ratio(covariance, math.sqrt(variances))


def r2(predicted: NDArray[Any], actual: NDArray[Any]) -> float:
    """The coefficient of determination of numbers (N,); below 0 if their mean predicts better."""
    if actual.min() == actual.max():
        return 0.0
    return 1 - float(((predicted - actual) ** 2).sum() / ((actual - actual.mean()) ** 2).sum())


def pearson(predicted: NDArray[Any], actual: NDArray[Any]) -> float:
    """Pearson's correlation of two arrays (N,)."""
    x, y = predicted - predicted.mean(), actual - actual.mean()
    return _ratio(x @ y, math.sqrt((x @ x) * (y @ y)))


def spearman(predicted: NDArray[Any], actual: NDArray[Any]) -> float:
    """Spearman's rank correlation of two arrays (N,); equal values have their mean rank."""
    return pearson(_ranks(predicted), _ranks(actual))


def _ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    _, numbers, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[numbers]


def entities(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """The entities of a sentence: first word, last word and type of each.

    As CoNLL-2000's `conlleval` counts them (Tjong Kim Sang and Buchholz 2000), with tags E and S
    too: I and E of the same type continue an entity, and every other tag but O begins one, even I
    without a B before it.
    """
    found, start = set(), 0
    for n, tag in enumerate(tags):
        if not _continues(tags[n - 1] if n else "O", tag):
            start = n
        last = n + 1 == len(tags) or not _continues(tag, tags[n + 1])
        if last and tag != "O":
            found.add((start, n, tag[2:]))
    return found


def _continues(before: str, tag: str) -> bool:
    return before[:1] in ("B", "I") and tag[:1] in ("I", "E") and before[1:] == tag[1:]


def entity_f1(predicted: Sequence[Sequence[str]], actual: Sequence[Sequence[str]]) -> float:
    """F1 of entities over all sentences; an entity must have the right words and type."""
    hits = found = wanted = 0
    for predicted_tags, actual_tags in zip(predicted, actual, strict=True):
        a, b = entities(predicted_tags), entities(actual_tags)
        hits, found, wanted = hits + len(a & b), found + len(a), wanted + len(b)
    return _ratio(2 * hits, found + wanted)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
