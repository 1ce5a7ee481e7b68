"""How gradients change weights: AdamW, and Muon for the hidden matrices.

Both are PyTorch's, to the update; they are here since its own take two seconds to import a compiler
that is never used, and orthogonalise one small matrix after the other where many can go together.

Each has `param_groups`, whose `lr` is read at every step, and `state`: what it remembers of each
parameter, tensors by name.
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
    """What both have in common.

    Args:
        groups: each with `params` and the options of the optimiser.
    """

    def __init__(self, groups: list[Group]) -> None:
        self.param_groups = groups
        self.state: dict[Tensor, dict[str, Tensor]] = defaultdict(dict)

    @torch.no_grad()
    def step(self) -> None:
        """Change the parameters that have a gradient."""
        for group in self.param_groups:
            parameters = [p for p in group["params"] if p.grad is not None]
            if parameters:
                self._step(parameters, [p.grad for p in parameters], group)

    def _step(self, parameters: list[Tensor], grads: list[Tensor], group: Group) -> None:
        raise NotImplementedError

    def _remembered(self, parameters: list[Tensor], name: str) -> list[Tensor]:
        """What is remembered under a name, which begins with zeros."""
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
            self._remembered(parameters, "exp_avg"),
            self._remembered(parameters, "exp_avg_sq"),
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
    """Steps along the nearest orthogonal matrix to the momentum (Jordan et al. 2024).

    The options of a group: `lr`, `momentum`, `weight_decay`, `dtype` (of the products).
    """

    def _step(self, parameters: list[Tensor], grads: list[Tensor], group: Group) -> None:
        buffers = self._remembered(parameters, "momentum_buffer")
        torch._foreach_lerp_(buffers, grads, 1 - group["momentum"])
        updates = torch._foreach_lerp(grads, buffers, group["momentum"])  # Nesterov's
        torch._foreach_mul_(parameters, 1 - group["lr"] * group["weight_decay"])
        alike = defaultdict(list)
        for parameter, update in zip(parameters, updates, strict=True):
            alike[parameter.shape].append((parameter, update))
        for (rows, columns), pairs in alike.items():
            matrices = torch.stack([update for _, update in pairs]).to(group["dtype"])
            # As long in each direction as it is wide would make tall ones too small.
            rate = group["lr"] * math.sqrt(max(1.0, rows / columns))
            for (parameter, _), update in zip(pairs, orthogonalize(matrices), strict=True):
                parameter.add_(update, alpha=-rate)


# Odd polynomials that bring numbers between 0.002 and 1 to near 1, one after the other, each the
# best for what the one before leaves (the minimax polynomials of Amsel et al. 2025, 'The Polar
# Express', section 3).
_POLYNOMIALS = (
    (8.4268, -24.9361, 18.4925),
    (4.1116, -3.0591, 0.5750),
    (3.7146, -2.7781, 0.5429),
    (2.7820, -2.0749, 0.4635),
)


def orthogonalize(matrices: Tensor) -> Tensor:
    """Matrices (N, R, C) with all their singular values brought near 1, by products alone."""
    if matrices.shape[1] > matrices.shape[2]:
        turned: Tensor = orthogonalize(matrices.mT).mT
        return turned
    # A little larger than the largest singular value, which the polynomials must not meet above 1.
    bound = matrices.flatten(1).norm(dim=1).clamp(min=1e-7) * 1.01
    x: Tensor = matrices / bound[:, None, None]
    for a, b, c in _POLYNOMIALS:
        gram = torch.bmm(x, x.mT)
        polynomial = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)
        x = torch.baddbmm(x, polynomial, x, beta=a)
    return x


def make_optimizers(model: nn.Module, recipe: Recipe, dtype: torch.dtype) -> list[Optimizer]:
    """AdamW for all, or Muon for the hidden matrices and AdamW for the rest.

    Biases, LayerNorm and nothing else are free of weight decay, as published. The pooler is not
    hidden to Muon's ends: its gradient comes from one label an example and has few directions, and
    Muon would make the rest, which is noise, as strong as these.
    """
    matrices, decayed, free = [], [], []
    for name, parameter in model.named_parameters():
        hidden = name.endswith("dense.weight") or ".attention.self." in name
        hidden &= not name.startswith("bert.pooler.")
        if parameter.ndim == 1:
            free.append(parameter)
        elif hidden and recipe.muon_learning_rate is not None:
            matrices.append(parameter)
        else:
            decayed.append(parameter)
    adamw = {"lr": recipe.learning_rate, "betas": recipe.betas, "eps": recipe.epsilon}
    optimizers: list[Optimizer] = [
        AdamW(
            [
                {"params": decayed, "weight_decay": recipe.weight_decay, **adamw},
                {"params": free, "weight_decay": 0.0, **adamw},
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
    """Linear warm-up, then linear decay to zero at the end of the budget (appendix A.2)."""
    if share_done < warmup_share:
        return share_done / warmup_share
    return (1.0 - share_done) / (1.0 - warmup_share)
