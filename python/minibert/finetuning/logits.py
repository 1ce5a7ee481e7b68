"""What a model with a head says of pieces: logits at the places where a label is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from minibert.data.collator import length_sorted_batches

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from minibert.data.collator import PaddedBatch
    from minibert.finetuning.examples.features import Features
    from minibert.model.classification import BertClassifier


def batch_logits(model: BertClassifier, batch: PaddedBatch, pieces: Sequence[Features]) -> Tensor:
    """(N, L): at the places of a batch's pieces, one after the other.

    Args:
        model: with a head.
        batch: made of some of the pieces.
        pieces: all of them.
    """
    logits: Tensor = model(batch.input_ids, batch.token_type_ids, batch.attention_mask)
    if logits.ndim == 2:
        return logits
    places = [pieces[number].places for number in batch.numbers]
    rows = np.repeat(np.arange(len(places)), [len(row) for row in places])
    asked = rows * logits.shape[1] + np.concatenate(places)
    return logits.flatten(0, 1).index_select(0, torch.from_numpy(asked).to(logits.device))


def all_logits(
    model: BertClassifier, pieces: Sequence[Features], pad_token_id: int
) -> NDArray[np.float32]:
    """(N, L), float32: at the places of all pieces, in their order; in full precision.

    Args:
        model: with a head; in evaluation mode.
        pieces: what it reads.
        pad_token_id: what shorter ones are filled up with.
    """
    starts = offsets_of(pieces)
    found = np.empty((starts[-1], model.classifier.out_features), np.float32)
    batches = length_sorted_batches(
        [one.input_ids for one in pieces],
        pad_token_id,
        type_ids=[one.token_type_ids for one in pieces],
        device=model.classifier.weight.device,
    )
    with torch.inference_mode():
        for batch in batches:
            found[rows_of(batch.numbers, starts)] = batch_logits(model, batch, pieces).cpu().numpy()
    return found


def offsets_of(pieces: Sequence[Features]) -> NDArray[np.int64]:
    """(pieces + 1,): where the places of each begin, when those of all are end to end."""
    return np.cumsum([0, *(len(one.places) for one in pieces)])


def rows_of(numbers: Sequence[int], starts: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of some of the pieces, one after the other."""
    return np.concatenate([np.arange(starts[n], starts[n + 1]) for n in numbers])
