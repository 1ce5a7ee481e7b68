"""The hyperparameters of pretraining as plain numbers: recipes and budget."""

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
    """Initialization, masking and optimization."""

    learning_rate: float  # AdamW's peak
    muon_learning_rate: float | None  # Muon's peak for the encoder's matrices; None: AdamW alone
    warmup_share: float  # share of the budget with linear warm-up; linear decay to 0 afterwards
    weight_decay: float  # for matrices and embeddings; none for biases and LayerNorm
    betas: tuple[float, float]
    epsilon: float
    max_grad_norm: float
    dropout: float
    masked_lm_prob: float  # share of the tokens to mask
    initializer_range: float  # standard deviation of the initial matrices
    initializer_width: int | None  # hidden size above which it shrinks; None: it never does
    position_amplitude: float | None  # of sinusoidal position embeddings; None: random ones
    neighbor_gain: float | None  # of heads that attend to a neighbor first; None: random heads
    context_scale: float | None  # of token embeddings from their contexts; None: random ones
    zero_outputs: bool  # whether output projections are 0 at first, so that layers are identities

    def initializer_range_at(self, hidden_size: int) -> float:
        """The standard deviation of the initial matrices at a hidden size.

        A wider matrix makes larger sums, and the larger the output of a post-norm layer, the less
        of its input remains. So the deviation falls with the square root of the hidden size.
        """
        if self.initializer_width is None or hidden_size <= self.initializer_width:
            return self.initializer_range
        return self.initializer_range * math.sqrt(self.initializer_width / hidden_size)


RECIPES: dict[str, Recipe] = {
    # `docs/recipe.md` has the reasons. Muon is from Jordan et al. 2024.
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
        neighbor_gain=2.0,
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
        neighbor_gain=None,
        context_scale=None,
        zero_outputs=False,
    ),
}


@dataclass(frozen=True, slots=True)
class Budget:
    """The length of a training: either a number of steps or a number of seconds."""

    steps: int | None = None
    seconds: float | None = None

    def share_done(self, steps: float, seconds: float) -> float:
        """The share of the budget that is used, from 0 to 1."""
        if self.steps is not None:
            return min(1.0, steps / self.steps)
        assert self.seconds is not None
        return min(1.0, seconds / self.seconds)
