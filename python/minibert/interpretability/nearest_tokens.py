"""The tokens whose embeddings are nearest to a vector, by cosine."""

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
    """The K nearest tokens of each of N vectors.

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
    """Compare vectors with all token embeddings of a model.

    Args:
        model: the model.
        vectors: (N, H), float32.
        top_k: K.
        exclude: (N,), an id to leave out for each vector, such as that of the token itself.
        vocab_size: the size of the tokenizer's vocabulary, if the model has more rows.
    """
    table = model.bert.embeddings.word_embeddings.weight[:vocab_size]
    given = torch.from_numpy(vectors).to(table.device)
    cosines = F.normalize(given.float(), dim=1) @ F.normalize(table.float(), dim=1).T  # (N, V)
    if exclude is not None:
        cosines[
            torch.arange(len(exclude)), torch.tensor(list(exclude), dtype=torch.long)
        ] = -torch.inf
    best = cosines.topk(min(top_k, len(table) - (exclude is not None)))
    return NearestTokens(
        cast("NDArray[np.int64]", best.indices.cpu().numpy()),
        cast("NDArray[np.float32]", best.values.cpu().numpy()),
    )
