"""The masked sentences that a run answers at its end, so that one sees what it has learned."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from minibert.data.dataset import PretrainingDataset
    from minibert.inference.fill_mask import FillMask, FillMaskPrediction
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

# For the default corpus: a plain one, a fact, agreement across a phrase, cause and effect.
DEFAULT_CLOZE = (
    "the [MASK] sat",
    "the cow eats [MASK] in the field.",
    "the dogs near the house [MASK] barking.",
    "it rained all night, so the ground was [MASK].",
)


# Decoding leaves "don ' t"; people, and the tokenizer, read "don't" as well.
_APOSTROPHE = re.compile(r"(?<=\w) ['\u2019] (?=\w)")


@dataclass(frozen=True, slots=True)
class ClozeSentence:
    """A sentence with one mask, the model's answers, and what stood there where that is known."""

    text: str
    was: str | None
    answers: list[FillMaskPrediction]


def fill_cloze(fill: FillMask, questions: list[tuple[str, str | None]]) -> list[ClozeSentence]:
    """Let the model answer; a question is a text with one mask and, if known, what stood there."""
    return [
        ClozeSentence(text, was, cast("list[FillMaskPrediction]", fill(text)))
        for text, was in questions
    ]


def validation_cloze(
    validation: PretrainingDataset, tokenizer: WordPieceTokenizer, counts: NDArray[np.int64]
) -> list[tuple[str, str | None]]:
    """Three held-out sentences with a word masked in each: the same ones for the same corpus.

    The word masked is the most frequent of its sentence beyond the fifty most frequent pieces: one
    that the model can know, and that grammar alone does not give away.
    """
    ranks = np.empty(len(counts), dtype=np.int64)
    ranks[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    found: list[tuple[str, str | None]] = []
    for index in range(validation.batches_per_epoch(0)):
        for ids in _first_sentences(validation, index, tokenizer):
            words = [n for n in range(len(ids) - 1) if _stands_alone(ids, n, tokenizer)]
            rare_enough = [n for n in words if ranks[ids[n]] >= 50]
            if not rare_enough:
                continue
            at = min(rare_enough, key=lambda n: int(ranks[ids[n]]))
            masked = [*ids[:at], tokenizer.mask_token_id, *ids[at + 1 :]]
            text = _APOSTROPHE.sub("'", tokenizer.decode(masked, skip_special_tokens=False))
            found.append((text, tokenizer.id_to_token(ids[at])))
            if len(found) == 3:
                return found
    return found


def _first_sentences(
    validation: PretrainingDataset, index: int, tokenizer: WordPieceTokenizer
) -> list[list[int]]:
    """The first sentence of each example of a batch, unmasked, where it is a fair length."""
    batch = validation.batch(0, index)
    rows = batch.input_ids.copy()
    rows.reshape(-1)[batch.masked_lm_positions] = batch.masked_lm_ids
    ends = {tokenizer.token_to_id(mark) for mark in (".", "!", "?", "。")}
    sentences = []
    for row in rows.tolist():
        text = row[1 : row.index(tokenizer.sep_token_id)]
        end = next((n for n, piece in enumerate(text) if piece in ends), len(text)) + 1
        if 6 <= end <= 24 and end <= len(text):
            sentences.append(text[:end])
    return sentences


def _stands_alone(ids: list[int], n: int, tokenizer: WordPieceTokenizer) -> bool:
    """Whether the piece is a whole word of letters."""
    piece = tokenizer.id_to_token(ids[n]) or ""
    following = tokenizer.id_to_token(ids[n + 1]) or ""
    return piece.isalpha() and len(piece) > 2 and not following.startswith("##")
