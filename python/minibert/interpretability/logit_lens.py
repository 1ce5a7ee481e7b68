"""The logit lens: what the masked-word head would say if the encoder ended at an earlier layer.

nostalgebraist 2020, 'interpreting GPT: the logit lens'. BERT's head is a layer of its own (dense,
GELU, LayerNorm) before the pieces are scored, and the whole of it is applied. It has learned to
read the last layer alone, so that what it says of the first ones is a hint and no more (Belrose et
al. 2023, https://arxiv.org/abs/2303.08112, section 2).

Shapes: L layers, S pieces of the text, V of the vocabulary, K answers.
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
    """What stands at one position according to the embeddings and to each layer.

    Attributes:
        position: of the text's pieces.
        answer: the id whose way up is followed.
        top_ids: (L + 1, K), int64, the likeliest pieces, best first.
        top_probabilities: (L + 1, K), float32.
        answer_probabilities: (L + 1,), float32.
        answer_ranks: (L + 1,), int64; 1 is the best.
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
    """Let the head read every hidden state of a position.

    Args:
        model: what the activations are of.
        activations: of one text.
        position: where a mask is, as a rule.
        top_k: likeliest pieces for each layer.
        answer: the id to follow; the last layer's likeliest by default.
        vocab_size: how many of the model's pieces have a name, if not all.
    """
    probabilities = token_probabilities(
        model, torch.from_numpy(activations.hidden_states[:, position])
    )
    probabilities = probabilities[:, :vocab_size]
    best = probabilities.topk(min(top_k, probabilities.shape[1]))
    answer = int(best.indices[-1, 0]) if answer is None else answer
    of_answer = probabilities[:, answer]
    return LogitLens(
        position=position,
        answer=answer,
        top_ids=cast("NDArray[np.int64]", best.indices.numpy()),
        top_probabilities=cast("NDArray[np.float32]", best.values.numpy()),
        answer_probabilities=cast("NDArray[np.float32]", of_answer.numpy()),
        answer_ranks=cast(
            "NDArray[np.int64]", 1 + (probabilities > of_answer[:, None]).sum(1).numpy()
        ),
    )


@torch.inference_mode()
def token_probabilities(model: BertForPreTraining, hidden: Tensor) -> Tensor:
    """The probability of each piece, (…, V) on the CPU, by hidden states (…, H)."""
    table = model.bert.embeddings.word_embeddings.weight
    logits: Tensor = model.cls.predictions(hidden.to(table.device), table)
    return logits.float().softmax(-1).cpu()
