"""`minibert predict`: labels the texts of a file or pipe while reading it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from minibert.data.collator import batched
from minibert.errors import OptionError
from minibert.finetuning.classifier import Classifier
from minibert.finetuning.examples.columns import Example, Layout
from minibert.finetuning.examples.reader import stream_examples
from minibert.finetuning.examples.tables import format_by_name
from minibert.finetuning.task import TOKENS
from minibert.io.lines import STANDARD_INPUT, stream_raw_lines

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from minibert.config import PredictOptions

CHUNK = 256
"""Texts that are labelled together: enough to batch similar lengths, few enough for an early
answer."""


class Predictions:
    """The predictions for the texts of a file, which is read during iteration.

    Attributes:
        classifier: the fine-tuned model.
        scores: by metric, if the file has labels; complete after the iteration.
        count: the number of texts labelled so far.

    Args:
        folder: the folder of a fine-tuned model.
        path: a file, or `-` for standard input.
        options: the options.

    Raises:
        ModelError: the folder holds no fine-tuned model.

    Example:
        >>> for example, prediction in Predictions("finetuned/films", "new.txt", PredictOptions()):
        ...     print(example.text, prediction["label"])
    """

    def __init__(self, folder: str | os.PathLike[str], path: str, options: PredictOptions) -> None:
        self.classifier = Classifier.from_pretrained(folder, device=options.device)
        self.path = path
        self.options = options
        self.scores: dict[str, float] = {}
        self.count = 0

    def __iter__(self) -> Iterator[tuple[Example, Any]]:
        """Iterate over examples, each with its prediction or those of its words.

        Raises:
            FileError: the file cannot be read.
            TextError: it is empty, or not UTF-8.
            LabelError: a row lacks a column, or the model does not have a label.
        """
        name = "standard input" if self.path == STANDARD_INPUT else self.path
        labelled = self.options.label is not None
        lines = stream_raw_lines(self.path)
        examples = stream_examples(lines, name, self._layout(), labelled=labelled)
        all_logits, all_targets = [], []
        for group in batched(examples, CHUNK):
            targets = [self.classifier.task.targets([e]) for e in group] if labelled else []
            logits = self.classifier.logits(group)
            self.count += len(group)
            if labelled:
                all_logits += logits
                all_targets += targets
            yield from zip(group, self.classifier.predictions(logits), strict=True)
        if all_targets:
            lengths = [len(one) for one in all_targets]
            self.scores = self.classifier.task.scores(
                np.concatenate(all_logits), np.concatenate(all_targets), lengths
            )

    def _layout(self) -> Layout:
        """The layout of the file: by the options, otherwise as in training."""
        options, trained = self.options, self.classifier.layout
        format = self._format()
        header = options.header
        if trained.header == "yes" and (header == "no" or format == "conll"):
            trained = Layout()  # its columns have names; those of this file have none
        text = options.text or trained.text
        pair = options.pair or trained.pair
        if format == "lines" and (options.label or options.pair):
            raise OptionError(
                f"{self.path} is read as plain lines, which have no columns; set `format`"
            )
        return Layout(format, header, text, pair, options.label)

    def _format(self) -> str:
        named = self.options.format if self.options.format != "auto" else format_by_name(self.path)
        if named is not None:
            return named
        if self.classifier.task.kind == TOKENS:
            return "conll"
        return "lines" if self.classifier.layout.pair is None else "tsv"
