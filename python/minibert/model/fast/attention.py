"""Attention among the tokens of sequences that lie end to end, without padding between them.

A matrix product over heads needs the sequences padded, as B rows of S positions. `HeadLayout` holds
indices that gather the projections into that form and back; the copy replaces the one that
transposes positions and heads in any case. Kernels of variable sequence length need no padded form;
`VarlenLayout` holds their `cu_seqlens`.

Shapes: B sequences, S positions, Q query positions of each sequence, A heads, D numbers per head,
T tokens. A *row* is one head's D numbers of one token.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from minibert.model.fast.unpadding import SHAPE_STEP, Unpadding, cumulative_lengths


@dataclass(frozen=True, slots=True)
class HeadLayout:
    """Gather indices between two orders of rows: by token, and by head with padded sequences.

    Attributes:
        shape: (B, A, Q, S).
        to_heads: from the rows of all projections by token to q (B, A, Q), k and v (B, A, S).
        from_heads: the inverse.
        to_tokens: from the rows of the output (B, A, Q) to the output of each query token.
        from_tokens: the inverse.
        empty: rows of the output (B, A, Q) that belong to no token; None when there are none.
        bias: (B, 1, S), as in `Unpadding`.
    """

    shape: tuple[int, int, int, int]
    to_heads: Tensor
    from_heads: Tensor
    to_tokens: Tensor
    from_tokens: Tensor
    empty: Tensor | None
    bias: Tensor | None


@dataclass(frozen=True, slots=True)
class VarlenLayout:
    """Which queries attend to which keys, for kernels of variable sequence length.

    Attributes:
        heads: A.
        cu_seqlens_q: int32, where the queries of each sequence begin, and their number.
        cu_seqlens_k: the same for keys and values.
        max_seqlens: upper bounds of the queries and of the keys of a sequence.
        query_rows: the number of query rows, if those precede the rows of keys and values; 0 if
            every token is a query, and the rows are (T, 3, A).
    """

    heads: int
    cu_seqlens_q: Tensor
    cu_seqlens_k: Tensor
    max_seqlens: tuple[int, int]
    query_rows: int


def self_attention_layout(unpadding: Unpadding, heads: int) -> HeadLayout | VarlenLayout:
    """The layout when every token is a query; the projections are (T, 3, A, D): q, k, v."""
    b, s = unpadding.shape
    if unpadding.cu_seqlens is not None:
        bound = max(s, SHAPE_STEP)
        cu_seqlens = unpadding.cu_seqlens
        return VarlenLayout(heads, cu_seqlens, cu_seqlens, (bound, bound), query_rows=0)
    tokens = unpadding.token_numbers[:, None]
    head_rows = _head_rows(unpadding.indices, heads, s)
    empty = None
    if unpadding.bias is not None:
        empty = (unpadding.bias < 0).expand(b, heads, s).flatten().nonzero().squeeze(1)
    return HeadLayout(
        shape=(b, heads, s, s),
        to_heads=_token_rows(tokens, heads, 3),
        from_heads=_repeat_rows(head_rows, 3, b * heads * s),
        to_tokens=head_rows.flatten(),
        from_tokens=_token_rows(tokens, heads, 1),
        empty=empty,
        bias=unpadding.bias,
    )


def query_attention_layout(
    unpadding: Unpadding, queries: int, heads: int
) -> HeadLayout | VarlenLayout:
    """The layout when Q positions of each sequence are queries.

    The rows of the queries (B, Q, A, D) precede those of keys and values (T, 2, A, D).
    """
    b, s = unpadding.shape
    if unpadding.cu_seqlens is not None:
        # The included padding, the last sequence, has no queries.
        lengths = torch.full((b,), queries, device=unpadding.cu_seqlens.device)
        cu_seqlens_q = cumulative_lengths(lengths, b * queries)
        bounds = queries, max(s, SHAPE_STEP)
        rows = b * queries * heads
        return VarlenLayout(heads, cu_seqlens_q, unpadding.cu_seqlens, bounds, query_rows=rows)
    numbers = torch.arange(b * queries, device=unpadding.token_numbers.device)
    from_tokens = _token_rows(numbers.view(b, 1, queries), heads, 1)
    to_tokens = _head_rows(numbers, heads, queries).flatten()
    keys_and_values = _token_rows(unpadding.token_numbers[:, None], heads, 2)
    key_rows = _head_rows(unpadding.indices, heads, s)
    query_rows = b * queries * heads  # they come first in either order
    return HeadLayout(
        shape=(b, heads, queries, s),
        to_heads=torch.cat((from_tokens, query_rows + keys_and_values)),
        from_heads=torch.cat((to_tokens, query_rows + _repeat_rows(key_rows, 2, b * heads * s))),
        to_tokens=to_tokens,
        from_tokens=from_tokens,
        empty=None,
        bias=unpadding.bias,
    )


def _token_rows(tokens: Tensor, heads: int, projections: int) -> Tensor:
    """For tokens (B, 1, W): which rows of (T, projections, A) go to (projections, B, A, W)."""
    projection = torch.arange(projections, device=tokens.device)[:, None, None, None]
    head = torch.arange(heads, device=tokens.device)[:, None]
    return ((tokens * projections + projection) * heads + head).flatten()


def _head_rows(positions: Tensor, heads: int, width: int) -> Tensor:
    """For positions (T,) among the B * W: which rows of (B, A, W) go to (T, A)."""
    head = torch.arange(heads, device=positions.device)
    return ((positions // width)[:, None] * heads + head) * width + (positions % width)[:, None]


def _repeat_rows(rows: Tensor, projections: int, distance: int) -> Tensor:
    """Row numbers (T, A) for each of several projections, at a distance: (T, projections, A)."""
    projection = torch.arange(projections, device=rows.device)[:, None] * distance
    return (rows[:, None] + projection).flatten()


def attend(rows: Tensor, layout: HeadLayout | VarlenLayout, dropout: float = 0.0) -> Tensor:
    """Scaled dot-product attention (Vaswani et al. 2017, equation 1).

    Args:
        rows: (R, D), the projections in the order that the layout describes.
        layout: which rows are queries, keys and values of which sequence and head.
        dropout: the share of attention weights that are dropped.

    Returns:
        The concatenated heads of each query token, (T, A * D) or (B * Q, A * D).
    """
    if isinstance(layout, VarlenLayout):
        return _attend_varlen(rows, layout)
    b, a = layout.shape[:2]
    if rows.device.type == "cpu":
        out: Tensor = _CpuAttention.apply(rows, layout, dropout)
    else:
        q, k, v = _split(rows.index_select(0, layout.to_heads), layout)
        bias = None if layout.bias is None else layout.bias[:, None].to(q.dtype)
        q, k, v = (x.view(b, a, -1, x.shape[2]) for x in (q, k, v))
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, dropout_p=dropout)
        out = heads.flatten(0, 2).index_select(0, layout.to_tokens)
    return out.view(-1, a * rows.shape[-1])


def supports_varlen(device: torch.device, head_size: int, dropout: float) -> bool:
    """Whether PyTorch's kernel of variable sequence length can be used.

    Args:
        device: the device that computes.
        head_size: D.
        dropout: of the attention weights; the kernel has none.
    """
    if device.type != "cuda" or not torch.is_autocast_enabled("cuda"):
        return False
    return head_size % 8 == 0 and head_size <= 256 and dropout == 0


def _attend_varlen(rows: Tensor, layout: VarlenLayout) -> Tensor:
    from torch.nn.attention.varlen import varlen_attn  # imports a compiler, which takes 2 s

    size = rows.shape[1]
    if layout.query_rows:
        q = rows[: layout.query_rows].view(-1, layout.heads, size)
        k, v = rows[layout.query_rows :].view(-1, 2, layout.heads, size).unbind(1)
    else:
        q, k, v = rows.view(-1, 3, layout.heads, size).unbind(1)
    out = varlen_attn(q, k, v, layout.cu_seqlens_q, layout.cu_seqlens_k, *layout.max_seqlens)
    assert isinstance(out, Tensor)  # a tuple is returned only on request
    return out.reshape(-1, layout.heads * size)


def _split(heads: Tensor, layout: HeadLayout) -> tuple[Tensor, Tensor, Tensor]:
    """Views q (B * A, Q, D), k (B * A, S, D) and v (B * A, S, D) of rows in the heads' order."""
    b, a, queries, s = layout.shape
    query_rows, key_rows = b * a * queries, b * a * s
    q, k, v = heads.tensor_split((query_rows, query_rows + key_rows))
    size = heads.shape[1]
    return q.view(b * a, -1, size), k.view(b * a, -1, size), v.view(b * a, -1, size)


