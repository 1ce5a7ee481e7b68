"""The loop of fine-tuning: labelled pieces in, a model that labels out.

As in Devlin et al. 2019, appendix A.3, all weights are trained for a few passes over the examples,
at a rate that rises, then falls to zero in a line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
import torch.nn.functional as F

from minibert.config.recipe import RECIPES
from minibert.data.collator import collate
from minibert.finetuning.logits import batch_logits, offsets_of, rows_of
from minibert.model.device import compute_dtype
from minibert.training.optimization import learning_rate_factor, make_optimizers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from minibert.config.recipe import Recipe
    from minibert.data.collator import PaddedBatch
    from minibert.finetuning.examples.features import Features
    from minibert.model.classification import BertClassifier

POOL = 32
"""Batches whose examples are sorted by length together: enough for little padding, few enough for
batches to differ from pass to pass."""


def fine_tuning_recipe(learning_rate: float) -> Recipe:
    """How weights are changed: by AdamW alone, after a longer warm-up than in pretraining.

    Muon moves the matrices as far whatever their gradients are, and with that away from what they
    have learned: the network from random weights does as well then.
    """
    return replace(
        RECIPES["minibert"],
        learning_rate=learning_rate,
        muon_learning_rate=None,
        warmup_share=0.1,
        weight_decay=0.01,  # of what was learned before, a few passes need not forget much
    )


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """What is learned from.

    Attributes:
        pieces: what the model reads.
        targets: (N,), at each of their places: the number of a label, or a value.
        class_weights: (L,), what a label's examples count; None: all the same.
    """

    pieces: Sequence[Features]
    targets: NDArray[Any]
    class_weights: NDArray[Any] | None = None


def train_epochs(
    model: BertClassifier,
    training: TrainingSet,
    recipe: Recipe,
    *,
    epochs: int,
    batch_size: int,
    pad_token_id: int,
    seed: int,
    advance: Callable[[float], None] = lambda share: None,
) -> Iterator[int]:
    """Train a model, and yield after each pass which it was, the model being in evaluation mode.

    Args:
        model: changed in place, where it is.
        training: what is learned from.
        recipe: how the weights are changed.
        epochs: how many passes there will be.
        batch_size: examples in a step.
        pad_token_id: what shorter ones are filled up with.
        seed: of the order of examples. What dropout draws is the caller's.
        advance: is told the share of all steps that is done.
    """
    device = model.classifier.weight.device
    optimizers = make_optimizers(model, recipe, compute_dtype(device))
    steps = epochs * math.ceil(len(training.pieces) / batch_size)
    ids = [one.input_ids for one in training.pieces]
    type_ids = [one.token_type_ids for one in training.pieces]
    starts = offsets_of(training.pieces)
    lengths = np.array([len(row) for row in ids])
    rng = np.random.default_rng(seed)
    step = 0
    for epoch in range(1, epochs + 1):
        model.train()
        for numbers in _mixed(lengths, batch_size, rng):
            batch = collate(numbers, ids, pad_token_id, type_ids=type_ids, device=device)
            targets = training.targets[rows_of(numbers, starts)]
            loss = _loss(model, training, batch, torch.from_numpy(targets).to(device))
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(model.parameters(), recipe.max_grad_norm)
            # Taken at the middle of the step, so that no step has a rate of zero.
            factor = learning_rate_factor((step + 0.5) / steps, recipe.warmup_share)
            for optimizer in optimizers:
                for group in optimizer.param_groups:
                    group["lr"] = group["peak_lr"] * factor
                optimizer.step()
            model.zero_grad()
            step += 1
            advance(step / steps)
        model.eval()
        yield epoch


def _mixed(
    lengths: NDArray[np.int64], batch_size: int, rng: np.random.Generator
) -> list[list[int]]:
    """All examples in batches of like length, drawn anew: both which go together and the order."""
    order = rng.permutation(len(lengths))
    batches = []
    for start in range(0, len(order), POOL * batch_size):
        pool = order[start : start + POOL * batch_size]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
    return [batches[n].tolist() for n in rng.permutation(len(batches))]


def _loss(
    model: BertClassifier, training: TrainingSet, batch: PaddedBatch, targets: Tensor
) -> Tensor:
    """The mean over the batch's places, weighted where labels are."""
    device = targets.device
    dtype = compute_dtype(device)
    with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
        logits = batch_logits(model, batch, training.pieces).float()
    if targets.is_floating_point():
        return F.mse_loss(logits[:, 0], targets)
    weights = training.class_weights
    of_labels = None if weights is None else torch.from_numpy(weights).to(device)
    return F.cross_entropy(logits, targets, weight=of_labels)
