"""Words of several tokens at a mask: their probabilities, and a search for the most probable.

A word of n tokens replaces n masks. Its probability is the product of the probabilities of its
tokens, each predicted with the tokens before it filled in, from left to right:

    P(w_1 … w_n) = P(w_1 | n masks) · P(w_2 | w_1, n - 1 masks) · … · P(w_n | w_1 … w_(n-1), 1 mask)

This is how Kauf and Ivanova 2023, 'A Better Way to Do Masked Language Model Scoring'
(https://arxiv.org/abs/2305.10588, section 3), score the words of a sentence ('within-word l2r').
For one token it is the model's probability of the token.

For each n, the probabilities of all sequences of n tokens add up to 1. Words of different n are
therefore compared as if each n were equally probable: the model does not predict the number of
missing tokens. The probabilities are not averaged over tokens, which would favour long words, whose
last tokens are often certain.
"""

from __future__ import annotations

from collections import defaultdict
from math import prod
from typing import TYPE_CHECKING, NamedTuple

import torch

from minibert.errors import OptionError
from minibert.inference.masked_texts import Candidate, PartialWord

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from minibert.inference.masked_texts import MaskedText, MaskPredictor
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

BEAM = 16
"""The beam width; `top_k` if that is larger."""


def tokenize_targets(
    tokenizer: WordPieceTokenizer, targets: Sequence[str], note: Callable[[str], None]
) -> list[tuple[int, ...]]:
    """The token ids of each target, without duplicates.

    As in the pipeline, a target in the vocabulary is scored as that token (also `##ing`), another
    target is tokenized, and one without tokens is skipped. Unlike there, all tokens of a word are
    scored, not only the first.

    Args:
        tokenizer: without truncation and padding.
        targets: words.
        note: called with a sentence about targets that are scored as other tokens, or skipped.

    Raises:
        OptionError: no target is left.
    """
    found: dict[tuple[int, ...], None] = {}
    for target in targets:
        tokens = _tokens_of_target(tokenizer, target, note)
        if tokens:
            found[tokens] = None
    if not found:
        raise OptionError("there is no target to score; give at least one word")
    return list(found)


def _tokens_of_target(
    tokenizer: WordPieceTokenizer, target: str, note: Callable[[str], None]
) -> tuple[int, ...]:
    whole = tokenizer.token_to_id(target)
    if whole is not None:
        return (whole,)
    encoding = tokenizer.encode(target, add_special_tokens=False)
    tokens = tuple(encoding.ids)
    if not tokens:
        note(f"the target {target!r} has no tokens and is skipped")
    elif tokenizer.unk_token_id in tokens or len(tokens) == 1:
        scored = " ".join(encoding.tokens)
        note(f"the target {target!r} is not in the vocabulary and is scored as {scored}")
    return tokens