class _CpuAttention(torch.autograd.Function):
    """Attention on the CPU by batched matrix products, forward and backward.

    PyTorch's own kernel takes three times as long in bfloat16, mostly in the backward pass.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor, layout: HeadLayout, dropout: float) -> Tensor:
        heads = rows.index_select(0, layout.to_heads)
        q, k, v = _split(heads, layout)
        scale = rows.shape[1] ** -0.5
        if layout.bias is None:
            scores = torch.baddbmm(q.new_zeros(1), q, k.mT, beta=0, alpha=scale)
        else:
            bias = layout.bias.to(q.dtype).repeat_interleave(layout.shape[1], dim=0)
            scores = torch.baddbmm(bias, q, k.mT, alpha=scale)  # (B * A, Q, S)
        weights = scores.softmax(-1)
        kept = None
        if dropout:
            kept = torch.empty_like(weights).bernoulli_(1 - dropout).div_(1 - dropout)
        out = torch.bmm(weights if kept is None else weights * kept, v).flatten(0, 1)
        ctx.layout, ctx.scale = layout, scale
        ctx.save_for_backward(heads, weights, kept)
        return out.index_select(0, layout.to_tokens)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        heads, weights, kept = ctx.saved_tensors
        q, k, v = _split(heads, ctx.layout)
        grad = grad.index_select(0, ctx.layout.from_tokens)
        if ctx.layout.empty is not None:
            grad.index_fill_(0, ctx.layout.empty, 0)
        grad = grad.view_as(q)
        grads = torch.empty_like(heads)
        grad_q, grad_k, grad_v = _split(grads, ctx.layout)
        grad_weights = torch.bmm(grad, v.mT)
        if kept is None:
            torch.bmm(weights.mT, grad, out=grad_v)
        else:
            torch.bmm((weights * kept).mT, grad, out=grad_v)
            grad_weights *= kept
        grad_scores = torch._softmax_backward_data(grad_weights, weights, -1, weights.dtype)
        grad_scores *= ctx.scale
        torch.bmm(grad_scores, k, out=grad_q)
        torch.bmm(grad_scores.mT, q, out=grad_k)
        return grads.index_select(0, ctx.layout.from_heads), None, None
