"""The logit lens: the prediction of the MLM head, applied to the hidden states of every layer.

nostalgebraist 2020, 'interpreting GPT: the logit lens'. The whole head is applied, with its dense
layer, GELU and LayerNorm. It was trained on the last layer only, so its predictions for lower
layers are approximate (Belrose et al. 2023, https://arxiv.org/abs/2303.08112, section 2).

Shapes: L layers, V tokens of the vocabulary, K likeliest tokens, H hidden size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from minibert.interpretability.activations import Activations
    from minibert.model.bert import BertForPreTraining


@dataclass(frozen=True, slots=True)
class LogitLens:
    """The predictions at one position, from the embeddings and from each layer.

    Attributes:
        position: the index of the token in the text.
        answer: the id whose probability and rank are given for each layer.
        top_ids: (L + 1, K), int64, the likeliest tokens, in descending order.
        top_probabilities: (L + 1, K), float32.
        answer_probabilities: (L + 1,), float32.
        answer_ranks: (L + 1,), int64; 1 is the likeliest.
    """

    position: int
    answer: int
    top_ids: NDArray[np.int64]
    top_probabilities: NDArray[np.float32]
    answer_probabilities: NDArray[np.float32]
    answer_ranks: NDArray[np.int64]


@torch.inference_mode()
def logit_lens(
    model: BertForPreTraining,
    activations: Activations,
    position: int,
    *,
    top_k: int = 5,
    answer: int | None = None,
    vocab_size: int | None = None,
) -> LogitLens:
    """Apply the MLM head to every hidden state of a position.

    Args:
        model: the model that computed the activations.
        activations: of one text.
        position: of the token to predict, usually a `[MASK]`.
        top_k: K.
        answer: the id to follow; by default the likeliest of the last layer.
        vocab_size: the size of the tokenizer's vocabulary, if the model has more rows.
    """
    probabilities = token_probabilities(
        model, torch.from_numpy(activations.hidden_states[:, position])
    )
    probabilities = probabilities[:, :vocab_size]
    best = probabilities.topk(min(top_k, probabilities.shape[1]))
    answer = int(best.indices[-1, 0]) if answer is None else answer
    answer_column = probabilities[:, answer]
    return LogitLens(
        position=position,
        answer=answer,
        top_ids=cast("NDArray[np.int64]", best.indices.numpy()),
        top_probabilities=cast("NDArray[np.float32]", best.values.numpy()),
        answer_probabilities=cast("NDArray[np.float32]", answer_column.numpy()),
        answer_ranks=cast(
            "NDArray[np.int64]", 1 + (probabilities > answer_column[:, None]).sum(1).numpy()
        ),
    )


@torch.inference_mode()
def token_probabilities(model: BertForPreTraining, hidden: Tensor) -> Tensor:
    """The probability of each token, (…, V) float32 on the CPU, of hidden states (…, H)."""
    table = model.bert.embeddings.word_embeddings.weight
    logits: Tensor = model.cls.predictions(hidden.to(table.device), table)
    return logits.float().softmax(-1).cpu()
