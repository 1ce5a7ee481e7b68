"""`minibert predict`: texts from a file or pipe in, their labels out, as they come."""

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

AT_ONCE = 256
"""Texts that are labelled together: enough to be of like lengths, few enough to be seen soon."""


class Predictions:
    """The labels of the texts of a file, read as they are asked for.

    Attributes:
        classifier: what labels them.
        scores: by metric, where there are right labels; known when all are read.
        count: how many texts have been labelled.

    Args:
        folder: a fine-tuned model's.
        path: a file, or `-` for standard input.
        options: the rest.

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
        """Each example with its prediction, or those of its words.

        Raises:
            FileError: the file cannot be read.
            TextError: it is empty, or not UTF-8.
            LabelError: a row lacks a column, or a label is none of the model's.
        """
        name = "standard input" if self.path == STANDARD_INPUT else self.path
        labelled = self.options.label is not None
        lines = stream_raw_lines(self.path)
        examples = stream_examples(lines, name, self._layout(), labelled=labelled)
        found, wanted = [], []
        for group in batched(examples, AT_ONCE):
            targets = [self.classifier.task.targets([e]) for e in group] if labelled else []
            logits = self.classifier.logits(group)
            self.count += len(group)
            if labelled:
                found += logits
                wanted += targets
            yield from zip(group, self.classifier.predictions(logits), strict=True)
        if labelled and wanted:
            lengths = [len(one) for one in wanted]
            both = np.concatenate(found), np.concatenate(wanted)
            self.scores = self.classifier.task.scores(*both, lengths)

    def _layout(self) -> Layout:
        """How to read the file: as is asked for, else as that of the training was."""
        options, trained = self.options, self.classifier.layout
        format = self._format()
        header = options.header
        if trained.header == "yes" and (header == "no" or format == "conll"):
            trained = Layout()  # its columns have names, and those of this file do not
        text = options.text or trained.text
        pair = options.pair or trained.pair
        if format == "lines" and (options.label or options.pair):
            raise OptionError(
                f"{self.path} is read as lines, which have no columns; say its --format"
            )
        return Layout(format, header, text, pair, options.label)

    def _format(self) -> str:
        asked = self.options.format if self.options.format != "auto" else format_by_name(self.path)
        if asked is not None:
            return asked
        if self.classifier.task.kind == TOKENS:
            return "conll"
        return "lines" if self.classifier.layout.pair is None else "tsv"
