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
class NearestPieces:
    """For each of N vectors, the nearest K.

    Attributes:
        ids: (N, K), int64, nearest first.
        cosines: (N, K), float32, between -1 and 1.
    """

    ids: NDArray[np.int64]
    cosines: NDArray[np.float32]


@torch.inference_mode()
def nearest_pieces(
    model: BertForPreTraining,
    vectors: NDArray[np.float32],
    *,
    top_k: int = 5,
    but: Sequence[int] | None = None,
    pieces: int | None = None,
) -> NearestPieces:
    """Compare vectors with every row of the table of word embeddings.

    Args:
        model: whose table it is.
        vectors: (N, H).
        top_k: how many for each.
        but: (N,), an id for each vector that is left out: its own piece, which is always nearest.
        pieces: how many of the model's pieces have a name, if not all.
    """
    table = model.bert.embeddings.word_embeddings.weight[:pieces]
    ours = torch.from_numpy(vectors).to(table.device)
    cosines = F.normalize(ours.float(), dim=1) @ F.normalize(table.float(), dim=1).T  # (N, V)
    if but is not None:
        cosines[torch.arange(len(but)), torch.tensor(list(but), dtype=torch.long)] = -torch.inf
    best = cosines.topk(min(top_k, len(table) - (but is not None)))
    return NearestPieces(
        cast("NDArray[np.int64]", best.indices.cpu().numpy()),
        cast("NDArray[np.float32]", best.values.cpu().numpy()),
    )
