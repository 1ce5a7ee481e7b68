"""What a model answers to the same sentences, checkpoint by checkpoint."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.errors import MinibertError

if TYPE_CHECKING:
    from minibert.inference.fill_mask import FillMask
    from minibert.model.pretrained import Pretrained

TOP = 5  # answers for each mask
DEFAULT_SENTENCES = ("the [MASK] sat on the mat.", "she gave him a cup of [MASK].")


@dataclass(frozen=True)
class TokenPrediction:
    """A piece that may stand at a mask, and its probability."""

    piece: str
    score: float


@dataclass(frozen=True)
class Answer:
    """What a checkpoint answers to a sentence.

    Attributes:
        masks: for each mask its guesses, best first.
        problem: a sentence on why there are none, or None.
    """

    masks: Sequence[Sequence[TokenPrediction]] = ()
    problem: str | None = None


class PredictionHistory:
    """The answers so far, of every run that was open; kept while the application is."""

    def __init__(self) -> None:
        self._answers: dict[tuple[Path, str], dict[int, Answer]] = {}

    def of(self, run: Path | None, sentence: str) -> dict[int, Answer]:
        """The answers to a sentence by the step of their checkpoint, the newest first."""
        found = {} if run is None else self._answers.get((run, sentence), {})
        return {step: found[step] for step in sorted(found, reverse=True)}

    def add(self, run: Path, step: int, answers: dict[str, Answer]) -> None:
        """Take in the answers of a checkpoint."""
        for sentence, answer in answers.items():
            self._answers.setdefault((run, sentence), {})[step] = answer

    def missing(self, run: Path, step: int, sentences: Sequence[str]) -> list[str]:
        """The sentences that a checkpoint has not answered yet."""
        return [s for s in sentences if step not in self._answers.get((run, s), {})]


def predict_sentences(model: Pretrained, sentences: Sequence[str]) -> dict[str, Answer]:
    """Fill the masks of sentences; runs in the models' thread."""
    from minibert.inference.fill_mask import FillMask

    fill = FillMask(model.model, model.tokenizer)
    return {sentence: _answer(fill, sentence) for sentence in sentences}


def _answer(fill: FillMask, sentence: str) -> Answer:
    try:
        found = fill(sentence, top_k=TOP)
    except MinibertError as error:  # of the sentence, which is shown beside it
        return Answer(problem=str(error))
    masks = found if isinstance(found[0], list) else [found]
    return Answer(
        [[TokenPrediction(one["token_str"], one["score"]) for one in mask] for mask in masks]
    )
