"""Words of several pieces at a mask: what their probabilities are, and which are the likeliest.

A word of n pieces stands at n masks, and its probability is that of its first piece there, times
that of the second once the first is filled in, and so on from left to right:

    P(w_1 … w_n) = P(w_1 | n masks) · P(w_2 | w_1, n - 1 masks) · … · P(w_n | w_1 … w_(n-1), 1 mask)

This is how Kauf and Ivanova 2023, 'A Better Way to Do Masked Language Model Scoring'
(https://arxiv.org/abs/2305.10588, section 3), score the words of a sentence ('within-word l2r').
For one piece it is the probability that the model gives it.

For each n these are the probabilities of all runs of n pieces, and add up to 1. Compared with one
another, words of different n are thus weighed as if each n were as likely as another: the model
itself does not say how many pieces are missing. No mean over the pieces is taken, which would
favour long words, whose last pieces are often certain.
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
"""How many beginnings of words are followed, unless more answers are asked for."""


def tokenize_targets(
    tokenizer: WordPieceTokenizer, targets: Sequence[str], note: Callable[[str], None]
) -> list[tuple[int, ...]]:
    """The pieces of each target, each once.

    As in the pipeline, a target that is a piece of the vocabulary stands for that piece (also
    `##ing`, which no word is), another is what the tokenizer makes of it, and one of which it
    makes nothing is passed over. Unlike there, all pieces of a word count, not the first alone.

    Args:
        tokenizer: without truncation and padding.
        targets: words.
        note: is told of targets that are scored as something else, or not at all.

    Raises:
        OptionError: nothing is left to score.
    """
    found: dict[tuple[int, ...], None] = {}
    for target in targets:
        pieces = _pieces_of_target(tokenizer, target, note)
        if pieces:
            found[pieces] = None
    if not found:
        raise OptionError("there is no target to score; give at least one word")
    return list(found)


def _pieces_of_target(
    tokenizer: WordPieceTokenizer, target: str, note: Callable[[str], None]
) -> tuple[int, ...]:
    whole = tokenizer.token_to_id(target)
    if whole is not None:
        return (whole,)
    encoding = tokenizer.encode(target, add_special_tokens=False)
    pieces = tuple(encoding.ids)
    if not pieces:
        note(f"the target {target!r} has no pieces and is passed over")
    elif tokenizer.unk_token_id in pieces or len(pieces) == 1:
        note(f"the target {target!r} is not in the vocabulary: {' '.join(encoding.tokens)} instead")
    return pieces


def score_words(
    reader: MaskPredictor,
    texts: Sequence[MaskedText],
    words: Sequence[tuple[int, ...]],
) -> list[list[list[Candidate]]]:
    """The probabilities of given words at each mask of each text, the likeliest first."""
    following: defaultdict[PartialWord, list[int]] = defaultdict(list)
    for number, text in enumerate(texts):
        for mask in range(len(text.masks)):
            for word in words:
                for n, piece in enumerate(word):
                    following[PartialWord(number, mask, len(word), word[:n])].append(piece)
    found: dict[tuple[PartialWord, int], float] = {}
    for begun, read in reader.at_next_pieces(texts, list(following)):
        for word_begun, probabilities in zip(begun, read, strict=True):
            pieces = following[word_begun]
            for piece, score in zip(pieces, probabilities[pieces].tolist(), strict=True):
                found[word_begun, piece] = score

    def probability(number: int, mask: int, word: tuple[int, ...]) -> float:
        steps = ((PartialWord(number, mask, len(word), word[:n]), p) for n, p in enumerate(word))
        return prod(found[step] for step in steps)

    return [
        [
            _best([Candidate(probability(number, mask, word), word) for word in words])
            for mask in range(len(text.masks))
        ]
        for number, text in enumerate(texts)
    ]


def beam_search_words(
    reader: MaskPredictor,
    texts: Sequence[MaskedText],
    longest: int,
    top_k: int,
) -> list[list[list[Candidate]]]:
    """The likeliest words of one piece up to `longest` at each mask of each text.

    A beam search for each number of pieces: the first piece begins a word, the others go on with
    it, and what the tokenizer would cut otherwise is no answer. A beginning that is not likelier
    than `top_k` answers already found cannot become one and is given up, which loses nothing; more
    than `BEAM` beginnings are not followed, which may.
    """
    kinds = _Kinds.of(reader)
    width = max(BEAM, top_k)
    answers: dict[tuple[int, int], list[Candidate]] = {
        (number, mask): [] for number, text in enumerate(texts) for mask in range(len(text.masks))
    }
    for length in range(1, longest + 1):
        beams = {place: [Candidate(1.0, ())] for place in answers}
        for n in range(length):
            allowed = kinds.going_on if n else kinds.beginning
            longer = _lengthen(reader, texts, beams, length, allowed, width)
            beams = {
                place: _likelier(longer.get(place, []), answers[place], top_k)[:width]
                for place in beams
            }
        for place, candidates in beams.items():
            words = [c for c in candidates if _is_cut_so(reader.tokenizer, c.pieces)]
            answers[place] = _best(answers[place] + words)[:top_k]
    return [
        [answers[number, mask] for mask in range(len(text.masks))]
        for number, text in enumerate(texts)
    ]


class _Kinds(NamedTuple):
    """Ids, int64: of the pieces that begin a word, and of those that go on with one."""

    beginning: torch.Tensor
    going_on: torch.Tensor

    @classmethod
    def of(cls, reader: MaskPredictor) -> _Kinds:
        tokenizer = reader.tokenizer
        special = set(tokenizer.special_ids)
        beginning, going_on = [], []
        for piece, id in tokenizer.vocab.items():
            if piece.startswith("##"):
                going_on.append(id)
            elif id not in special:
                beginning.append(id)
        device = reader.device
        return cls(torch.tensor(beginning, device=device), torch.tensor(going_on, device=device))


def _lengthen(
    reader: MaskPredictor,
    texts: Sequence[MaskedText],
    beams: dict[tuple[int, int], list[Candidate]],
    length: int,
    allowed: torch.Tensor,
    width: int,
) -> dict[tuple[int, int], list[Candidate]]:
    """Each beginning with each of its likeliest next pieces."""
    scores = {
        PartialWord(*place, length, candidate.pieces): candidate.score
        for place, candidates in beams.items()
        for candidate in candidates
    }
    longer: defaultdict[tuple[int, int], list[Candidate]] = defaultdict(list)
    if not len(allowed):
        return longer
    for begun, read in reader.at_next_pieces(texts, list(scores)):
        best = read[:, allowed].topk(min(width, len(allowed)))
        pieces = allowed[best.indices].tolist()
        for word, values, ids in zip(begun, best.values.tolist(), pieces, strict=True):
            longer[word.text, word.mask] += [
                Candidate(scores[word] * value, (*word.pieces, id))
                for value, id in zip(values, ids, strict=True)
            ]
    return longer


def _likelier(candidates: list[Candidate], answers: list[Candidate], top_k: int) -> list[Candidate]:
    """Those that can still be among the best, the likeliest first."""
    floor = answers[top_k - 1].score if len(answers) >= top_k else -1.0
    return _best([candidate for candidate in candidates if candidate.score > floor])


def _best(candidates: list[Candidate]) -> list[Candidate]:
    return sorted(candidates, key=lambda candidate: -candidate.score)


def _is_cut_so(tokenizer: WordPieceTokenizer, pieces: tuple[int, ...]) -> bool:
    """Whether these pieces are what the tokenizer makes of their word."""
    if len(pieces) == 1:
        return True
    word = tokenizer.decode(pieces)
    return tuple(tokenizer.encode(word, add_special_tokens=False).ids) == pieces
