"""What a model computes for one text: embeddings, hidden states and attention weights.

Training never reads attention weights, so the class that trains does not keep them. Its layers
inherit the forward pass of `model/bert.py`, which returns them; here that forward pass is called
layer by layer. Both give the same numbers to 1e-5.

Shapes: S tokens of the text, H hidden size, L layers, A heads.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from numpy.typing import NDArray

    from minibert.model.bert import BertForPreTraining


@dataclass(frozen=True, slots=True)
class Activations:
    """The activations of a model for one text; all arrays are float32.

    Attributes:
        word_embeddings: (S, H), the row of each token in the table of token embeddings.
        token_type_embeddings: (S, H), the embedding of its segment.
        position_embeddings: (S, H), the embedding of its position.
        hidden_states: (L + 1, S, H): the normalized sum of the three, then the output of each
            layer.
        attentions: (L, A, S, S): the weights from each query (third axis) to each key (last axis);
            they sum to 1 over the keys. An ablated head keeps its weights; its output is zeroed.
    """

    word_embeddings: NDArray[np.float32]
    token_type_embeddings: NDArray[np.float32]
    position_embeddings: NDArray[np.float32]
    hidden_states: NDArray[np.float32]
    attentions: NDArray[np.float32]

    @property
    def embeddings(self) -> NDArray[np.float32]:
        """(S, H): the sum of the three embeddings, before LayerNorm."""
        return self.word_embeddings + self.token_type_embeddings + self.position_embeddings


@torch.inference_mode()
def collect_activations(
    model: BertForPreTraining,
    input_ids: Sequence[int],
    token_type_ids: Sequence[int] | None = None,
    *,
    ablated: Collection[tuple[int, int]] = (),
) -> Activations:
    """Run a model on one text and keep all activations.

    Args:
        model: on any device, in any mode; dropout is not applied.
        input_ids: (S,), with `[CLS]` and `[SEP]`, at most as many as the model has positions.
        token_type_ids: (S,), segments; None: all 0.
        ablated: heads whose output is set to zero, as (layer, head), both counted from 0.

    Example:
        >>> activations = collect_activations(model, tokenizer.encode("the cat sat").ids)
        >>> activations.attentions[0, 1]  # of the second head of the first layer
    """
    embeddings = model.bert.embeddings
    device = embeddings.word_embeddings.weight.device
    ids = torch.tensor([list(input_ids)], device=device)
    segments = torch.zeros_like(ids)
    if token_type_ids is not None:
        segments = torch.tensor([list(token_type_ids)], device=device)
    positions = torch.arange(ids.shape[1], device=device)
    config = model.config
    head_mask = torch.ones(config.num_hidden_layers, 1, config.num_attention_heads, device=device)
    for layer, head in ablated:
        head_mask[layer, :, head] = 0

    with without_dropout(model):
        x = embeddings(ids, segments, positions)
        hidden_states, attentions = [x], []
        for block, mask in zip(model.bert.encoder.layer, head_mask, strict=True):
            x, weights = block(x, head_mask=mask)
            hidden_states.append(x)
            attentions.append(weights)
    return Activations(
        word_embeddings=_array(embeddings.word_embeddings(ids[0])),
        token_type_embeddings=_array(embeddings.token_type_embeddings(segments[0])),
        position_embeddings=_array(embeddings.position_embeddings(positions)),
        hidden_states=_array(torch.cat(hidden_states)),
        attentions=_array(torch.cat(attentions)),
    )


@contextmanager
def without_dropout(model: BertForPreTraining) -> Iterator[None]:
    """Put a model into evaluation mode, and back into training mode if that was its mode."""
    training = model.training
    if training:
        model.eval()
    try:
        yield
    finally:
        if training:
            model.train()


def _array(x: Tensor) -> NDArray[np.float32]:
    return cast("NDArray[np.float32]", x.float().cpu().numpy())
