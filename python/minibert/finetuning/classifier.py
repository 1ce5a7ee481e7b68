"""Labelling texts with a fine-tuned model."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import numpy as np
import torch

from minibert.errors import TextTypeError
from minibert.finetuning.examples.columns import Example, Layout
from minibert.finetuning.examples.features import convert_examples_to_features
from minibert.finetuning.files import load_classifier
from minibert.finetuning.logits import all_logits, label_offsets
from minibert.finetuning.task import REGRESSION, TOKENS
from minibert.model.device import choose_device
from minibert.tokenizer.wordpiece import WordPieceTokenizer

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.finetuning.task import Task
    from minibert.model.classification import BertClassifier


class Prediction(TypedDict):
    """A prediction, with the keys of the `text-classification` pipeline of `transformers`.

    For regression, `score` is the number and `label` the name of its column.
    """

    label: str
    score: float  # probability of the label, from 0 to 1
    scores: dict[str, float]  # of all labels


class Classifier:
    """Labels texts, pairs of texts, or the words of sentences.

    Attributes:
        task: the task and its labels.
        layout: the columns of text and label in the training file.
        long: the number of texts so far that had more tokens than the model has positions.

    Example:
        >>> classify = Classifier.from_pretrained("finetuned/films")
        >>> classify("a smart and alert small gem .")["label"]
        'quote'
        >>> classify([("a man sleeps", "nobody is awake")])  # a pair
        >>> tag = Classifier.from_pretrained("finetuned/names")
        >>> tag("Mary lives in Rome")  # a prediction for each word
    """

    def __init__(
        self,
        model: BertClassifier,
        task: Task,
        tokenizer: WordPieceTokenizer,
        layout: Layout = Layout(),  # noqa: B008 - a constant
        *,
        device: torch.device | str = "cpu",
    ) -> None:
        self.model = model.to(device).eval()
        self.task = task
        self.tokenizer = tokenizer
        self.layout = layout
        self.long = 0

    @classmethod
    def from_pretrained(cls, folder: str | os.PathLike[str], *, device: str = "cpu") -> Classifier:
        """Load a folder of `minibert finetune`, or of `transformers` with the same architectures.

        Raises:
            ModelError: the folder holds no such model, or a damaged one.
            VocabularyError: its vocabulary cannot be read.
            OptionError: the device is not available.
        """
        chosen = choose_device(device)
        model, task, layout = load_classifier(Path(folder))
        tokenizer = WordPieceTokenizer.from_pretrained(folder)
        return cls(model, task, tokenizer, layout, device=chosen)

    def __call__(self, texts: str | tuple[str, str] | Sequence[Any]) -> Any:
        """Label one text or several.

        Args:
            texts: a text, a pair of texts as a tuple, or a list of these. To label words, a
                sentence is split at white space, or is a list of words in the list.

        Returns:
            A prediction, or a list with one for each word; for a list of texts, a list of these.

        Raises:
            TextTypeError: an item is none of these.
        """
        single = isinstance(texts, str | tuple)
        all_texts = [texts] if isinstance(texts, str | tuple) else list(texts)
        found = self.predictions(self.logits([_example(text) for text in all_texts]))
        return found[0] if single else found

    def logits(self, examples: Sequence[Example]) -> list[NDArray[np.float32]]:
        """The logits of each example: (1, L), or (words, L) where words are labelled."""
        if self.task.kind == TOKENS:
            examples = [
                e._replace(text=e.text.split()) if isinstance(e.text, str) else e for e in examples
            ]
        positions = self.model.config.max_position_embeddings
        features, long = convert_examples_to_features(examples, self.tokenizer, positions)
        self.long += long
        logits = all_logits(self.model, features, self.tokenizer.pad_token_id)
        counts = np.zeros(len(examples), np.int64)
        np.add.at(counts, [one.example for one in features], np.diff(label_offsets(features)))
        return np.split(logits, np.cumsum(counts)[:-1]) if len(examples) else []

    def predictions(self, logits: Sequence[NDArray[np.float32]]) -> list[Any]:
        """Logits (N, L) of each example as a prediction, or a list with one for each word."""
        rows = [[self._prediction(row) for row in of_one] for of_one in logits]
        return rows if self.task.kind == TOKENS else [row[0] for row in rows]

    def _prediction(self, logits: NDArray[np.float32]) -> Prediction:
        labels = self.task.labels
        if self.task.kind == REGRESSION:
            value = float(logits[0])
            return Prediction(label=labels[0], score=value, scores={labels[0]: value})
        exponents = np.exp(logits.astype(np.float64) - logits.max())
        probabilities = (exponents / exponents.sum()).tolist()
        best = int(logits.argmax())
        scores = dict(zip(labels, probabilities, strict=True))
        return Prediction(label=labels[best], score=probabilities[best], scores=scores)


def _example(text: Any) -> Example:
    if isinstance(text, str):
        return Example(text)
    if isinstance(text, tuple) and len(text) == 2 and all(isinstance(one, str) for one in text):
        return Example(*text)
    if isinstance(text, list) and all(isinstance(word, str) for word in text):
        return Example(text)
    raise TextTypeError(
        f"{text!r} is neither a text, a pair of texts as a tuple, nor a list of words"
    )
