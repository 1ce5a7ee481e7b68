"""The predictions for the user's sentences at every checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.errors import MinibertError

if TYPE_CHECKING:
    from minibert.inference.fill_mask import FillMask
    from minibert.model.pretrained import Pretrained

TOP_K = 5  # predictions at each mask
DEFAULT_SENTENCES = ("the [MASK] sat on the mat.", "she gave him a cup of [MASK].")


@dataclass(frozen=True)
class TokenPrediction:
    """A token that a model predicts at a mask, and its probability."""

    token: str
    score: float


@dataclass(frozen=True)
class SentencePredictions:
    """The predictions of a checkpoint for a sentence.

    Attributes:
        masks: the predictions at each mask, best first.
        problem: a sentence that says why there are none, or None.
    """

    masks: Sequence[Sequence[TokenPrediction]] = ()
    problem: str | None = None


class PredictionHistory:
    """The predictions so far for every run that was open, kept until the application ends."""

    def __init__(self) -> None:
        self._by_sentence: dict[tuple[Path, str], dict[int, SentencePredictions]] = {}

    def by_step(self, run: Path | None, sentence: str) -> dict[int, SentencePredictions]:
        """The predictions for a sentence by the step of their checkpoint, the newest first."""
        known = {} if run is None else self._by_sentence.get((run, sentence), {})
        return {step: known[step] for step in sorted(known, reverse=True)}

    def add(self, run: Path, step: int, predictions: dict[str, SentencePredictions]) -> None:
        """Add the predictions of a checkpoint."""
        for sentence, prediction in predictions.items():
            self._by_sentence.setdefault((run, sentence), {})[step] = prediction

    def missing(self, run: Path, step: int, sentences: Sequence[str]) -> list[str]:
        """The sentences without predictions of a checkpoint."""
        return [s for s in sentences if step not in self._by_sentence.get((run, s), {})]


def predict_sentences(
    model: Pretrained, sentences: Sequence[str]
) -> dict[str, SentencePredictions]:
    """Fill the masks of sentences. Runs in the thread of `ModelWorker`."""
    from minibert.inference.fill_mask import FillMask

    fill = FillMask(model.model, model.tokenizer)
    return {sentence: _fill(fill, sentence) for sentence in sentences}


def _fill(fill: FillMask, sentence: str) -> SentencePredictions:
    try:
        found = fill(sentence, top_k=TOP_K)
    except MinibertError as error:  # shown beside the sentence
        return SentencePredictions(problem=str(error))
    masks = found if isinstance(found[0], list) else [found]
    return SentencePredictions(
        [[TokenPrediction(one["token_str"], one["score"]) for one in mask] for mask in masks]
    )
