"""What may stand at masks: pieces, words that are given, or words that are searched for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from minibert.errors import OptionError
from minibert.inference.masked_texts import Candidate
from minibert.inference.multi_token import beam_search_words, score_words, tokenize_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from minibert.inference.masked_texts import MaskedText, MaskPredictor

TOP_K = 5
"""Answers for each mask, if nothing else is said."""


@dataclass(frozen=True, slots=True)
class CandidateQuery:
    """What is asked about masks.

    Attributes:
        reader: the model that answers, at the temperature asked for.
        top_k: answers for each mask, at most.
        words: those that are scored, by their pieces, and no others; None: all there are.
        pieces: 1: answers are single pieces. More: they are words of at most so many.

    Raises:
        OptionError: one of them has no value that it can have, or two exclude one another.
    """

    reader: MaskPredictor
    top_k: int = TOP_K
    words: Sequence[tuple[int, ...]] | None = None
    pieces: int = 1

    def __post_init__(self) -> None:
        numbers = {
            "top_k": self.top_k,
            "pieces": self.pieces,
            "batch_size": self.reader.batch_size,
        }
        for name, number in numbers.items():
            if number is not None and number < 1:
                raise OptionError(f"{name} is {number}; it must be 1 or more")
        temperature = self.reader.temperature
        if not 0 < temperature < float("inf"):
            raise OptionError(f"temperature is {temperature}; it must be a number above 0")
        if self.words is not None and self.pieces > 1:
            raise OptionError(
                "targets names the words, and pieces is of words that are searched for; "
                "leave one of them out"
            )

    def candidates(self, texts: Sequence[MaskedText]) -> list[list[list[Candidate]]]:
        """For each text, for each of its masks, the best candidates, the likeliest first."""
        if self.pieces > 1:
            return beam_search_words(self.reader, texts, self.pieces, self.top_k)
        if self.words is None or all(len(word) == 1 for word in self.words):
            return top_tokens(self.reader, texts, self.words, self.top_k)
        scored = score_words(self.reader, texts, self.words)
        return [[of_mask[: self.top_k] for of_mask in of_text] for of_text in scored]


def top_tokens(
    reader: MaskPredictor,
    texts: Sequence[MaskedText],
    allowed: Sequence[tuple[int, ...]] | None,
    top_k: int,
) -> list[list[list[Candidate]]]:
    """The likeliest pieces at each mask of each text; of those allowed, or of all there are."""
    found: list[list[list[Candidate]]] = [[[] for _ in text.masks] for text in texts]
    ids = None
    if allowed is not None:
        ids = torch.tensor([piece for (piece,) in allowed], device=reader.device)
    for places, probabilities in reader.at_masks(texts):
        among = probabilities if ids is None else probabilities[:, ids]
        best = among.topk(min(top_k, among.shape[1]))
        pieces = best.indices if ids is None else ids[best.indices]
        rows = zip(places, best.values.tolist(), pieces.tolist(), strict=True)
        for (number, mask), scores, row in rows:
            found[number][mask] = [
                Candidate(score, (piece,)) for score, piece in zip(scores, row, strict=True)
            ]
    return found


def target_tokens(
    reader: MaskPredictor, targets: str | Sequence[str] | None, note: Callable[[str], None]
) -> list[tuple[int, ...]] | None:
    """The pieces of targets, or None if there are none named; see `tokenize_targets`."""
    if targets is None:
        return None
    named = [targets] if isinstance(targets, str) else targets
    return tokenize_targets(reader.tokenizer, named, note)


def max_length_of(tokenizer_kwargs: Mapping[str, Any] | None, positions: int) -> int | None:
    """At how many pieces texts are cut; None: they are not.

    Args:
        tokenizer_kwargs: as the pipeline takes them, of which those that say this are known.
        positions: the model's.

    Raises:
        OptionError: there is another among them, or it has a value that it cannot have.
    """
    given = dict(tokenizer_kwargs or {})
    truncation, length = given.pop("truncation", False), given.pop("max_length", None)
    if given:
        raise OptionError(
            f"tokenizer_kwargs has {next(iter(given))!r}; here it can have truncation and "
            "max_length: batches are padded in any case"
        )
    if truncation in (False, None, "do_not_truncate"):
        return None
    if truncation not in (True, "longest_first", "only_first"):
        raise OptionError(f"truncation is {truncation!r}; it is True or False")
    if length is None:
        return positions
    if not isinstance(length, int) or length < 3:
        raise OptionError(f"max_length is {length!r}; it must be 3 or more")
    return length
