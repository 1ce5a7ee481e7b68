"""Unpadding: the tokens of a batch end to end, without the padding between sequences.

Every part of BERT but attention treats each token by itself. Those parts run on the T tokens of a
batch instead of its B * S positions.

Shapes: B sequences, S positions, T tokens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

SHAPE_STEP = 128
"""T is rounded up to a multiple of this. PyTorch's kernels need 2 to 40 ms for each matrix shape
that they have not seen before, and memory that they keep."""


@dataclass(frozen=True, slots=True)
class Unpadding:
    """Where the tokens of a batch are.

    Attributes:
        shape: (B, S).
        indices: (T,), int64, the positions of the tokens among the B * S. Some positions of padding
            are included, so that T is a multiple of `SHAPE_STEP`.
        token_numbers: (B, S), int64, the inverse: the number of each position's token among the T;
            0 for padding.
        bias: (B, 1, S), float32, added to the attention scores of keys: 0 for tokens, -inf for
            padding. None when nothing is padded, so that T = B * S.
        cu_seqlens: (B + 2,), int32, for kernels of variable sequence length: where each sequence
            begins among the T tokens, where the included padding begins, and T. The padding then
            follows the last sequence, as one more sequence, which may be empty. None for kernels
            that need padded sequences; then `indices` are in ascending order.
    """

    shape: torch.Size
    indices: Tensor
    token_numbers: Tensor
    bias: Tensor | None
    cu_seqlens: Tensor | None = None

    @classmethod
    def from_mask(
        cls, input_ids: Tensor, attention_mask: Tensor | None, *, varlen: bool = False
    ) -> Unpadding:
        """The tokens of a batch (B, S): the positions where the mask is not 0.

        Args:
            input_ids: (B, S); its shape and device are read.
            attention_mask: (B, S); None when nothing is padded.
            varlen: whether to compute `cu_seqlens`, for kernels of variable sequence length.
        """
        shape, device = input_ids.shape, input_ids.device
        numbers = torch.arange(input_ids.numel(), device=device)
        if attention_mask is None:
            lengths = torch.full(shape[:1], shape[1], device=device)
            cu_seqlens = cumulative_lengths(lengths, len(numbers)) if varlen else None
            return cls(shape, numbers, numbers.view(shape), None, cu_seqlens)
        is_token = attention_mask.bool()
        bias = torch.zeros(shape, device=device).masked_fill_(~is_token, -math.inf)
        kept = is_token.flatten()
        padding = (~kept).nonzero()[: -int(kept.sum()) % SHAPE_STEP, 0]
        if varlen:
            indices = torch.cat((kept.nonzero()[:, 0], padding))
        else:
            indices = kept.index_fill(0, padding, True).nonzero()[:, 0]
        token_numbers = torch.zeros_like(numbers)
        token_numbers[indices] = numbers[: len(indices)]
        cu_seqlens = cumulative_lengths(is_token.sum(1), len(indices)) if varlen else None
        return cls(shape, indices, token_numbers.view(shape), bias[:, None], cu_seqlens)

    def unpad(self, x: Tensor) -> Tensor:
        """The rows of the tokens (T, …) of a padded tensor (B, S, …)."""
        x = x.flatten(0, 1)
        return x if self.bias is None else x.index_select(0, self.indices)

    def pad(self, x: Tensor) -> Tensor:
        """The rows of the tokens (T, …) as a padded tensor (B, S, …), 0 at other positions."""
        if self.bias is not None:
            x = x.new_zeros(self.shape.numel(), *x.shape[1:]).index_copy(0, self.indices, x)
        return x.view(*self.shape, *x.shape[1:])

    def position_ids(self) -> Tensor:
        """The position of each token in its sequence: (T,), int64."""
        return self.indices % self.shape[1]


def cumulative_lengths(lengths: Tensor, total: int) -> Tensor:
    """Where sequences of given lengths (B,) begin, where the last ends, and a total: (B + 2,)."""
    cu_seqlens = F.pad(lengths, (1, 1)).cumsum(0, dtype=torch.int32)
    cu_seqlens[-1] = total
    return cu_seqlens
