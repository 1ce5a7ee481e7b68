"""Labelled texts as a model reads them: pieces, segments, and where each word begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minibert.finetuning.examples.columns import Example
    from minibert.tokenizer.wordpiece import WordPieceTokenizer


@dataclass(frozen=True, slots=True)
class Features:
    """What a model reads at once: an example, or a part of a sentence of many words.

    Attributes:
        example: the number of the example.
        input_ids: with `[CLS]` and `[SEP]`.
        token_type_ids: the segments.
        places: where a label is asked for: place 0 of a text, the first piece of each word.
        first: the number of the first of these words in its sentence.
    """

    example: int
    input_ids: Sequence[int]
    token_type_ids: Sequence[int]
    places: Sequence[int]
    first: int = 0


def convert_examples_to_features(
    examples: Sequence[Example], tokenizer: WordPieceTokenizer, positions: int
) -> tuple[list[Features], int]:
    """Examples as pieces, and how many of them are longer than a model's positions.

    Texts that are too long are cut off; of a pair the longer first. Sentences of words lose none:
    what does not fit is read by itself.
    """
    if examples and not isinstance(examples[0].text, str):
        return _of_words(examples, tokenizer, positions)
    return _of_texts(examples, tokenizer, positions)


def _of_texts(
    examples: Sequence[Example], tokenizer: WordPieceTokenizer, positions: int
) -> tuple[list[Features], int]:
    texts = [str(one.text) if one.pair is None else (str(one.text), one.pair) for one in examples]
    encodings = tokenizer.with_truncation(positions).without_padding().encode_batch(texts)
    pieces = [Features(n, e.ids, e.type_ids, (0,)) for n, e in enumerate(encodings)]
    return pieces, sum(bool(encoding.overflowing) for encoding in encodings)


def _of_words(
    examples: Sequence[Example], tokenizer: WordPieceTokenizer, positions: int
) -> tuple[list[Features], int]:
    words = [word for example in examples for word in example.text]
    flat, bounds = tokenizer.encode_ragged(words)
    unknown = np.array([tokenizer.unk_token_id])
    found, long, at = [], 0, 0
    for number, example in enumerate(examples):
        # A word of control characters alone has no pieces, and needs one to have a label.
        of_words = [
            flat[bounds[n] : bounds[n + 1]] if bounds[n] < bounds[n + 1] else unknown
            for n in range(at, at + len(example.text))
        ]
        at += len(example.text)
        parts = _parts(of_words, positions - 2)
        long += len(parts) > 1
        found += [_part(number, first, part, tokenizer) for first, part in parts]
    return found, long


def _parts(words: list[np.ndarray], room: int) -> list[tuple[int, list[np.ndarray]]]:
    """As many words together as there is room for; with the number of the first of each part."""
    parts: list[tuple[int, list[np.ndarray]]] = []
    used = room
    for number, word in enumerate(words):
        if used + len(word) > room:
            parts.append((number, []))
            used = 0
        parts[-1][1].append(word[:room])
        used += len(word)
    return parts


def _part(
    number: int, first: int, words: list[np.ndarray], tokenizer: WordPieceTokenizer
) -> Features:
    lengths = [len(word) for word in words]
    ids = [tokenizer.cls_token_id, *np.concatenate(words).tolist(), tokenizer.sep_token_id]
    places = (1 + np.cumsum([0, *lengths[:-1]])).tolist()
    return Features(number, ids, [0] * len(ids), places, first)