def score_words(
    predictor: MaskPredictor,
    texts: Sequence[MaskedText],
    words: Sequence[tuple[int, ...]],
) -> list[list[list[Candidate]]]:
    """The probabilities of given words at each mask of each text, the most probable first."""
    following: defaultdict[PartialWord, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for mask in range(len(text.masks)):
            for word in words:
                for n, token in enumerate(word):
                    following[PartialWord(number, mask, len(word), word[:n])].append(token)
    found: dict[tuple[PartialWord, int], float] = {}
    for partial_words, rows in predictor.at_next_tokens(texts, list(following)):
        for partial_word, probabilities in zip(partial_words, rows, strict=True):
            tokens = following[partial_word]
            for token, score in zip(tokens, probabilities[tokens].tolist(), strict=True):
                found[partial_word, token] = score

    def probability(number: int, mask: int, word: tuple[int, ...]) -> float:
        steps = (
            (PartialWord(number, mask, len(word), word[:n]), token) for n, token in enumerate(word)
        )
        return prod(found[step] for step in steps)

    return [
        [
            _sorted([Candidate(probability(number, mask, word), word) for word in words])
            for mask in range(len(text.masks))
        ]
        for number, text in enumerate(texts)
    ]


def beam_search_words(
    predictor: MaskPredictor,
    texts: Sequence[MaskedText],
    max_tokens: int,
    top_k: int,
) -> list[list[list[Candidate]]]:
    """The most probable words of up to `max_tokens` tokens at each mask of each text.

    One beam search for each number of tokens: the first token begins a word, and the others are
    `##` tokens. Words that the tokenizer would split differently are not answers. A partial word
    is dropped if it is not more probable than `top_k` complete answers, which cannot lose an
    answer, or if it is not among the `BEAM` most probable ones, which can.
    """
    kinds = _TokenKinds.of(predictor)
    width = max(BEAM, top_k)
    # By the indices of text and mask.
    answers: dict[tuple[int, int], list[Candidate]] = {
        (number, mask): [] for number, text in enumerate(texts) for mask in range(len(text.masks))
    }
    for length in range(1, max_tokens + 1):
        beams = {at: [Candidate(1.0, ())] for at in answers}
        for n in range(length):
            allowed = kinds.continuing if n else kinds.initial
            longer = _extend(predictor, texts, beams, length, allowed, width)
            beams = {
                at: _competitive(longer.get(at, []), answers[at], top_k)[:width] for at in beams
            }
        for at, candidates in beams.items():
            words = [c for c in candidates if _is_tokenized_so(predictor.tokenizer, c.tokens)]
            answers[at] = _sorted(answers[at] + words)[:top_k]
    return [
        [answers[number, mask] for mask in range(len(text.masks))]
        for number, text in enumerate(texts)
    ]


class _TokenKinds(NamedTuple):
    """The ids, int64, of tokens that begin a word, and of `##` tokens."""

    initial: torch.Tensor
    continuing: torch.Tensor

    @classmethod
    def of(cls, predictor: MaskPredictor) -> _TokenKinds:
        tokenizer = predictor.tokenizer
        special = set(tokenizer.special_ids)
        initial, continuing = [], []
        for token, id in tokenizer.vocab.items():
            if token.startswith("##"):
                continuing.append(id)
            elif id not in special:
                initial.append(id)
        device = predictor.device
        return cls(torch.tensor(initial, device=device), torch.tensor(continuing, device=device))


def _extend(
    predictor: MaskPredictor,
    texts: Sequence[MaskedText],
    beams: dict[tuple[int, int], list[Candidate]],
    length: int,
    allowed: torch.Tensor,
    width: int,
) -> dict[tuple[int, int], list[Candidate]]:
    """Each partial word with each of its most probable next tokens."""
    scores = {
        PartialWord(*at, length, candidate.tokens): candidate.score
        for at, candidates in beams.items()
        for candidate in candidates
    }
    longer: defaultdict[tuple[int, int], list[Candidate]] = defaultdict(list)
    if not len(allowed):
        return longer
    for words, probabilities in predictor.at_next_tokens(texts, list(scores)):
        best = probabilities[:, allowed].topk(min(width, len(allowed)))
        tokens = allowed[best.indices].tolist()
        for word, values, ids in zip(words, best.values.tolist(), tokens, strict=True):
            longer[word.text, word.mask] += [
                Candidate(scores[word] * value, (*word.tokens, id))
                for value, id in zip(values, ids, strict=True)
            ]
    return longer


def _competitive(
    candidates: list[Candidate], answers: list[Candidate], top_k: int
) -> list[Candidate]:
    """The candidates that can still be among the best answers, the most probable first."""
    floor = answers[top_k - 1].score if len(answers) >= top_k else -1.0
    return _sorted([candidate for candidate in candidates if candidate.score > floor])


def _sorted(candidates: list[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _is_tokenized_so(tokenizer: WordPieceTokenizer, tokens: tuple[int, ...]) -> bool:
    """Whether the tokenizer splits the word of these tokens into the same tokens."""
    if len(tokens) == 1:
        return True
    word = tokenizer.decode(tokens)
    return tuple(tokenizer.encode(word, add_special_tokens=False).ids) == tokens
