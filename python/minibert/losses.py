"""What is descended, the sum of the losses of masked words and of pairs; and perplexities."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from torch import Tensor

if TYPE_CHECKING:
    from minibert.encoder import PreTrainingOutput


def pretraining_loss(
    output: PreTrainingOutput,
    batch: dict[str, Tensor],
    masked: int | None = None,
    pairs: int | None = None,
) -> tuple[Tensor, Tensor]:
    """The sum of both losses (Devlin et al. 2019, appendix A.2), each a mean over its own labels.

    They share no `ignore_index`: every next-sentence label counts, 0 as much as 1. Where the
    objective has no pairs, the MLM loss is all.

    Args:
        output: logits at the masked positions (N, V) and of the pairs (B, 2).
        batch: `masked_lm_ids` (N,) and `next_sentence_label` (B,), or of no elements.
        masked: the predictions that the MLM loss is divided by: those of the whole batch that this
            is a part of; N by default.
        pairs: likewise for the pairs; B by default.

    Returns:
        The loss to descend, and the sums that metrics are made of: MLM loss, MLM hits, N, NSP loss,
        NSP hits, B; the last three are 0 without pairs.
    """
    mlm_loss, mlm_sums = _loss_and_sums(output.prediction_logits, batch["masked_lm_ids"], masked)
    labels = batch["next_sentence_label"]
    if not len(labels):
        return mlm_loss, torch.cat((mlm_sums, torch.zeros_like(mlm_sums)))
    nsp_loss, nsp_sums = _loss_and_sums(output.seq_relationship_logits, labels, pairs)
    return mlm_loss + nsp_loss, torch.cat((mlm_sums, nsp_sums))


def _loss_and_sums(logits: Tensor, labels: Tensor, among: int | None) -> tuple[Tensor, Tensor]:
    """The loss, and the sums of losses, of hits and of labels: (3,), without a gradient."""
    logits = logits.float()
    count = len(labels)
    total = F.cross_entropy(logits, labels, reduction="sum")
    # A batch of [UNK] alone, such as a line, has no predictions; their mean would be no number.
    loss = total / max(1, count if among is None else among)
    with torch.no_grad():
        return loss, torch.stack((total, _hits(logits, labels), total.new_tensor(count)))


def _hits(logits: Tensor, labels: Tensor) -> Tensor:
    # The greatest value is found several times faster than its index is.
    chosen = logits.gather(1, labels[:, None]).squeeze(1)
    return (chosen >= logits.amax(dim=1)).sum().to(logits.dtype)


def perplexity(loss: float) -> float | None:
    """The exponential of a mean loss in nats; None where no number holds it."""
    try:
        return math.exp(loss)
    except OverflowError:
        return None


def perplexity_interval(of_loss: tuple[float, float]) -> tuple[float, float] | None:
    """The interval of a perplexity from that of its loss; None where no number holds it."""
    low, high = map(perplexity, of_loss)
    return None if low is None or high is None else (low, high)
