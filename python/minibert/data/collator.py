"""Texts in padded batches, those of like length together, for a model that only reads."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice, pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from minibert.tokenizer.wordpiece import WordPieceTokenizer

POSITIONS = 4096
"""How many positions a batch has at most, if nothing else is said: enough to keep matrices busy."""


CHUNK = 1024
"""How many texts of a stream are looked at together, if nothing else is said: enough for batches of
like length."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class PaddedBatch:
    """Some of the texts, padded to the longest of them.

    Attributes:
        numbers: (B,), which of the texts these are.
        input_ids: (B, S), int64.
        token_type_ids: (B, S), int64.
        attention_mask: (B, S), int64; 1 for pieces and 0 for padding.
    """

    numbers: list[int]
    input_ids: Tensor
    token_type_ids: Tensor
    attention_mask: Tensor


def length_sorted_batches(
    ids: Sequence[Sequence[int]],
    pad_token_id: int,
    *,
    type_ids: Sequence[Sequence[int]] | None = None,
    positions: int = POSITIONS,
    texts: int | None = None,
    device: torch.device | str = "cpu",
) -> Iterator[PaddedBatch]:
    """The texts from the shortest to the longest; each is in one batch, and none is padded much.

    Args:
        ids: the pieces of each text, `[CLS]` and `[SEP]` among them.
        pad_token_id: what the shorter ones are filled up with.
        type_ids: the segments of each text's pieces; all 0 by default.
        positions: padding counted, at most so many a batch, but at least one text.
        texts: at most so many a batch; by default as many as the positions allow.
        device: where the tensors are to be.
    """
    order = sorted(range(len(ids)), key=lambda number: len(ids[number]))
    start = 0
    while start < len(order):
        last = len(order) if texts is None else min(start + texts, len(order))
        end = start + 1
        while end < last and (end + 1 - start) * len(ids[order[end]]) <= positions:
            end += 1
        yield collate(order[start:end], ids, pad_token_id, type_ids=type_ids, device=device)
        start = end


def encode_texts(tokenizer: WordPieceTokenizer, texts: Sequence[str]) -> list[list[int]]:
    """The pieces of each text, `[CLS]` and `[SEP]` among them, however many there are.

    Raises:
        TextTypeError: a text is not a string.
        TextError: a text has a lone surrogate.
    """
    ids, bounds = tokenizer.encode_ragged(texts, add_special_tokens=True)
    return [ids[start:end].tolist() for start, end in pairwise(bounds.tolist())]


def truncate(ids: list[int], length: int) -> list[int]:
    """The ids, or if they are more than `length`, the first of them and the `[SEP]` at the end."""
    return ids if len(ids) <= length else [*ids[: length - 1], ids[-1]]


def batched(items: Iterable[Item], number: int = CHUNK) -> Iterator[list[Item]]:
    """So many at a time, as they come, so that a stream is never held whole."""
    remaining = iter(items)
    while chunk := list(islice(remaining, number)):
        yield chunk


def collate(
    numbers: Sequence[int],
    ids: Sequence[Sequence[int]],
    pad_token_id: int,
    *,
    type_ids: Sequence[Sequence[int]] | None = None,
    device: torch.device | str = "cpu",
) -> PaddedBatch:
    """Some of the texts, padded to the longest of them; the rest is as in `length_sorted_batches`.

    Args:
        numbers: which of the texts.
        ids: the pieces of all texts.
        pad_token_id: what the shorter ones are filled up with.
        type_ids: the segments of each text's pieces; all 0 by default.
        device: where the tensors are to be.
    """
    lengths = torch.tensor([len(ids[number]) for number in numbers])
    width = int(lengths.max())
    segments = [type_ids[number] if type_ids else () for number in numbers]
    return PaddedBatch(
        list(numbers),
        _padded([ids[number] for number in numbers], pad_token_id, width).to(device),
        _padded(segments, 0, width).to(device),
        (torch.arange(width) < lengths[:, None]).long().to(device),
    )


def _padded(rows: Sequence[Sequence[int]], filling: int, width: int) -> Tensor:
    """(rows, width), int64."""
    padded = np.full((len(rows), width), filling, np.int64)
    for number, row in enumerate(rows):
        padded[number, : len(row)] = row
    return torch.from_numpy(padded)
