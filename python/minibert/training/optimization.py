"""The optimizers AdamW and, for the hidden matrices, Muon; and the learning rate schedule.

Their updates equal those of `torch.optim`. They are written here because importing `torch.optim`'s
takes two seconds, for a compiler that is not used, and because its Muon orthogonalizes one small
matrix after the other, where these orthogonalize all matrices of a shape together.

Each optimizer has `param_groups`, whose `lr` is read at every step, and `state`: for each parameter
its tensors by name.
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from torch import nn

    from minibert.config.recipe import Recipe


Group = dict[str, Any]


class Optimizer:
    """The base class of both optimizers.

    Args:
        groups: groups of parameters, each with `params` and the options of the optimizer.
    """

    def __init__(self, groups: list[Group]) -> None:
        self.param_groups = groups
        self.state: dict[Tensor, dict[str, Tensor]] = defaultdict(dict)

    @torch.no_grad()
    def step(self) -> None:
        """Update the parameters that have a gradient."""
        for group in self.param_groups:
            parameters = [p for p in group["params"] if p.grad is not None]
            if parameters:
                self._step(parameters, [p.grad for p in parameters], group)

    def _step(self, parameters: list[Tensor], grads: list[Tensor], group: Group) -> None:
        raise NotImplementedError

    def _slots(self, parameters: list[Tensor], name: str) -> list[Tensor]:
        """The state tensors of a name, one per parameter; zeros at first."""
        for parameter in parameters:
            if name not in self.state[parameter]:
                self.state[parameter][name] = torch.zeros_like(parameter)
        return [self.state[parameter][name] for parameter in parameters]


class AdamW(Optimizer):
    """Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2).

    The options of a group: `lr`, `betas`, `eps`, `weight_decay`.
    """

    def _step(self, parameters: list[Tensor], grads: list[Tensor], group: Group) -> None:
        for parameter in parameters:
            if "step" not in self.state[parameter]:
                self.state[parameter]["step"] = torch.zeros((), device=parameter.device)
        steps = [self.state[parameter]["step"] for parameter in parameters]
        torch._foreach_add_(steps, 1)
        torch._fused_adamw_(
            parameters,
            grads,
            self._slots(parameters, "exp_avg"),
            self._slots(parameters, "exp_avg_sq"),
            [],
            steps,
            lr=group["lr"],
            beta1=group["betas"][0],
            beta2=group["betas"][1],
            weight_decay=group["weight_decay"],
            eps=group["eps"],
            amsgrad=False,
            maximize=False,
        )


class Muon(Optimizer):
    """Steps along the orthogonal matrix nearest to the momentum (Jordan et al. 2024).

    The options of a group: `lr`, `momentum`, `weight_decay`, `dtype` (of matrix products).
    """

    def _step(self, parameters: list[Tensor], grads: list[Tensor], group: Group) -> None:
        buffers = self._slots(parameters, "momentum_buffer")
        torch._foreach_lerp_(buffers, grads, 1 - group["momentum"])
        updates = torch._foreach_lerp(grads, buffers, group["momentum"])  # Nesterov's
        torch._foreach_mul_(parameters, 1 - group["lr"] * group["weight_decay"])
        by_shape = defaultdict(list)
        for parameter, update in zip(parameters, updates, strict=True):
            by_shape[parameter.shape].append((parameter, update))
        for (rows, columns), pairs in by_shape.items():
            matrices = torch.stack([update for _, update in pairs]).to(group["dtype"])
            # Without this factor, updates of matrices with more rows would be too small.
            rate = group["lr"] * math.sqrt(max(1.0, rows / columns))
            for (parameter, _), update in zip(pairs, orthogonalize(matrices), strict=True):
                parameter.add_(update, alpha=-rate)


# Odd polynomials that, applied in order, map numbers between 0.002 and 1 close to 1. Each is the
# minimax polynomial for the interval that the ones before it leave (Amsel et al. 2025, 'The Polar
# Express', section 3).
_POLYNOMIALS = (
    (8.4268, -24.9361, 18.4925),
    (4.1116, -3.0591, 0.5750),
    (3.7146, -2.7781, 0.5429),
    (2.7820, -2.0749, 0.4635),
)


def orthogonalize(matrices: Tensor) -> Tensor:
    """Bring all singular values of matrices (N, R, C) close to 1, by matrix products alone."""
    if matrices.shape[1] > matrices.shape[2]:
        transposed: Tensor = orthogonalize(matrices.mT).mT
        return transposed
    # Above the largest singular value, since the polynomials need values of at most 1.
    bound = matrices.flatten(1).norm(dim=1).clamp(min=1e-7) * 1.01
    x: Tensor = matrices / bound[:, None, None]
    for a, b, c in _POLYNOMIALS:
        gram = torch.bmm(x, x.mT)
        polynomial = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        x = torch.baddbmm(x, polynomial, x, beta=a)
    return x


def make_optimizers(model: nn.Module, recipe: Recipe, dtype: torch.dtype) -> list[Optimizer]:
    """AdamW for all parameters, or Muon for the hidden matrices and AdamW for the rest.

    Only biases and LayerNorm have no weight decay, as published. AdamW trains the pooler too: its
    gradient comes from one label per example and has few directions, and Muon would amplify the
    other directions, which are noise, to the same strength.

    Args:
        model: its parameters are grouped by name.
        recipe: learning rates, weight decay and AdamW's options.
        dtype: the type of Muon's matrix products.
    """
    matrices, decayed, undecayed = [], [], []
    for name, parameter in model.named_parameters():
        hidden = name.endswith("dense.weight") or ".attention.self." in name
        hidden &= not name.startswith("bert.pooler.")
        if parameter.ndim == 1:
            undecayed.append(parameter)
        elif hidden and recipe.muon_learning_rate is not None:
            matrices.append(parameter)
        else:
            decayed.append(parameter)
    adamw = {"lr": recipe.learning_rate, "betas": recipe.betas, "eps": recipe.epsilon}
    optimizers: list[Optimizer] = [
        AdamW(
            [
                {"params": decayed, "weight_decay": recipe.weight_decay, **adamw},
                {"params": undecayed, "weight_decay": 0.0, **adamw},
            ]
        )
    ]
    if recipe.muon_learning_rate is not None:
        muon = {"lr": recipe.muon_learning_rate, "momentum": 0.95, "dtype": dtype}
        muon["weight_decay"] = recipe.weight_decay
        optimizers.append(Muon([{"params": matrices, **muon}]))
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak_lr"] = group["lr"]
    return optimizers


def learning_rate_factor(share_done: float, warmup_share: float) -> float:
    """Linear warm-up, then linear decay to zero at the end of the budget.

    As in Devlin et al. 2019, appendix A.2; shares are between 0 and 1.
    """
    if share_done < warmup_share:
        return share_done / warmup_share
    return (1.0 - share_done) / (1.0 - warmup_share)
