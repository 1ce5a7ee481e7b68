"""Masked sentences that the model fills at the end of a run."""

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

# For the default corpus: a simple sentence, a fact, agreement across a phrase, cause and effect.
DEFAULT_CLOZE = (
    "the [MASK] sat",
    "the cow eats [MASK] in the field.",
    "the dogs near the house [MASK] barking.",
    "it rained all night, so the ground was [MASK].",
)


# Decoding gives "don ' t", which is tokenized like "don't".
_APOSTROPHE = re.compile(r"(?<=\w) ['\u2019] (?=\w)")


@dataclass(frozen=True, slots=True)
class ClozeSentence:
    """A sentence with one mask, the masked word if it is known, and the model's answers."""

    text: str
    was: str | None
    answers: list[FillMaskPrediction]


def fill_cloze(fill: FillMask, sentences: list[tuple[str, str | None]]) -> list[ClozeSentence]:
    """Fill sentences with one mask each, given with their masked word if it is known."""
    return [
        ClozeSentence(text, was, cast("list[FillMaskPrediction]", fill(text)))
        for text, was in sentences
    ]


def validation_cloze(
    validation: PretrainingDataset, tokenizer: WordPieceTokenizer, counts: NDArray[np.int64]
) -> list[tuple[str, str | None]]:
    """Three validation sentences with one masked word each, the same for the same corpus.

    The masked word is the most frequent one of its sentence that is not among the fifty most
    frequent tokens: a word that the model can know and that grammar alone does not determine.
    """
    ranks = np.empty(len(counts), dtype=np.int64)
    ranks[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    found: list[tuple[str, str | None]] = []
    for index in range(validation.batches_per_epoch(0)):
        for ids in _first_sentences(validation, index, tokenizer):
            words = [n for n in range(len(ids) - 1) if _is_whole_word(ids, n, tokenizer)]
            candidates = [n for n in words if ranks[ids[n]] >= 50]
            if not candidates:
                continue
            at = min(candidates, key=lambda n: int(ranks[ids[n]]))
            masked = [*ids[:at], tokenizer.mask_token_id, *ids[at + 1 :]]
            text = _APOSTROPHE.sub("'", tokenizer.decode(masked, skip_special_tokens=False))
            found.append((text, tokenizer.id_to_token(ids[at])))
            if len(found) == 3:
                return found
    return found


def _first_sentences(
    validation: PretrainingDataset, index: int, tokenizer: WordPieceTokenizer
) -> list[list[int]]:
    """The unmasked first sentences of a batch's examples that have 6 to 24 tokens."""
    batch = validation.batch(0, index)
    rows = batch.input_ids.copy()
    rows.reshape(-1)[batch.masked_lm_positions] = batch.masked_lm_ids
    ends = {tokenizer.token_to_id(mark) for mark in (".", "!", "?", "。")}
    sentences = []
    for row in rows.tolist():
        text = row[1 : row.index(tokenizer.sep_token_id)]
        end = next((n for n, id in enumerate(text) if id in ends), len(text)) + 1
        if 6 <= end <= 24 and end <= len(text):
            sentences.append(text[:end])
    return sentences


def _is_whole_word(ids: list[int], n: int, tokenizer: WordPieceTokenizer) -> bool:
    """Whether a token is a whole word of at least three letters."""
    token = tokenizer.id_to_token(ids[n]) or ""
    following = tokenizer.id_to_token(ids[n + 1]) or ""
    return token.isalpha() and len(token) > 2 and not following.startswith("##")
