"""What becomes of the answer when a head is missing.

Michel et al. 2019, 'Are Sixteen Heads Really Better than One?' (https://arxiv.org/abs/1905.10650):
a head's part is replaced by zeros, nothing is trained again, and what the model says is compared.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import Tensor

from minibert.interpretability.activations import _WEIGHTS, Activations, _layers, _through
from minibert.interpretability.logit_lens import token_probabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.model.bert import BertForPreTraining


@dataclass(frozen=True, slots=True)
class HeadAblation:
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
def ablate_heads(
    model: BertForPreTraining,
    activations: Activations,
    positions: Sequence[int],
    *,
    vocab_size: int | None = None,
) -> list[HeadAblation]:
    """Remove each head by itself, and see what stands at some positions then.

    Args:
        model: what the activations are of.
        activations: of one text.
        positions: where masks are, as a rule.
        vocab_size: how many of the model's pieces have a name, if not all.
    """
    if not positions:
        return []
    without = ablated_hidden_states(model, activations)
    return [_effects(model, activations, without, position, vocab_size) for position in positions]


def _effects(
    model: BertForPreTraining,
    activations: Activations,
    without: torch.Tensor,
    position: int,
    vocab_size: int | None,
) -> HeadAblation:
    with_all = token_probabilities(
        model, torch.from_numpy(activations.hidden_states[-1, position])
    )  # (V,)
    changed = token_probabilities(model, without[:, :, position])  # (L, A, V)
    answer = int(with_all[:vocab_size].argmax())
    tiny = torch.finfo(torch.float32).tiny
    ratios = with_all.clamp_min(tiny).log() - changed.clamp_min(tiny).log()
    return HeadAblation(
        position=position,
        answer=answer,
        probability=float(with_all[answer]),
        probabilities=cast("NDArray[np.float32]", changed[..., answer].numpy()),
        # Rounding can bring what is 0 a hair below.
        divergences=cast("NDArray[np.float32]", (with_all * ratios).sum(-1).clamp_min(0).numpy()),
        answers=cast("NDArray[np.int64]", changed[..., :vocab_size].argmax(-1).numpy()),
    )


@torch.inference_mode()
def ablated_hidden_states(model: BertForPreTraining, activations: Activations) -> Tensor:
    """What the last layer makes of the text when one head is missing: for each, (L, A, S, H).

    In one pass: the variants without a head of some layer join at that layer, since until there
    they are the text itself.
    """
    device = model.bert.embeddings.word_embeddings.weight.device
    layers, heads, length = activations.attentions.shape[:3]
    hidden_states = torch.from_numpy(activations.hidden_states).to(device)
    at_once = max(1, _WEIGHTS // (heads * length * length))
    each_missing = 1 - torch.eye(heads, device=device)
    x = hidden_states.new_empty(0, *hidden_states.shape[1:])
    for block, before in zip(_layers(model), hidden_states, strict=False):
        kept = torch.cat((torch.ones(len(x), heads, device=device), each_missing))
        x = torch.cat((x, before.expand(heads, *before.shape)))
        parts = zip(torch.split(x, at_once), torch.split(kept, at_once), strict=True)
        x = torch.cat([_through(block, *part)[0] for part in parts])
    return x.view(layers, heads, *x.shape[1:])
