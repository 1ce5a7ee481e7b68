"""What is inside the encoder while it reads: embeddings, hidden states, attention weights.

The encoder keeps none of them, since training never looks at them. Here BERT is computed once more
with one equation a line (Devlin et al. 2019; Vaswani et al. 2017, section 3), for one text or for
variants of it, with heads ablated where that is asked; the numbers are the encoder's to 1e-5.

Shapes: B variants of a text, S pieces, H width, L layers, A heads, D numbers a head.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from minibert.model.bert import BertForPreTraining, BertLayer

_WEIGHTS = 1 << 26
"""How many attention weights are held at once: 256 MB."""


@dataclass(frozen=True, slots=True)
class Activations:
    """What a model computed on its way through one text; all arrays are float32.

    Attributes:
        word_embeddings: (S, H), each piece's row of the table.
        token_type_embeddings: (S, H), its segment's.
        position_embeddings: (S, H), its position's.
        hidden_states: (L + 1, S, H): the sum of the three, normalised, and what each layer made.
        attentions: (L, A, S, S): how much of each piece (last axis) each piece takes up; these sum
            to 1. The weights of an ablated head are kept: its output is zeroed, not its attention.
    """

    word_embeddings: NDArray[np.float32]
    token_type_embeddings: NDArray[np.float32]
    position_embeddings: NDArray[np.float32]
    hidden_states: NDArray[np.float32]
    attentions: NDArray[np.float32]

    @property
    def embeddings(self) -> NDArray[np.float32]:
        """(S, H): the three added, before they are normalised."""
        return self.word_embeddings + self.token_type_embeddings + self.position_embeddings


@torch.inference_mode()
def collect_activations(
    model: BertForPreTraining,
    input_ids: Sequence[int],
    token_type_ids: Sequence[int] | None = None,
    *,
    ablated: Collection[tuple[int, int]] = (),
) -> Activations:
    """Read one text and keep what is computed on the way.

    Args:
        model: on any device; nothing is dropped out, whatever its mode.
        input_ids: (S,), with `[CLS]` and `[SEP]`, at most as many as the model has positions.
        token_type_ids: (S,), segments; all 0 when left out.
        ablated: heads to do without, as (layer, head) from 0.

    Example:
        >>> inside = collect_activations(model, tokenizer.encode("the cat sat").ids)
        >>> inside.attentions[0, 1]  # of the second head of the first layer
    """
    embeddings = model.bert.embeddings
    device = embeddings.word_embeddings.weight.device
    ids = torch.tensor([list(input_ids)], device=device)
    segments = torch.zeros_like(ids)
    if token_type_ids is not None:
        segments = torch.tensor([list(token_type_ids)], device=device)
    words = embeddings.word_embeddings(ids)
    types = embeddings.token_type_embeddings(segments)
    positions = embeddings.position_embeddings(torch.arange(ids.shape[1], device=device))[None]
    kept = torch.ones(model.config.num_hidden_layers, model.config.num_attention_heads)
    for layer, head in ablated:
        kept[layer, head] = 0

    x = embeddings.LayerNorm(words + types + positions)
    hidden_states, attentions = [x], []
    for block, kept_here in zip(_layers(model), kept.to(device), strict=True):
        x, weights = _through(block, x, kept_here[None])
        hidden_states.append(x)
        attentions.append(weights)
    return Activations(
        word_embeddings=_array(words[0]),
        token_type_embeddings=_array(types[0]),
        position_embeddings=_array(positions[0]),
        hidden_states=_array(torch.cat(hidden_states)),
        attentions=_array(torch.cat(attentions)),
    )


def _layers(model: BertForPreTraining) -> list[BertLayer]:
    return cast("list[BertLayer]", list(model.bert.encoder.layer))


def _through(layer: BertLayer, x: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
    """What a layer makes of x (B, S, H), and its attention weights (B, A, S, S).

    Args:
        layer: a block of the encoder.
        x: what comes in.
        kept: (B, A), 0 for heads whose part is replaced by zeros before the heads are mixed
            (Michel et al. 2019, section 2.3), else 1.
    """
    attention, after_attention, after_widening = (
        layer.attention.self,
        layer.attention.output,
        layer.output,
    )
    q, k, v = (
        project(x).unflatten(-1, (attention.heads, -1)).transpose(1, 2)
        for project in (attention.query, attention.key, attention.value)
    )  # (B, A, S, D)
    weights = (q @ k.mT * q.shape[-1] ** -0.5).softmax(-1)
    heads = weights @ v * kept[:, :, None, None]
    x = after_attention.LayerNorm(after_attention.dense(heads.transpose(1, 2).flatten(2)) + x)
    out: Tensor = after_widening.LayerNorm(after_widening.dense(layer.intermediate(x)) + x)
    return out, weights


def _array(x: Tensor) -> NDArray[np.float32]:
    return cast("NDArray[np.float32]", x.float().cpu().numpy())
