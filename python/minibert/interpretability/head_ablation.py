"""Head ablation: the model's prediction at a position when one head is missing.

Michel et al. 2019, 'Are Sixteen Heads Really Better than One?' (https://arxiv.org/abs/1905.10650),
section 2.3: the output of one head is replaced by zeros, nothing is trained again, and the new
prediction is compared with the original one.

Shapes: S tokens of the text, H hidden size, L layers, A heads, V tokens of the vocabulary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import Tensor

from minibert.interpretability.activations import without_dropout
from minibert.interpretability.logit_lens import token_probabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.interpretability.activations import Activations
    from minibert.model.bert import BertForPreTraining

MAX_WEIGHTS = 1 << 26
"""How many attention weights are computed at once: 256 MB in float32."""


@dataclass(frozen=True, slots=True)
class HeadAblation:
    """The predictions of a model at one position without each of its heads.

    Attributes:
        position: the index of the token in the text.
        answer: the id with the highest probability, with all heads.
        probability: of the answer, with all heads.
        probabilities: (L, A), float32, of the answer without the head.
        divergences: (L, A), float32, in nats: the Kullback-Leibler divergence of the prediction
            without the head from the one with all heads. 0: the head changes nothing.
        answers: (L, A), int64, the id with the highest probability without the head.
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
    """Ablate each head by itself, and predict the tokens at some positions.

    Args:
        model: the model that computed the activations.
        activations: of one text.
        positions: of the tokens to predict, usually `[MASK]`.
        vocab_size: the size of the tokenizer's vocabulary, if the model has more rows.
    """
    if not positions:
        return []
    ablated = ablated_hidden_states(model, activations)
    return [_ablation(model, activations, ablated, position, vocab_size) for position in positions]


def _ablation(
    model: BertForPreTraining,
    activations: Activations,
    ablated: Tensor,
    position: int,
    vocab_size: int | None,
) -> HeadAblation:
    hidden = torch.from_numpy(activations.hidden_states[-1, position])
    original = token_probabilities(model, hidden)  # (V,)
    changed = token_probabilities(model, ablated[:, :, position])  # (L, A, V)
    answer = int(original[:vocab_size].argmax())
    tiny = torch.finfo(torch.float32).tiny
    ratios = original.clamp_min(tiny).log() - changed.clamp_min(tiny).log()
    return HeadAblation(
        position=position,
        answer=answer,
        probability=float(original[answer]),
        probabilities=cast("NDArray[np.float32]", changed[..., answer].numpy()),
        # Rounding can make a divergence of 0 slightly negative.
        divergences=cast("NDArray[np.float32]", (original * ratios).sum(-1).clamp_min(0).numpy()),
        answers=cast("NDArray[np.int64]", changed[..., :vocab_size].argmax(-1).numpy()),
    )


@torch.inference_mode()
def ablated_hidden_states(model: BertForPreTraining, activations: Activations) -> Tensor:
    """The output of the last layer without each head: (L, A, S, H).

    One pass over the layers computes all variants. The variants without a head of some layer join
    the batch at that layer, since up to there they equal the original.
    """
    device = model.bert.embeddings.word_embeddings.weight.device
    layers, heads, length = activations.attentions.shape[:3]
    hidden_states = torch.from_numpy(activations.hidden_states).to(device)
    batch_size = max(1, MAX_WEIGHTS // (heads * length * length))
    without_one = 1 - torch.eye(heads, device=device)
    x = hidden_states.new_empty(0, *hidden_states.shape[1:])
    with without_dropout(model):
        for block, original in zip(model.bert.encoder.layer, hidden_states, strict=False):
            head_mask = torch.cat((torch.ones(len(x), heads, device=device), without_one))
            x = torch.cat((x, original.expand(heads, *original.shape)))
            batches = zip(
                torch.split(x, batch_size), torch.split(head_mask, batch_size), strict=True
            )
            x = torch.cat([block(part, head_mask=mask)[0] for part, mask in batches])
    return x.view(layers, heads, *x.shape[1:])
