"""Which pieces of the vocabulary lie nearest to a vector, by the cosine of their embeddings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch
import torch.nn.functional as F

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.model.bert import BertForPreTraining


@dataclass(frozen=True, slots=True)
class NearestTokens:
    """For each of N vectors, the nearest K.

    Attributes:
        ids: (N, K), int64, nearest first.
        cosines: (N, K), float32, between -1 and 1.
    """

    ids: NDArray[np.int64]
    cosines: NDArray[np.float32]


@torch.inference_mode()
def nearest_tokens(
    model: BertForPreTraining,
    vectors: NDArray[np.float32],
    *,
    top_k: int = 5,
    exclude: Sequence[int] | None = None,
    vocab_size: int | None = None,
) -> NearestTokens:
    """Compare vectors with every row of the table of word embeddings.

    Args:
        model: whose table it is.
        vectors: (N, H).
        top_k: how many for each.
        exclude: (N,), an id for each vector that is left out: its own token, the nearest of all.
        vocab_size: how many of the model's pieces have a name, if not all.
    """
    table = model.bert.embeddings.word_embeddings.weight[:vocab_size]
    ours = torch.from_numpy(vectors).to(table.device)
    cosines = F.normalize(ours.float(), dim=1) @ F.normalize(table.float(), dim=1).T  # (N, V)
    if exclude is not None:
        cosines[
            torch.arange(len(exclude)), torch.tensor(list(exclude), dtype=torch.long)
        ] = -torch.inf
    best = cosines.topk(min(top_k, len(table) - (exclude is not None)))
    return NearestTokens(
        cast("NDArray[np.int64]", best.indices.cpu().numpy()),
        cast("NDArray[np.float32]", best.values.cpu().numpy()),
    )
