"""The task: one of several labels for a text, a number, or a label for each word."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from minibert.errors import LabelError
from minibert.finetuning import metrics as task_metrics
from minibert.finetuning.examples.columns import is_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.finetuning.examples.columns import Example

CLASSIFICATION, REGRESSION, TOKENS = "classification", "regression", "tokens"

_CHUNK_TAG = re.compile(r"O|[BIES]-.+")


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of task and its labels.

    Attributes:
        kind: `classification`, `regression` or `tokens`.
        labels: the label of each number; for regression only the name of the column.
    """

    kind: str
    labels: tuple[str, ...]

    @classmethod
    def of_examples(cls, examples: Sequence[Example], kind: str, column: str) -> Task:
        """The task of labelled examples; labels are sorted, numbers by value.

        Args:
            examples: examples with labels.
            kind: the kind, or `auto`: lists of words make `tokens`, non-integer numbers
                `regression`.
            column: the name of the label's column.

        Raises:
            LabelError: all labels are the same, or, for regression, one is not a number.
        """
        kind = _kind_of(examples) if kind == "auto" else kind
        if kind == REGRESSION:
            task = cls(kind, (column,))
            values = task.targets(examples)
            if values.min() == values.max():
                raise LabelError(
                    f"{examples[0].place}: all values from here on are {examples[0].label}; "
                    "there must be at least two different ones"
                )
            return task
        found = sorted({label for example in examples for label in labels_of(example)}, key=_order)
        if len(found) == 1:
            raise LabelError(
                f"{examples[0].place}: all labels from here on are {found[0]!r}; there must be at "
                "least two different ones"
            )
        return cls(kind, tuple(found))

    def describe(self) -> str:
        """A description for users."""
        if self.kind == REGRESSION:
            return f"regression of {self.labels[0]}"
        what = "labels of words" if self.kind == TOKENS else "classification"
        return f"{what}: {len(self.labels)} labels, {_listed(self.labels)}"

    @property
    def metrics(self) -> tuple[str, ...]:
        """The metrics of this task; models are selected by the first."""
        if self.kind == REGRESSION:
            return ("r2", "pearson", "spearman")
        if self.kind == CLASSIFICATION:
            return ("accuracy", "f1", "matthews")
        return ("entity_f1", "accuracy") if self._has_chunks else ("accuracy", "f1")

    @property
    def _has_chunks(self) -> bool:
        return all(_CHUNK_TAG.fullmatch(label) for label in self.labels)

    def targets(self, examples: Sequence[Example]) -> NDArray[Any]:
        """(N,): label numbers, int64, or values, float32; those of words end to end.

        Raises:
            LabelError: a label is not one of the task's, or not a number.
        """
        if self.kind == REGRESSION:
            return np.array([_value(example) for example in examples], np.float32)
        numbers = {label: number for number, label in enumerate(self.labels)}
        found = []
        for example in examples:
            for label in labels_of(example):
                if label not in numbers:
                    raise LabelError(
                        f"{example.place}: the label {label!r} is not one of the {len(numbers)} "
                        f"in training: {_listed(self.labels)}"
                    )
                found.append(numbers[label])
        return np.array(found, np.int64)

    def scores(
        self, logits: NDArray[Any], targets: NDArray[Any], lengths: Sequence[int]
    ) -> dict[str, float]:
        """The value of each metric.

        Args:
            logits: (N, L).
            targets: (N,), as `targets` gives them.
            lengths: how many of the N rows each example has: one, or one per word.
        """
        if self.kind == REGRESSION:
            values = logits[:, 0].astype(np.float64)
            actual = targets.astype(np.float64)
            return {name: getattr(task_metrics, name)(values, actual) for name in self.metrics}
        predicted = logits.argmax(1)
        table = task_metrics.confusion(predicted, targets, len(self.labels))
        scores = {
            name: getattr(task_metrics, name)(table) for name in self.metrics if name != "entity_f1"
        }
        if "entity_f1" in self.metrics:
            tags = [self._sentences(numbers, lengths) for numbers in (predicted, targets)]
            scores["entity_f1"] = task_metrics.entity_f1(*tags)
        return {name: scores[name] for name in self.metrics}

    def _sentences(self, numbers: NDArray[Any], lengths: Sequence[int]) -> list[list[str]]:
        parts = np.split(numbers, np.cumsum(lengths)[:-1])
        return [[self.labels[number] for number in part] for part in parts]


def labels_of(example: Example) -> Sequence[str]:
    """The labels of an example: one, or one for each word."""
    assert example.label is not None
    return [example.label] if isinstance(example.label, str) else example.label


def _kind_of(examples: Sequence[Example]) -> str:
    if not isinstance(examples[0].text, str):
        return TOKENS
    labels = [str(example.label) for example in examples]
    numbers = all(is_number(label) for label in labels)
    # 1.0 and 2.0 are classes that a program wrote as floating-point numbers.
    fractions = numbers and any(not float(label).is_integer() for label in labels)
    return REGRESSION if fractions else CLASSIFICATION


def _value(example: Example) -> float:
    label = example.label
    if not isinstance(label, str) or not is_number(label):
        raise LabelError(f"{example.place}: {label!r} is not a number, as regression needs")
    value = float(label)
    if not math.isfinite(value):
        raise LabelError(f"{example.place}: {label} is too large a number")
    return value


def _order(label: str) -> tuple[bool, float, str]:
    """A sort key: numbers before words, and 2 before 10."""
    number = is_number(label)
    return (not number, float(label) if number else 0.0, label)


def _listed(labels: Sequence[str], most: int = 12) -> str:
    shown = ", ".join(labels[:most])
    return shown if len(labels) <= most else f"{shown}, ..."


def class_weights(given: str | None, task: Task, targets: NDArray[np.int64]) -> NDArray[Any] | None:
    """(L,), float32: the weight of each label in the loss; None if all are 1.

    Args:
        given: `balanced`, which gives each label the same share of the loss, or pairs such as
            `spam=3,ham=1`, where a missing label has weight 1.
        task: the task and its labels.
        targets: (N,), the label numbers of the training examples.

    Raises:
        LabelError: a name is not a label.
    """
    if given is None:
        return None
    if given == "balanced":
        counts = np.bincount(targets, minlength=len(task.labels))
        return (len(targets) / (len(task.labels) * np.maximum(counts, 1))).astype(np.float32)
    weights = dict.fromkeys(task.labels, 1.0)
    for part in given.split(","):
        label, _, weight = part.rpartition("=")
        if label not in weights:
            raise LabelError(
                f"`class_weights` has {label!r}, but the labels are {_listed(task.labels)}"
            )
        weights[label] = float(weight)
    return np.array(list(weights.values()), np.float32)
