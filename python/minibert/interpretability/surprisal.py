"""The surprisal of each token of a text: -ln of its probability when the token is masked.

The negative sum over a text is its pseudo-log-likelihood (Salazar et al. 2020,
https://arxiv.org/abs/1910.14659, section 2.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.model.bert import BertForPreTraining

MAX_POSITIONS = 4096
"""How many positions are computed at once."""


@dataclass(frozen=True, slots=True)
class Surprisals:
    """The surprisals of N tokens of a text.

    Attributes:
        positions: (N,), int64.
        nats: (N,), float32, the surprisals.
        expected_ids: (N,), int64, the likeliest token at each position.
        expected_probabilities: (N,), float32, of the likeliest tokens.
    """

    positions: NDArray[np.int64]
    nats: NDArray[np.float32]
    expected_ids: NDArray[np.int64]
    expected_probabilities: NDArray[np.float32]


@torch.inference_mode()
def surprisals(
    model: BertForPreTraining,
    input_ids: Sequence[int],
    token_type_ids: Sequence[int],
    positions: Sequence[int],
    *,
    mask_token_id: int,
    vocab_size: int | None = None,
) -> Surprisals:
    """Mask some tokens, one at a time, and compute their surprisal.

    Args:
        model: in evaluation mode.
        input_ids: (S,), with `[CLS]` and `[SEP]`.
        token_type_ids: (S,), segments.
        positions: (N,), of the tokens.
        mask_token_id: the id of `[MASK]`.
        vocab_size: the size of the tokenizer's vocabulary, if the model has more rows.
    """
    device = model.bert.embeddings.word_embeddings.weight.device
    ids = torch.tensor(list(input_ids), device=device)
    types = torch.tensor(list(token_type_ids), device=device)
    where = torch.tensor(list(positions), dtype=torch.long, device=device)
    rows = []
    for part in torch.split(where, max(1, MAX_POSITIONS // len(ids))):
        masked = ids.repeat(len(part), 1).scatter(1, part[:, None], mask_token_id)
        flat = torch.arange(len(part), device=device) * len(ids) + part
        output = model(masked, types.expand_as(masked), masked_lm_positions=flat)
        rows.append(output.prediction_logits.float().log_softmax(-1))
    logs = torch.cat(rows) if rows else torch.empty(0, model.config.vocab_size, device=device)
    best = logs[:, :vocab_size].max(1)
    return Surprisals(
        positions=np.asarray(positions, dtype=np.int64),
        nats=cast("NDArray[np.float32]", -logs.gather(1, ids[where][:, None])[:, 0].cpu().numpy()),
        expected_ids=cast("NDArray[np.int64]", best.indices.cpu().numpy()),
        expected_probabilities=cast("NDArray[np.float32]", best.values.exp().cpu().numpy()),
    )
