"""The metrics of labelling: those of the GLUE tasks (Wang et al. 2019, table 1), and entity F1.

Shares are between 0 and 1, correlations between -1 and 1. Where one is not defined, such as the
correlation with values that are all the same, it is 0.

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
    """(L, L), int64: how many examples of each label (rows) were given each label (columns)."""
    return np.bincount(actual * labels + predicted, minlength=labels**2).reshape(labels, labels)


def accuracy(table: NDArray[Any]) -> float:
    """The share of examples on the diagonal of a confusion table (L, L)."""
    return _ratio(np.trace(table), table.sum())


def f1(table: NDArray[Any]) -> float:
    """Of two labels the second's F1; of more the mean of all labels' (macro-averaged).

    Labels that neither occur nor are given do not count.
    """
    hits, given, there = np.diag(table), table.sum(0), table.sum(1)
    scores = [_ratio(2 * h, g + t) for h, g, t in zip(hits, given, there, strict=True) if g + t]
    if len(table) == 2:
        return _ratio(2 * hits[1], given[1] + there[1])
    return float(np.mean(scores))


def matthews(table: NDArray[Any]) -> float:
    """Matthews' correlation coefficient, for any number of labels (Gorodkin 2004)."""
    table = table.astype(float)
    n, given, there = table.sum(), table.sum(0), table.sum(1)
    covariance = n * np.trace(table) - given @ there
    return _ratio(covariance, math.sqrt((n * n - given @ given) * (n * n - there @ there)))


def r2(predicted: NDArray[Any], actual: NDArray[Any]) -> float:
    """The share of the variance of numbers (N,) that is explained; below 0: the mean is better."""
    if actual.min() == actual.max():
        return 0.0
    return 1 - float(((predicted - actual) ** 2).sum() / ((actual - actual.mean()) ** 2).sum())


def pearson(predicted: NDArray[Any], actual: NDArray[Any]) -> float:
    """The correlation of two rows of numbers (N,)."""
    x, y = predicted - predicted.mean(), actual - actual.mean()
    return _ratio(x @ y, math.sqrt((x @ x) * (y @ y)))


def spearman(predicted: NDArray[Any], actual: NDArray[Any]) -> float:
    """The correlation of the ranks of two rows of numbers (N,); those that are equal share one."""
    return pearson(_ranks(predicted), _ranks(actual))


def _ranks(values: NDArray[Any]) -> NDArray[np.float64]:
    _, numbers, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[numbers]


def entities(tags: Sequence[str]) -> set[tuple[int, int, str]]:
    """The entities of a sentence: the first word, the last, and the type of each.

    As CoNLL-2000's `conlleval` counts them (Tjong Kim Sang and Buchholz 2000), with E and S beside
    B, I and O: one goes on with I or E of its own type, and whatever else has a type begins one,
    an I without a B before it too.
    """
    found, start = set(), 0
    for n, tag in enumerate(tags):
        if not _goes_on(tags[n - 1] if n else "O", tag):
            start = n
        last = n + 1 == len(tags) or not _goes_on(tag, tags[n + 1])
        if last and tag != "O":
            found.add((start, n, tag[2:]))
    return found


def _goes_on(before: str, tag: str) -> bool:
    return before[:1] in ("B", "I") and tag[:1] in ("I", "E") and before[1:] == tag[1:]


def entity_f1(predicted: Sequence[Sequence[str]], actual: Sequence[Sequence[str]]) -> float:
    """F1 of whole entities over all sentences, each right if its words and its type are."""
    hits = given = there = 0
    for ours, theirs in zip(predicted, actual, strict=True):
        a, b = entities(ours), entities(theirs)
        hits, given, there = hits + len(a & b), given + len(a), there + len(b)
    return _ratio(2 * hits, given + there)


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else 0.0
