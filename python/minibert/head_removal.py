"""What becomes of the answer when a head is missing.

Michel et al. 2019, 'Are Sixteen Heads Really Better than One?' (https://arxiv.org/abs/1905.10650):
a head's part is replaced by zeros, nothing is trained again, and what the model says is compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

from minibert.activations import without_each_head
from minibert.logit_lens import predicted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.activations import Activations
    from minibert.encoder import BertForPreTraining


@dataclass(frozen=True, slots=True)
class HeadEffects:
    """What the model says at one position without each of its heads (L layers of A).

    Attributes:
        position: of the text's pieces.
        answer: the id that is likeliest with all heads.
        probability: of the answer, with all heads.
        probabilities: (L, A), float32, of the answer without the head.
        divergences: (L, A), float32, in nats: the Kullback-Leibler divergence of what is said
            without the head from what is said with it. 0: the head changes nothing.
        answers: (L, A), int64, the id that is likeliest without the head.
    """

    position: int
    answer: int
    probability: float
    probabilities: NDArray[np.float32]
    divergences: NDArray[np.float32]
    answers: NDArray[np.int64]


@torch.inference_mode()
def head_effects(
    model: BertForPreTraining,
    activations: Activations,
    positions: Sequence[int],
    *,
    pieces: int | None = None,
) -> list[HeadEffects]:
    """Remove each head by itself, and see what stands at some positions then.

    Args:
        model: what the activations are of.
        activations: of one text.
        positions: where masks are, as a rule.
        pieces: how many of the model's pieces have a name, if not all.
    """
    if not positions:
        return []
    without = without_each_head(model, activations)
    return [_effects(model, activations, without, position, pieces) for position in positions]


def _effects(
    model: BertForPreTraining,
    activations: Activations,
    without: torch.Tensor,
    position: int,
    pieces: int | None,
) -> HeadEffects:
    with_all = predicted(model, torch.from_numpy(activations.hidden_states[-1, position]))  # (V,)
    changed = predicted(model, without[:, :, position])  # (L, A, V)
    answer = int(with_all[:pieces].argmax())
    tiny = torch.finfo(torch.float32).tiny
    ratios = with_all.clamp_min(tiny).log() - changed.clamp_min(tiny).log()
    return HeadEffects(
        position=position,
        answer=answer,
        probability=float(with_all[answer]),
        probabilities=cast("NDArray[np.float32]", changed[..., answer].numpy()),
        # Rounding can bring what is 0 a hair below.
        divergences=cast("NDArray[np.float32]", (with_all * ratios).sum(-1).clamp_min(0).numpy()),
        answers=cast("NDArray[np.int64]", changed[..., :pieces].argmax(-1).numpy()),
    )
