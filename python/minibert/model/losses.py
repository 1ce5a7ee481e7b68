"""What is descended, the sum of the losses of masked words and of pairs; and perplexities."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from minibert.model.bert import PreTrainingOutput

CACHED = 2**18  # logits that a core keeps beside it in fp32, a megabyte


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
    # A batch of [UNK] alone, such as a line, has no predictions; their mean would be no number.
    among = max(1, len(labels) if among is None else among)
    loss, total, hits = _CrossEntropy.apply(logits, labels, among)
    return loss, torch.stack((total, hits, total.new_tensor(len(labels))))


class _CrossEntropy(torch.autograd.Function):
    """The cross entropy in fp32 of logits of any type, and its gradient in the same pass.

    A CPU takes some rows at a time through everything while they are in its cache: the logits of
    all masked words in fp32 are 18 MB for 8,192 pieces, which a softmax and its gradient as steps
    of their own read and write ten times.
    """

    @staticmethod
    def forward(
        ctx: Any, logits: Tensor, labels: Tensor, among: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Of logits (N, V) and labels (N,): the sum of losses over `among`, that sum, the hits."""
        gradient = torch.empty_like(logits) if ctx.needs_input_grad[0] else None
        total = logits.new_zeros((), dtype=torch.float32)
        hits = torch.zeros_like(total)
        count, width = logits.shape
        rows = max(1, CACHED // width) if logits.device.type == "cpu" else max(1, count)
        for part in (slice(start, start + rows) for start in range(0, count, rows)):
            scores, wanted = logits[part].float(), labels[part, None]
            greatest, chosen = scores.amax(1, keepdim=True), scores.gather(1, wanted)
            # The greatest value is found several times faster than its index is.
            hits += (chosen >= greatest).sum()
            scores = (scores - greatest).exp_()
            sums = scores.sum(1, keepdim=True)
            total += (sums.log() + greatest - chosen).sum()
            if gradient is not None:
                scores /= sums * among
                scores.scatter_add_(1, wanted, scores.new_full(wanted.shape, -1 / among))
                gradient[part] = scores
        ctx.mark_non_differentiable(total, hits)
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return total / among, total, hits

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, of_loss: Tensor, *_: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient.mul_(of_loss), None, None  # in place: a second time would be refused


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
