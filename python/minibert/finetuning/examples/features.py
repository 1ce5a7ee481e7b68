"""Examples as a model's inputs: token ids, segments, and the positions that have a label."""

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
    """One input of a model: an example, or a part of a long sentence of words.

    Attributes:
        example: the number of the example.
        input_ids: with `[CLS]` and `[SEP]`.
        token_type_ids: the segments.
        label_positions: the positions of tokens that have a label: 0, `[CLS]`, for a text, and the
            first token of each word.
        first: the number of the first of these words in its sentence.
    """

    example: int
    input_ids: Sequence[int]
    token_type_ids: Sequence[int]
    label_positions: Sequence[int]
    first: int = 0


def convert_examples_to_features(
    examples: Sequence[Example], tokenizer: WordPieceTokenizer, positions: int
) -> tuple[list[Features], int]:
    """Convert examples to features.

    Texts that are too long are truncated, of a pair the longer text first. Sentences of words are
    split into parts, so that no word is lost.

    Returns:
        The features, and how many examples have more tokens than the model has positions.
    """
    if examples and not isinstance(examples[0].text, str):
        return _of_words(examples, tokenizer, positions)
    return _of_texts(examples, tokenizer, positions)


def _of_texts(
    examples: Sequence[Example], tokenizer: WordPieceTokenizer, positions: int
) -> tuple[list[Features], int]:
    texts = [str(one.text) if one.pair is None else (str(one.text), one.pair) for one in examples]
    encodings = tokenizer.with_truncation(positions).without_padding().encode_batch(texts)
    features = [Features(n, e.ids, e.type_ids, (0,)) for n, e in enumerate(encodings)]
    return features, sum(bool(encoding.overflowing) for encoding in encodings)


def _of_words(
    examples: Sequence[Example], tokenizer: WordPieceTokenizer, positions: int
) -> tuple[list[Features], int]:
    words = [word for example in examples for word in example.text]
    flat, bounds = tokenizer.encode_ragged(words)
    unknown = np.array([tokenizer.unk_token_id])
    found, long, at = [], 0, 0
    for number, example in enumerate(examples):
        # A word of control characters alone has no token, and needs one to have a label.
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
    """Split words into parts of at most `room` tokens, each with the number of its first word."""
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
    positions = (1 + np.cumsum([0, *lengths[:-1]])).tolist()
    return Features(number, ids, [0] * len(ids), positions, first)
