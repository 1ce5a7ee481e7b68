"""What training does to a model and when, as plain numbers: the recipes and the budget."""

from __future__ import annotations

import math
from dataclasses import dataclass

DEFAULT_RECIPE = "minibert"
"""The name in `RECIPES` of the recipe that is used unless another is named."""
VALIDATION_MASKED_LM_PROB = 0.15
"""The share of tokens that is masked for evaluation (Devlin et al. 2019, section 3.1), whatever the
share in training, so that the losses of models can be compared."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the weights start, what of a text is masked, and how the weights are changed."""

    learning_rate: float  # AdamW's, at its peak
    muon_learning_rate: float | None  # for the encoder's matrices; None: AdamW for them too
    warmup_share: float  # of the budget, rising linearly; the rest falls linearly to zero
    weight_decay: float  # of matrices; biases and LayerNorm have none
    betas: tuple[float, float]
    epsilon: float
    max_grad_norm: float
    dropout: float
    masked_lm_prob: float  # share of the pieces that are predicted
    initializer_range: float  # standard deviation of the matrices at the start
    initializer_width: int | None  # from which on it falls by the root of the width; None: never
    position_amplitude: float | None  # sinusoidal start of the positions; None: random as the rest
    neighbour_gain: float | None  # of heads that start on neighbours; None: random as the rest
    context_scale: float | None  # of words that start by their contexts; None: random as the rest
    zero_outputs: bool  # whether layers start by passing on what they are given

    def initializer_range_at(self, hidden_size: int) -> float:
        """The standard deviation of the matrices of a model of some width.

        The wider a matrix, the larger are the sums that it makes, and in a post-norm encoder the
        less is left of what a layer was given.
        """
        if self.initializer_width is None or hidden_size <= self.initializer_width:
            return self.initializer_range
        return self.initializer_range * math.sqrt(self.initializer_width / hidden_size)


RECIPES: dict[str, Recipe] = {
    # Muon (Jordan et al. 2024) for the encoder's matrices and a sinusoidal start of the positions:
    # together they take a small model past the plateau of word frequencies in its first minute.
    "minibert": Recipe(
        learning_rate=3e-3,
        muon_learning_rate=1e-2,
        warmup_share=0.03,
        weight_decay=0.1,
        betas=(0.9, 0.98),
        epsilon=1e-6,
        max_grad_norm=1.0,
        dropout=0.0,
        masked_lm_prob=0.3,
        initializer_range=0.05,
        initializer_width=128,
        position_amplitude=0.1,
        neighbour_gain=2.0,
        context_scale=2.0,
        zero_outputs=True,
    ),
    # Devlin et al. 2019, appendix A.2.
    "bert": Recipe(
        learning_rate=1e-4,
        muon_learning_rate=None,
        warmup_share=0.01,
        weight_decay=0.01,
        betas=(0.9, 0.999),
        epsilon=1e-6,
        max_grad_norm=1.0,
        dropout=0.1,
        masked_lm_prob=0.15,
        initializer_range=0.02,
        initializer_width=None,
        position_amplitude=None,
        neighbour_gain=None,
        context_scale=None,
        zero_outputs=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to train: a number of steps, or a number of seconds. One of the two is given."""

    steps: int | None = None
    seconds: float | None = None

    def share_done(self, steps: float, seconds: float) -> float:
        """The share of the budget that is used up, from 0 to 1."""
        if self.steps is not None:
            return min(1.0, steps / self.steps)
        assert self.seconds is not None
        return min(1.0, seconds / self.seconds)
