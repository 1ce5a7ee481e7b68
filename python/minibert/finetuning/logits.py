"""Logits of a fine-tuned model, at the positions that have a label."""

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


def batch_logits(model: BertClassifier, batch: PaddedBatch, features: Sequence[Features]) -> Tensor:
    """The logits of one batch.

    Args:
        model: a model with a classification head.
        batch: made of some of the features.
        features: all of them.

    Returns:
        (N, L), at the batch's N label positions, in its order.
    """
    logits: Tensor = model(batch.input_ids, batch.token_type_ids, batch.attention_mask)
    if logits.ndim == 2:
        return logits
    positions = [features[number].label_positions for number in batch.numbers]
    rows = np.repeat(np.arange(len(positions)), [len(row) for row in positions])
    flat = rows * logits.shape[1] + np.concatenate(positions)
    return logits.flatten(0, 1).index_select(0, torch.from_numpy(flat).to(logits.device))


def all_logits(
    model: BertClassifier, features: Sequence[Features], pad_token_id: int
) -> NDArray[np.float32]:
    """The logits of all features, computed in float32.

    Args:
        model: a model with a classification head, in evaluation mode.
        features: its inputs.
        pad_token_id: the id that shorter inputs are padded with.

    Returns:
        (N, L), float32, at all N label positions, in the order of the features.
    """
    offsets = label_offsets(features)
    found = np.empty((offsets[-1], model.classifier.out_features), np.float32)
    batches = length_sorted_batches(
        [one.input_ids for one in features],
        pad_token_id,
        type_ids=[one.token_type_ids for one in features],
        device=model.classifier.weight.device,
    )
    with torch.inference_mode():
        for batch in batches:
            logits = batch_logits(model, batch, features).cpu().numpy()
            found[label_rows(batch.numbers, offsets)] = logits
    return found


def label_offsets(features: Sequence[Features]) -> NDArray[np.int64]:
    """(features + 1,): where the labels of each begin, with the labels of all end to end."""
    return np.cumsum([0, *(len(one.label_positions) for one in features)])


def label_rows(numbers: Sequence[int], offsets: NDArray[np.int64]) -> NDArray[np.int64]:
    """The label indices of some of the features, one after the other."""
    return np.concatenate([np.arange(offsets[n], offsets[n + 1]) for n in numbers])
