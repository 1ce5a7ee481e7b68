"""What a fine-tuning learns from, and what it is judged on."""

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

HELD_OUT = 10
"""Without a file to judge by, one of so many examples is held out for it."""


class Split(NamedTuple):
    """The numbers of the examples to train on, and of those to judge by."""

    train: Sequence[int]
    test: Sequence[int]


@dataclass(frozen=True, slots=True)
class LabelledDataset:
    """Labelled examples, as models read them.

    Attributes:
        task: what is said of them.
        examples: as they are written.
        pieces: for each example what is read of it, in one part or several.
        targets: for each example (N,): the numbers of its labels, or its value.
        splits: which examples are for what, each time that a model is trained and judged.
        judged: on what, for a person.
        layout: where text and label were in the file, for files to come.
    """

    task: Task
    examples: Sequence[Example]
    pieces: list[list[Features]]
    targets: list[NDArray[Any]]
    splits: list[Split]
    judged: str
    layout: Layout

    def part(self, numbers: Sequence[int]) -> tuple[list[Features], NDArray[Any], list[int]]:
        """Of some examples: pieces, targets end to end (N,), and how many of them each has."""
        pieces = [one for number in numbers for one in self.pieces[number]]
        targets = [self.targets[number] for number in numbers]
        return pieces, np.concatenate(targets), [len(one) for one in targets]


def load_dataset(
    options: FinetuneOptions, pretrained: Pretrained, reporter: Reporter
) -> LabelledDataset:
    """Read what there is to learn from and to judge by, and say what was found.

    Raises:
        FileError: a file cannot be read.
        LabelError: a file, a row or a label cannot be used.
    """
    train, dev = str(options.train), options.dev
    asked = Layout(options.format, options.header, options.text, options.pair, options.label)
    file = read_examples(train, asked)
    reporter.note(f"{train}: {file.describe()}")
    layout = file.layout(asked)
    task = Task.of_examples(file.examples, options.task, layout.label or "label")
    reporter.note(task.describe())
    examples = file.examples
    if dev is None:
        splits, judged = _parts(options, task, examples)
    else:
        other = read_examples(dev, layout)
        reporter.note(f"{dev}: {other.describe()}")
        count, examples = len(examples), examples + other.examples
        splits = [Split(range(count), range(count, len(examples)))]
        judged = f"the {len(other.examples):,} examples of {dev}"
    _refuse_mixture(task, examples)
    targets = [task.targets([example]) for example in examples]
    pieces = _cut(examples, task, pretrained, reporter)
    return LabelledDataset(task, examples, pieces, targets, splits, judged, layout)


def _parts(
    options: FinetuneOptions, task: Task, examples: Sequence[Example]
) -> tuple[list[Split], str]:
    """Splits of one file, and what is judged on, for a person."""
    count = options.folds or HELD_OUT
    if len(examples) < count:
        more = "" if options.folds else ", or a file to judge by: --dev"
        raise LabelError(
            f"{options.train} has {len(examples)} examples, too few for {count} parts; give more"
            + more
        )
    splits = k_folds(task, examples, count, options.seed)
    if options.folds:
        return splits, f"each of {count} parts of {options.train} in turn, after its last pass"
    validation = len(splits[0].test)
    return splits[:1], (
        f"{validation:,} of the {len(examples):,} examples, held out since there is no --dev"
    )


def k_folds(task: Task, examples: Sequence[Example], parts: int, seed: int) -> list[Split]:
    """As many splits as parts: each part is judged on once, after training on all others.

    Parts are drawn by the seed and stratified: each has its share of each label, or of small and
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


def _refuse_mixture(task: Task, examples: Sequence[Example]) -> None:
    for example in examples:
        if isinstance(example.text, str) == (task.kind == TOKENS):
            wanted = "the words of a sentence" if task.kind == TOKENS else "a text"
            raise LabelError(f"{example.place}: {wanted} must stand here, as in the first row")


def _cut(
    examples: Sequence[Example], task: Task, pretrained: Pretrained, reporter: Reporter
) -> list[list[Features]]:
    positions = pretrained.model.config.max_position_embeddings
    found, long = convert_examples_to_features(examples, pretrained.tokenizer, positions)
    if long:
        reporter.note(truncation_notice(long, len(examples), task, positions))
    pieces: list[list[Features]] = [[] for _ in examples]
    for one in found:
        pieces[one.example].append(one)
    return pieces


def truncation_notice(long: int, among: int, task: Task, positions: int) -> str:
    """What a person is told of texts that are longer than a model's positions."""
    what = "are read in parts" if task.kind == TOKENS else "are cut off there"
    return f"{long:,} of {among:,} texts have more pieces than the model's {positions}, and {what}"
