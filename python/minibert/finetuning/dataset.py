"""The labelled examples of fine-tuning, and their splits into training and validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from minibert.errors import LabelError
from minibert.finetuning.examples.columns import Layout
from minibert.finetuning.examples.features import convert_examples_to_features
from minibert.finetuning.examples.reader import read_examples
from minibert.finetuning.task import TOKENS, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.config import FinetuneOptions
    from minibert.finetuning.examples.columns import Example
    from minibert.finetuning.examples.features import Features
    from minibert.io.reporter import Reporter
    from minibert.model.pretrained import Pretrained

VALIDATION_PARTS = 10
"""Without a validation file, one of this many parts of the examples is used for validation."""


class Split(NamedTuple):
    """The numbers of the examples to train on, and of those to evaluate on."""

    train: Sequence[int]
    test: Sequence[int]


@dataclass(frozen=True, slots=True)
class LabelledDataset:
    """Labelled examples, as text and as the model's inputs.

    Attributes:
        task: the task and its labels.
        examples: the examples as written.
        features: for each example its inputs, one or, for a long sentence of words, several.
        targets: for each example (N,): the numbers of its labels, or its value.
        splits: one for each training and evaluation.
        evaluated: a description of the examples that models are evaluated on.
        layout: the columns of text and label in the file, for later files.
    """

    task: Task
    examples: Sequence[Example]
    features: list[list[Features]]
    targets: list[NDArray[Any]]
    splits: list[Split]
    evaluated: str
    layout: Layout

    def part(self, numbers: Sequence[int]) -> tuple[list[Features], NDArray[Any], list[int]]:
        """Some of the examples: features, targets end to end (N,), and the number of each one's."""
        features = [one for number in numbers for one in self.features[number]]
        targets = [self.targets[number] for number in numbers]
        return features, np.concatenate(targets), [len(one) for one in targets]


def load_dataset(
    options: FinetuneOptions, pretrained: Pretrained, reporter: Reporter
) -> LabelledDataset:
    """Read the training and validation files, and report their layout and task.

    Raises:
        FileError: a file cannot be read.
        LabelError: a file, a row or a label cannot be used.
    """
    train, dev = str(options.train), options.dev
    given = Layout(options.format, options.header, options.text, options.pair, options.label)
    file = read_examples(train, given)
    reporter.note(f"{train}: {file.describe()}")
    layout = file.layout(given)
    task = Task.of_examples(file.examples, options.task, layout.label or "label")
    reporter.note(task.describe())
    examples = file.examples
    if dev is None:
        splits, evaluated = _splits(options, task, examples)
    else:
        other = read_examples(dev, layout)
        reporter.note(f"{dev}: {other.describe()}")
        count, examples = len(examples), examples + other.examples
        splits = [Split(range(count), range(count, len(examples)))]
        evaluated = f"the {len(other.examples):,} examples of {dev}"
    _check_one_kind(task, examples)
    targets = [task.targets([example]) for example in examples]
    features = _features(examples, task, pretrained, reporter)
    return LabelledDataset(task, examples, features, targets, splits, evaluated, layout)


def _splits(
    options: FinetuneOptions, task: Task, examples: Sequence[Example]
) -> tuple[list[Split], str]:
    """Splits of one file, and a description of the examples to evaluate on."""
    count = options.folds or VALIDATION_PARTS
    if len(examples) < count:
        dev = "" if options.folds else ", or a validation file as `dev`"
        raise LabelError(
            f"{options.train} has {len(examples)} examples, too few for {count} parts; give more"
            + dev
        )
    splits = k_folds(task, examples, count, options.seed)
    if options.folds:
        return splits, f"each of {count} folds of {options.train}, after the last epoch"
    validation = len(splits[0].test)
    return splits[:1], (
        f"{validation:,} of the {len(examples):,} examples, held out for validation"
    )


def k_folds(task: Task, examples: Sequence[Example], parts: int, seed: int) -> list[Split]:
    """Splits for cross-validation: each part is evaluated on once, after training on all others.

    Parts are random, by the seed, and stratified: each has its share of each label, or of small and
    large values.
    """
    order = np.random.default_rng(seed).permutation(len(examples))
    if task.kind != TOKENS:
        order = order[np.argsort(task.targets(examples)[order], kind="stable")]
    splits = []
    for part in range(parts):
        test = order[part::parts]
        splits.append(Split(np.setdiff1d(order, test).tolist(), np.sort(test).tolist()))
    return splits


def _check_one_kind(task: Task, examples: Sequence[Example]) -> None:
    for example in examples:
        if isinstance(example.text, str) == (task.kind == TOKENS):
            wanted = "the words of a sentence" if task.kind == TOKENS else "a text"
            raise LabelError(f"{example.place}: this must be {wanted}, as in the first row")


def _features(
    examples: Sequence[Example], task: Task, pretrained: Pretrained, reporter: Reporter
) -> list[list[Features]]:
    positions = pretrained.model.config.max_position_embeddings
    found, long = convert_examples_to_features(examples, pretrained.tokenizer, positions)
    if long:
        reporter.note(truncation_notice(long, len(examples), task, positions))
    features: list[list[Features]] = [[] for _ in examples]
    for one in found:
        features[one.example].append(one)
    return features


def truncation_notice(long: int, among: int, task: Task, positions: int) -> str:
    """The notice about texts that are longer than a model's positions."""
    what = "split into parts" if task.kind == TOKENS else "truncated"
    return (
        f"{long:,} of {among:,} texts have more tokens than the model's {positions} and are {what}"
    )
