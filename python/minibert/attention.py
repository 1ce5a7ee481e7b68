"""Attention among the tokens of sequences that lie end to end, without padding between them.

What a layer computes for each token by itself it computes for the T tokens there are. Only
attention needs the sequences side by side, as B rows of S places, and makes them so by one copy
that it would make anyway, to bring the heads' numbers together.

Shapes: B sequences, S places, Q places of queries, A heads, D numbers a head, T tokens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

# For each shape of a product that they have not seen PyTorch's kernels take 2 ms, and memory that
# they keep: tokens are counted in steps of so many.
FEW_SHAPES = 128


@dataclass(frozen=True, slots=True)
class Places:
    """Where the tokens of a batch are.

    Attributes:
        shape: B and S.
        of_tokens: (T,), the places of the tokens among the B * S, ascending; some padding is taken
            for tokens, up to a multiple of `FEW_SHAPES`; None when T = B * S.
        bias: (B, 1, S), what is added to the scores of keys: 0, or minus infinity where there is no
            token; None when T = B * S.
    """

    shape: torch.Size
    of_tokens: Tensor | None = None
    bias: Tensor | None = None

    @classmethod
    def of_mask(cls, shape: torch.Size, attention_mask: Tensor | None) -> Places:
        """Those where a mask (B, S) is not 0; all when there is none."""
        if attention_mask is None:
            return cls(shape)
        there = attention_mask.bool()
        bias = torch.zeros(there.shape, device=there.device).masked_fill_(~there, -math.inf)
        kept = there.flatten()
        padding = (~kept).nonzero()[: -int(kept.sum()) % FEW_SHAPES]
        return cls(shape, kept.index_fill(0, padding[:, 0], True).nonzero()[:, 0], bias[:, None])

    def take(self, x: Tensor) -> Tensor:
        """Of what there is for every place (B, S, …) what there is for tokens (T, …)."""
        x = x.flatten(0, 1)
        return x if self.of_tokens is None else x.index_select(0, self.of_tokens)

    def put(self, x: Tensor) -> Tensor:
        """What there is for tokens (T, …) as (B, S, …), zeros elsewhere."""
        if self.of_tokens is not None:
            x = x.new_zeros(math.prod(self.shape), *x.shape[1:]).index_copy(0, self.of_tokens, x)
        return x.view(*self.shape, *x.shape[1:])

    def positions(self) -> Tensor:
        """(T,): the places of the tokens in their sequences."""
        b, s = self.shape
        return torch.arange(s).repeat(b) if self.of_tokens is None else self.of_tokens % s

    def tokens(self) -> Tensor:
        """(B, S): the number of each place's token; 0 where there is none."""
        device = None if self.of_tokens is None else self.of_tokens.device
        count = math.prod(self.shape)
        if self.of_tokens is None:
            return torch.arange(count, device=device).view(self.shape)
        numbers = torch.zeros(count, dtype=torch.long, device=device)
        numbers[self.of_tokens] = torch.arange(len(self.of_tokens), device=device)
        return numbers.view(self.shape)


@dataclass(frozen=True, slots=True)
class Routes:
    """Ways of numbers between their tokens and their heads, as indices of rows of D numbers.

    Attributes:
        shape: B, A, Q and S.
        to_heads: from the rows of all projections to those of q (B, A, Q), k and v (B, A, S).
        from_heads: and back.
        to_tokens: from the rows of the outcome (B, A, Q) to those of the tokens asked about.
        from_tokens: and back.
        empty: rows of the outcome that belong to no token; None when all do.
        bias: (B, 1, S), as in `Places`.
    """

    shape: tuple[int, int, int, int]
    to_heads: Tensor
    from_heads: Tensor
    to_tokens: Tensor
    from_tokens: Tensor
    empty: Tensor | None
    bias: Tensor | None


def routes_of_all(places: Places, heads: int, device: torch.device) -> Routes:
    """Each token asks; projections are (T, 3, A, D): queries, keys, values."""
    b, s = places.shape
    there = places.of_tokens
    tokens = places.tokens().to(device)[:, None, :]  # (B, 1, S)
    head = torch.arange(heads, device=device)[:, None]  # (A, 1)
    kind = torch.arange(3, device=device)[:, None, None, None]
    to_heads = ((tokens * 3 + kind) * heads + head).flatten()  # (3, B, A, S)
    from_tokens = (tokens * heads + head).flatten()  # (B, A, S)
    if there is None:
        there = torch.arange(b * s, device=device)
    row, place = there // s, there % s
    to_tokens = ((row[:, None] * heads + head.T) * s + place[:, None]).flatten()  # (T, A)
    kinds = torch.arange(3, device=device)[:, None] * (b * heads * s)
    from_heads = (to_tokens.view(-1, 1, heads) + kinds).flatten()  # (T, 3, A)
    empty = None
    if places.bias is not None:
        empty = (places.bias < 0).expand(b, heads, s).flatten().nonzero().squeeze(1)
    return Routes(
        (b, heads, s, s), to_heads, from_heads, to_tokens, from_tokens, empty, places.bias
    )


