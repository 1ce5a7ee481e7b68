"""Candidates for masks: all tokens, given words, or words found by beam search."""

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
"""The default number of answers per mask."""


@dataclass(frozen=True, slots=True)
class CandidateQuery:
    """What to predict at masks.

    Attributes:
        predictor: the model, with its temperature.
        top_k: maximum number of answers per mask.
        words: the token ids of the words to score; None: any.
        tokens: 1: the answers are single tokens. More: they are words of at most so many tokens.

    Raises:
        OptionError: one of them is out of range, or `words` and `tokens` exclude each other.
    """

    predictor: MaskPredictor
    top_k: int = TOP_K
    words: Sequence[tuple[int, ...]] | None = None
    tokens: int = 1

    def __post_init__(self) -> None:
        numbers = {
            "top_k": self.top_k,
            "tokens": self.tokens,
            "batch_size": self.predictor.batch_size,
        }
        for name, number in numbers.items():
            if number is not None and number < 1:
                raise OptionError(f"`{name}` is {number}; it must be 1 or more")
        temperature = self.predictor.temperature
        if not 0 < temperature < float("inf"):
            raise OptionError(f"`temperature` is {temperature}; it must be a number above 0")
        if self.words is not None and self.tokens > 1:
            raise OptionError(
                "`targets` lists the words to score, and `tokens` limits a search for words; "
                "leave one of them out"
            )

    def candidates(self, texts: Sequence[MaskedText]) -> list[list[list[Candidate]]]:
        """The candidates for each mask of each text, the most probable first."""
        if self.tokens > 1:
            return beam_search_words(self.predictor, texts, self.tokens, self.top_k)
        if self.words is None or all(len(word) == 1 for word in self.words):
            return top_tokens(self.predictor, texts, self.words, self.top_k)
        scored = score_words(self.predictor, texts, self.words)
        return [[of_mask[: self.top_k] for of_mask in of_text] for of_text in scored]


def top_tokens(
    predictor: MaskPredictor,
    texts: Sequence[MaskedText],
    allowed: Sequence[tuple[int, ...]] | None,
    top_k: int,
) -> list[list[list[Candidate]]]:
    """The most probable tokens at each mask of each text, among the allowed ones or all."""
    found: list[list[list[Candidate]]] = [[[] for _ in text.masks] for text in texts]
    ids = None
    if allowed is not None:
        ids = torch.tensor([token for (token,) in allowed], device=predictor.device)
    for masks, probabilities in predictor.at_masks(texts):
        among = probabilities if ids is None else probabilities[:, ids]
        best = among.topk(min(top_k, among.shape[1]))
        tokens = best.indices if ids is None else ids[best.indices]
        rows = zip(masks, best.values.tolist(), tokens.tolist(), strict=True)
        for (number, mask), scores, row in rows:
            found[number][mask] = [
                Candidate(score, (token,)) for score, token in zip(scores, row, strict=True)
            ]
    return found


def target_tokens(
    predictor: MaskPredictor, targets: str | Sequence[str] | None, note: Callable[[str], None]
) -> list[tuple[int, ...]] | None:
    """The token ids of targets, or None without targets; see `tokenize_targets`."""
    if targets is None:
        return None
    named = [targets] if isinstance(targets, str) else targets
    return tokenize_targets(predictor.tokenizer, named, note)


def max_length_of(tokenizer_kwargs: Mapping[str, Any] | None, positions: int) -> int | None:
    """The length in tokens at which texts are truncated; None: they are not.

    Args:
        tokenizer_kwargs: of the pipeline; only `truncation` and `max_length` are supported.
        positions: of the model.

    Raises:
        OptionError: there is another argument, or a value is not allowed.
    """
    given = dict(tokenizer_kwargs or {})
    truncation, length = given.pop("truncation", False), given.pop("max_length", None)
    if given:
        raise OptionError(
            f"`tokenizer_kwargs` has {next(iter(given))!r}; it may have truncation and "
            "max_length: batches are always padded"
        )
    if truncation in (False, None, "do_not_truncate"):
        return None
    if truncation not in (True, "longest_first", "only_first"):
        raise OptionError(f"`truncation` is {truncation!r}; it must be True or False")
    if length is None:
        return positions
    if not isinstance(length, int) or length < 3:
        raise OptionError(f"`max_length` is {length!r}; it must be 3 or more")
    return length
