"""The pretraining loss: the sum of the MLM loss and the NSP loss; and perplexity."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

if TYPE_CHECKING:
    from minibert.model.bert import PreTrainingOutput

CACHED_LOGITS = 2**18
"""How many float32 logits, 1 MiB, are processed at once, so that they stay in a core's cache."""


def pretraining_loss(
    output: PreTrainingOutput,
    batch: dict[str, Tensor],
    masked: int | None = None,
    pairs: int | None = None,
) -> tuple[Tensor, Tensor]:
    """The sum of both losses (Devlin et al. 2019, appendix A.2), each a mean over its own labels.

    Neither has an `ignore_index`: every label counts, also 0. If the objective has no pairs, the
    loss is the MLM loss.

    Args:
        output: logits of the masked positions (N, V) and of the pairs (B, 2).
        batch: `masked_lm_ids` (N,), and `next_sentence_label` (B,) or (0,), both int64.
        masked: the divisor of the MLM loss; N by default. For one part of a batch, give the number
            of masked positions of the whole batch.
        pairs: the divisor of the NSP loss, likewise; B by default.

    Returns:
        The loss to minimize, and the sums for metrics, (6,) float32: MLM loss, right MLM
        predictions, N, NSP loss, right NSP predictions, B. The last three are 0 without pairs.
    """
    mlm_loss, mlm_sums = _loss_and_sums(output.prediction_logits, batch["masked_lm_ids"], masked)
    labels = batch["next_sentence_label"]
    if not len(labels):
        return mlm_loss, torch.cat((mlm_sums, torch.zeros_like(mlm_sums)))
    nsp_loss, nsp_sums = _loss_and_sums(output.seq_relationship_logits, labels, pairs)
    return mlm_loss + nsp_loss, torch.cat((mlm_sums, nsp_sums))


def _loss_and_sums(logits: Tensor, labels: Tensor, divisor: int | None) -> tuple[Tensor, Tensor]:
    """The mean loss; and (3,), without gradient: sums of losses, right predictions and labels."""
    # A batch in which all tokens are [UNK] has no masked positions, and their mean would be NaN.
    divisor = max(1, len(labels) if divisor is None else divisor)
    loss, total, right = _CrossEntropy.apply(logits, labels, divisor)
    return loss, torch.stack((total, right, total.new_tensor(len(labels))))


class _CrossEntropy(torch.autograd.Function):
    """The cross entropy of logits of any dtype, in float32; its gradient in the forward pass.

    On a CPU, a few rows at a time go through all operations while they are in the cache. The
    float32 logits of a batch take 20 to 40 MB with a vocabulary of 8,192, and separate operations
    would read and write them ten times. `bench/losses.py` compares this with PyTorch's functions.
    """

    @staticmethod
    def forward(
        ctx: Any, logits: Tensor, labels: Tensor, divisor: int
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Of logits (N, V) and labels (N,): total loss / divisor, total loss, right predictions."""
        gradient = torch.empty_like(logits) if ctx.needs_input_grad[0] else None
        total = logits.new_zeros((), dtype=torch.float32)
        right = torch.zeros_like(total)
        count, width = logits.shape
        rows = max(1, CACHED_LOGITS // width) if logits.device.type == "cpu" else max(1, count)
        for part in (slice(start, start + rows) for start in range(0, count, rows)):
            scores, wanted = logits[part].float(), labels[part, None]
            greatest, chosen = scores.amax(1, keepdim=True), scores.gather(1, wanted)
            # `amax` is several times faster than `argmax`. In training, a score that ties with the
            # greatest counts as right, as bfloat16 logits do now and then; evaluation is exact.
            hits = (
                chosen >= greatest if ctx.needs_input_grad[0] else scores.argmax(1, True) == wanted
            )
            right += hits.sum()
            scores = (scores - greatest).exp_()
            sums = scores.sum(1, keepdim=True)
            total += (sums.log() + greatest - chosen).sum()
            if gradient is not None:
                scores /= sums * divisor
                scores.scatter_add_(1, wanted, scores.new_full(wanted.shape, -1 / divisor))
                gradient[part] = scores
        ctx.mark_non_differentiable(total, right)
        if gradient is not None:
            ctx.save_for_backward(gradient)
        return total / divisor, total, right

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor, *_: Tensor) -> tuple[Tensor, None, None]:
        (gradient,) = ctx.saved_tensors
        return gradient.mul_(grad), None, None  # in place: PyTorch allows one backward pass


def perplexity(loss: float) -> float | None:
    """The exponential of a mean loss in nats; None if it exceeds the largest float."""
    try:
        return math.exp(loss)
    except OverflowError:
        return None


def perplexity_interval(loss_interval: tuple[float, float]) -> tuple[float, float] | None:
    """The interval of a perplexity from that of its loss; None if it exceeds the largest float."""
    low, high = map(perplexity, loss_interval)
    return None if low is None or high is None else (low, high)
