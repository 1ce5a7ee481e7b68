"""One optimizer step, as pretraining and fine-tuning make it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from minibert.training.optimization import learning_rate_factor, make_optimizers

if TYPE_CHECKING:
    from torch import nn

    from minibert.config.recipe import Recipe

MAX_SKIPPED = 3
"""After this many skipped steps in a row, training has diverged. A single skipped step can be due
to an unusual batch."""


class StepResult(NamedTuple):
    """An optimizer step that changed the weights."""

    grad_norm: Tensor
    """The norm of all gradients before they were clipped, a scalar on the model's device."""
    learning_rate: float
    """AdamW's learning rate in this step."""


class OptimizerStep:
    """Updates a model's weights from the gradients in its parameters.

    Each call clips the gradients, sets the learning rates, updates the weights and clears the
    gradients. If the loss or the norm of the gradients is not finite, it only clears the gradients.

    Attributes:
        optimizers: AdamW, and Muon if the recipe has it.
        skipped: the number of steps skipped in a row.

    Args:
        model: the model, on its device.
        recipe: the learning rates and their schedule, weight decay and clipping.
        dtype: the type of Muon's matrix products.
    """

    def __init__(self, model: nn.Module, recipe: Recipe, dtype: torch.dtype) -> None:
        self.model = model
        self.recipe = recipe
        self.optimizers = make_optimizers(model, recipe, dtype)
        self.skipped = 0

    @property
    def diverged(self) -> bool:
        """Whether `MAX_SKIPPED` steps in a row were skipped."""
        return self.skipped >= MAX_SKIPPED

    def __call__(self, loss: Tensor, share_done: float) -> StepResult | None:
        """Make one step.

        On a GPU this waits for the backward pass, so that the launches of the optimizer's kernels
        are not hidden behind it; those of the next forward pass are.

        Args:
            loss: the loss that the gradients belong to, a scalar.
            share_done: the share of the budget that is used up at the middle of this step, from 0
                to 1; the middle, so that no step has a learning rate of zero.

        Returns:
            The step; None if it was skipped.
        """
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.max_grad_norm)
        if math.isfinite(float(loss + norm)):
            self.skipped = 0
            result = StepResult(norm, self._set_learning_rates(share_done))
            for optimizer in self.optimizers:
                optimizer.step()
        else:
            self.skipped += 1
            result = None
        self.model.zero_grad()
        return result

    def _set_learning_rates(self, share_done: float) -> float:
        factor = learning_rate_factor(share_done, self.recipe.warmup_share)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["peak_lr"] * factor
        return self.recipe.learning_rate * factor

    def state(self) -> dict[str, Tensor]:
        """The tensors that the optimizers keep for each parameter: `SLOT.PARAMETER` by name."""
        names: dict[Tensor, str] = {p: name for name, p in self.model.named_parameters()}
        return {
            f"{slot}.{names[parameter]}": value
            for optimizer in self.optimizers
            for parameter, slots in optimizer.state.items()
            for slot, value in slots.items()
        }

    def load_state(self, tensors: dict[str, Tensor]) -> None:
        """Take over the tensors of a `state`."""
        parameters = dict(self.model.named_parameters())
        owner = {p: o for o in self.optimizers for g in o.param_groups for p in g["params"]}
        for key, value in tensors.items():
            slot, _, name = key.partition(".")
            parameter = parameters[name]
            owner[parameter].state[parameter][slot] = value.to(parameter.device)
