"""Padded batches of texts of similar length, for inference and fine-tuning."""

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
"""The default limit of positions per batch: enough for efficient matrix products."""


CHUNK = 1024
"""The default number of texts of a stream that are batched together: enough for batches of similar
length."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class PaddedBatch:
    """Texts, padded to the longest of them.

    Attributes:
        numbers: (B,), the numbers of the texts.
        input_ids: (B, S), int64.
        token_type_ids: (B, S), int64.
        attention_mask: (B, S), int64; 1 on tokens, 0 on padding.
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
    """Batch texts from the shortest to the longest, with little padding; each is in one batch.

    Args:
        ids: the token ids of each text, with `[CLS]` and `[SEP]`.
        pad_token_id: the id that shorter texts are padded with.
        type_ids: the segment ids of each text; all 0 by default.
        positions: the limit of positions per batch, with padding. A longer text has its own batch.
        texts: the limit of texts per batch; none by default.
        device: the device of the tensors.
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
    """The token ids of each text, with `[CLS]` and `[SEP]`, not truncated.

    Raises:
        TextTypeError: a text is not a string.
        TextError: a text has a lone surrogate.
    """
    ids, bounds = tokenizer.encode_ragged(texts, add_special_tokens=True)
    return [ids[start:end].tolist() for start, end in pairwise(bounds.tolist())]


def truncate(ids: list[int], length: int) -> list[int]:
    """The ids, or if there are more than `length`, the first of them and the final `[SEP]`."""
    return ids if len(ids) <= length else [*ids[: length - 1], ids[-1]]


def batched(items: Iterable[Item], number: int = CHUNK) -> Iterator[list[Item]]:
    """Lists of up to `number` items, without reading further ahead."""
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
    """Batch some of the texts, padded to the longest of them.

    Args:
        numbers: the numbers of the texts in the batch.
        ids: the token ids of all texts.
        pad_token_id: the id that shorter texts are padded with.
        type_ids: the segment ids of all texts; all 0 by default.
        device: the device of the tensors.
    """
    lengths = torch.tensor([len(ids[number]) for number in numbers])
    length = int(lengths.max())
    segments = [type_ids[number] if type_ids else () for number in numbers]
    return PaddedBatch(
        list(numbers),
        _padded([ids[number] for number in numbers], pad_token_id, length).to(device),
        _padded(segments, 0, length).to(device),
        (torch.arange(length) < lengths[:, None]).long().to(device),
    )


def _padded(rows: Sequence[Sequence[int]], fill_value: int, length: int) -> Tensor:
    """(rows, length), int64."""
    padded = np.full((len(rows), length), fill_value, np.int64)
    for number, row in enumerate(rows):
        padded[number, : len(row)] = row
    return torch.from_numpy(padded)
