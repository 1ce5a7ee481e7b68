"""The training loop of fine-tuning.

As in Devlin et al. 2019, appendix A.3, all weights are trained for a few epochs, with a learning
rate that warms up and then decays linearly to zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
import torch.nn.functional as F

from minibert.config.recipe import RECIPES
from minibert.data.collator import collate
from minibert.errors import DivergedError
from minibert.finetuning.logits import batch_logits, label_offsets, label_rows
from minibert.model.device import compute_dtype
from minibert.training.step import MAX_SKIPPED, OptimizerStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from minibert.config.recipe import Recipe
    from minibert.data.collator import PaddedBatch
    from minibert.finetuning.examples.features import Features
    from minibert.model.classification import BertClassifier

POOL_BATCHES = 32
"""Batches whose examples are sorted by length together: enough for little padding, few enough for
batches to differ from epoch to epoch."""


def fine_tuning_recipe(learning_rate: float) -> Recipe:
    """The recipe of fine-tuning: AdamW alone, with a longer warm-up than in pretraining.

    Muon moves matrices equally far whatever their gradients are, and so away from what pretraining
    learned: with it, a randomly initialized network does as well.
    """
    return replace(
        RECIPES["minibert"],
        learning_rate=learning_rate,
        muon_learning_rate=None,
        warmup_share=0.1,
        weight_decay=0.01,  # lower, so that a few epochs keep what pretraining learned
    )


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Labelled examples as the model reads them.

    Attributes:
        features: the model's inputs.
        targets: (N,), at each label position: the number of a label, or a value.
        class_weights: (L,), the weight of each label in the loss; None: all 1.
    """

    features: Sequence[Features]
    targets: NDArray[Any]
    class_weights: NDArray[Any] | None = None


class TrainedEpoch(NamedTuple):
    """An epoch of fine-tuning."""

    number: int
    """From 1."""
    skipped: int
    """Batches whose loss was not finite, which changed nothing."""


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
) -> Iterator[TrainedEpoch]:
    """Train a model, and yield after each epoch, with the model in evaluation mode.

    Args:
        model: changed in place, on its device.
        training: the labelled examples.
        recipe: how the weights change.
        epochs: the number of epochs.
        batch_size: examples per step.
        pad_token_id: the id that shorter inputs are padded with.
        seed: of the order of examples. Dropout uses PyTorch's own random numbers.
        advance: called after each step with the share of all steps that is done.

    Raises:
        DivergedError: the loss was not finite for `MAX_SKIPPED` batches in a row.
    """
    device = model.classifier.weight.device
    optimizer_step = OptimizerStep(model, recipe, compute_dtype(device))
    steps = epochs * math.ceil(len(training.features) / batch_size)
    ids = [one.input_ids for one in training.features]
    type_ids = [one.token_type_ids for one in training.features]
    offsets = label_offsets(training.features)
    lengths = np.array([len(row) for row in ids])
    rng = np.random.default_rng(seed)
    step = 0
    for epoch in range(1, epochs + 1):
        model.train()
        skipped = 0
        for index, numbers in enumerate(_shuffled_batches(lengths, batch_size, rng)):
            batch = collate(numbers, ids, pad_token_id, type_ids=type_ids, device=device)
            targets = training.targets[label_rows(numbers, offsets)]
            loss = _loss(model, training, batch, torch.from_numpy(targets).to(device))
            loss.backward()  # type: ignore[no-untyped-call]
            if optimizer_step(loss.detach(), (step + 0.5) / steps) is None:
                skipped += 1
                if optimizer_step.diverged:
                    raise DivergedError(
                        f"the loss was not finite for {MAX_SKIPPED} batches in a row, the last "
                        f"being batch {index} of epoch {epoch}; fine-tune with a lower `lr`",
                        epoch=epoch,
                        index=index,
                    )
            step += 1
            advance(step / steps)
        model.eval()
        yield TrainedEpoch(epoch, skipped)


def _shuffled_batches(
    lengths: NDArray[np.int64], batch_size: int, rng: np.random.Generator
) -> list[list[int]]:
    """All examples in batches of similar length; their composition and order are random."""
    order = rng.permutation(len(lengths))
    batches = []
    for start in range(0, len(order), POOL_BATCHES * batch_size):
        pool = order[start : start + POOL_BATCHES * batch_size]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches += [pool[at : at + batch_size] for at in range(0, len(pool), batch_size)]
    return [batches[n].tolist() for n in rng.permutation(len(batches))]


def _loss(
    model: BertClassifier, training: TrainingSet, batch: PaddedBatch, targets: Tensor
) -> Tensor:
    """The mean over the batch's label positions, weighted by their labels."""
    device = targets.device
    dtype = compute_dtype(device)
    with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
        logits = batch_logits(model, batch, training.features).float()
    if targets.is_floating_point():
        return F.mse_loss(logits[:, 0], targets)
    weights = training.class_weights
    weight = None if weights is None else torch.from_numpy(weights).to(device)
    return F.cross_entropy(logits, targets, weight=weight)