def routes_of_some(places: Places, queries: int, heads: int, device: torch.device) -> Routes:
    """Q tokens of each sequence ask: rows of queries (B, Q, A, D), then of (T, 2, A, D)."""
    b, s = places.shape
    head = torch.arange(heads, device=device)[:, None]
    asked = torch.arange(b * queries, device=device).view(b, 1, queries)
    from_tokens = (asked * heads + head).flatten()  # (B, A, Q)
    before = b * queries * heads
    tokens = places.tokens().to(device)[:, None, :]
    kind = torch.arange(2, device=device)[:, None, None, None]
    keys_and_values = before + ((tokens * 2 + kind) * heads + head).flatten()
    row, place = asked.flatten() // queries, asked.flatten() % queries
    to_tokens = ((row[:, None] * heads + head.T) * queries + place[:, None]).flatten()  # (B, Q, A)
    there = places.of_tokens
    if there is None:
        there = torch.arange(b * s, device=device)
    row, place = there // s, there % s
    of_keys = (row[:, None] * heads + head.T) * s + place[:, None]  # (T, A)
    kinds = torch.arange(2, device=device)[:, None] * (b * heads * s)
    return Routes(
        shape=(b, heads, queries, s),
        to_heads=torch.cat((from_tokens, keys_and_values)),
        from_heads=torch.cat((to_tokens, before + (of_keys[:, None] + kinds).flatten())),
        to_tokens=to_tokens,
        from_tokens=from_tokens,
        empty=None,
        bias=places.bias,
    )


def attend(rows: Tensor, routes: Routes, dropout: float = 0.0) -> Tensor:
    """Scaled dot-product attention (Vaswani et al. 2017, equation 1).

    Args:
        rows: (R, D), the projections in the order that the routes are for.
        routes: where they belong.
        dropout: how many of the weights are dropped.

    Returns:
        (…, A * D), for each token asked about.
    """
    b, a = routes.shape[:2]
    if rows.device.type == "cpu":
        out: Tensor = _Attention.apply(rows, routes, dropout)
    else:
        q, k, v = _split(rows.index_select(0, routes.to_heads), routes)
        bias = None if routes.bias is None else routes.bias[:, None].to(q.dtype)
        q, k, v = (x.view(b, a, -1, x.shape[2]) for x in (q, k, v))
        heads = F.scaled_dot_product_attention(q, k, v, attn_mask=bias, dropout_p=dropout)
        out = heads.flatten(0, 2).index_select(0, routes.to_tokens)
    return out.view(-1, a * rows.shape[-1])


def _split(heads: Tensor, routes: Routes) -> tuple[Tensor, Tensor, Tensor]:
    """Views (B * A, Q, D), (B * A, S, D) and (B * A, S, D)."""
    b, a, q_places, s = routes.shape
    of_queries, of_keys = b * a * q_places, b * a * s
    q, k, v = heads.tensor_split((of_queries, of_queries + of_keys))
    width = heads.shape[1]
    return q.view(b * a, -1, width), k.view(b * a, -1, width), v.view(b * a, -1, width)


class _Attention(torch.autograd.Function):
    """On the CPU: plain products, whose gradients are products too.

    PyTorch's own kernel takes three times as long in bfloat16, most of it for the gradients.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor, routes: Routes, dropout: float) -> Tensor:
        heads = rows.index_select(0, routes.to_heads)
        q, k, v = _split(heads, routes)
        scale = rows.shape[1] ** -0.5
        if routes.bias is None:
            scores = torch.baddbmm(q.new_zeros(1), q, k.mT, beta=0, alpha=scale)
        else:
            bias = routes.bias.to(q.dtype).repeat_interleave(routes.shape[1], dim=0)
            scores = torch.baddbmm(bias, q, k.mT, alpha=scale)  # (B * A, Q, S)
        weights = scores.softmax(-1)
        kept = None
        if dropout:
            kept = torch.empty_like(weights).bernoulli_(1 - dropout).div_(1 - dropout)
        out = torch.bmm(weights if kept is None else weights * kept, v).flatten(0, 1)
        ctx.routes, ctx.scale = routes, scale
        ctx.save_for_backward(heads, weights, kept)
        return out.index_select(0, routes.to_tokens)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        heads, weights, kept = ctx.saved_tensors
        q, k, v = _split(heads, ctx.routes)
        grad = grad.index_select(0, ctx.routes.from_tokens)
        if ctx.routes.empty is not None:
            grad.index_fill_(0, ctx.routes.empty, 0)
        grad = grad.view_as(q)
        grads = torch.empty_like(heads)
        grad_q, grad_k, grad_v = _split(grads, ctx.routes)
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
        return grads.index_select(0, ctx.routes.from_heads), None, None
