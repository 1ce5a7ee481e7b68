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

# For each shape of a product that they have not seen PyTorch's kernels take 2 to 40 ms, and memory
# that they keep: tokens are counted in steps of so many.
FEW_SHAPES = 128


@dataclass(frozen=True, slots=True)
class Places:
    """Where the tokens of a batch are.

    Attributes:
        shape: B and S.
        of_tokens: (T,), the places of the tokens among the B * S, ascending; some padding is taken
            for tokens, up to a multiple of `FEW_SHAPES`.
        tokens: (B, S), the number of each place's token; 0 where there is none.
        bias: (B, 1, S), what is added to the scores of keys: 0, or minus infinity where there is no
            token; None when T = B * S.
        starts: int32, where each sequence begins among the tokens, and their number, for kernels
            that need nothing else; then padding stands behind all sequences, as one more, perhaps
            empty. None for those that need padding.
    """

    shape: torch.Size
    of_tokens: Tensor
    tokens: Tensor
    bias: Tensor | None
    starts: Tensor | None = None

    @classmethod
    def of_mask(
        cls, input_ids: Tensor, attention_mask: Tensor | None, *, ragged: bool = False
    ) -> Places:
        """Those of pieces (B, S) where a mask (B, S) is not 0; all when there is none.

        Args:
            input_ids: the pieces.
            attention_mask: which of them are tokens.
            ragged: whether kernels take sequences of different lengths, end to end.
        """
        shape, device = input_ids.shape, input_ids.device
        everywhere = torch.arange(input_ids.numel(), device=device)
        if attention_mask is None:
            lengths = torch.full(shape[:1], shape[1], device=device)
            starts = _starts(lengths, len(everywhere)) if ragged else None
            return cls(shape, everywhere, everywhere.view(shape), None, starts)
        there = attention_mask.bool()
        bias = torch.zeros(shape, device=device).masked_fill_(~there, -math.inf)
        kept = there.flatten()
        padding = (~kept).nonzero()[: -int(kept.sum()) % FEW_SHAPES, 0]
        if ragged:
            of_tokens = torch.cat((kept.nonzero()[:, 0], padding))
        else:
            of_tokens = kept.index_fill(0, padding, True).nonzero()[:, 0]
        tokens = torch.zeros_like(everywhere)
        tokens[of_tokens] = everywhere[: len(of_tokens)]
        starts = _starts(there.sum(1), len(of_tokens)) if ragged else None
        return cls(shape, of_tokens, tokens.view(shape), bias[:, None], starts)

    def take(self, x: Tensor) -> Tensor:
        """Of what there is for every place (B, S, …) what there is for tokens (T, …)."""
        x = x.flatten(0, 1)
        return x if self.bias is None else x.index_select(0, self.of_tokens)

    def put(self, x: Tensor) -> Tensor:
        """What there is for tokens (T, …) as (B, S, …), zeros elsewhere."""
        if self.bias is not None:
            x = x.new_zeros(self.shape.numel(), *x.shape[1:]).index_copy(0, self.of_tokens, x)
        return x.view(*self.shape, *x.shape[1:])

    def positions(self) -> Tensor:
        """(T,): the places of the tokens in their sequences."""
        return self.of_tokens % self.shape[1]


def _starts(lengths: Tensor, tokens: int) -> Tensor:
    """(B + 2,) int32: where sequences (B,), and the padding behind them, begin and all end."""
    starts = F.pad(lengths, (1, 1)).cumsum(0, dtype=torch.int32)
    starts[-1] = tokens
    return starts


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


@dataclass(frozen=True, slots=True)
class Spans:
    """Which queries attend to which keys, for kernels that take them end to end.

    Attributes:
        heads: A.
        queries: int32, where the queries of each sequence begin, and their number.
        keys: likewise for keys and values.
        longest: the most queries and the most keys that a sequence can have.
        asked: the rows of queries, where they come before all others; 0 where each token asks.
    """

    heads: int
    queries: Tensor
    keys: Tensor
    longest: tuple[int, int]
    asked: int


def routes_of_all(places: Places, heads: int) -> Routes | Spans:
    """Each token asks; projections are (T, 3, A, D): queries, keys, values."""
    b, s = places.shape
    if places.starts is not None:
        most = max(s, FEW_SHAPES)
        return Spans(heads, places.starts, places.starts, (most, most), asked=0)
    tokens = places.tokens[:, None]
    of_heads = _rows_of_heads(places.of_tokens, heads, s)
    empty = None
    if places.bias is not None:
        empty = (places.bias < 0).expand(b, heads, s).flatten().nonzero().squeeze(1)
    return Routes(
        shape=(b, heads, s, s),
        to_heads=_rows_of_tokens(tokens, heads, 3),
        from_heads=_each_kind(of_heads, 3, b * heads * s),
        to_tokens=of_heads.flatten(),
        from_tokens=_rows_of_tokens(tokens, heads, 1),
        empty=empty,
        bias=places.bias,
    )


def routes_of_some(places: Places, queries: int, heads: int) -> Routes | Spans:
    """Q tokens of each sequence ask: rows of queries (B, Q, A, D), then of (T, 2, A, D)."""
    b, s = places.shape
    if places.starts is not None:
        # The padding asks nothing.
        lengths = torch.full((b,), queries, device=places.starts.device)
        of_queries = _starts(lengths, b * queries)
        longest = queries, max(s, FEW_SHAPES)
        return Spans(heads, of_queries, places.starts, longest, asked=b * queries * heads)
    asked = torch.arange(b * queries, device=places.tokens.device)
    from_tokens = _rows_of_tokens(asked.view(b, 1, queries), heads, 1)
    to_tokens = _rows_of_heads(asked, heads, queries).flatten()
    keys_and_values = _rows_of_tokens(places.tokens[:, None], heads, 2)
    of_keys = _rows_of_heads(places.of_tokens, heads, s)
    before = b * queries * heads  # rows of queries, in either order
    return Routes(
        shape=(b, heads, queries, s),
        to_heads=torch.cat((from_tokens, before + keys_and_values)),
        from_heads=torch.cat((to_tokens, before + _each_kind(of_keys, 2, b * heads * s))),
        to_tokens=to_tokens,
        from_tokens=from_tokens,
        empty=None,
        bias=places.bias,
    )


def _rows_of_tokens(tokens: Tensor, heads: int, kinds: int) -> Tensor:
    """For tokens (B, 1, W): which rows of (T, kinds, A) stand at (kinds, B, A, W)."""
    kind = torch.arange(kinds, device=tokens.device)[:, None, None, None]
    head = torch.arange(heads, device=tokens.device)[:, None]
    return ((tokens * kinds + kind) * heads + head).flatten()


def _rows_of_heads(places: Tensor, heads: int, width: int) -> Tensor:
    """For places (T,) among the B * W: which rows of (B, A, W) stand at (T, A)."""
    head = torch.arange(heads, device=places.device)
    return ((places // width)[:, None] * heads + head) * width + (places % width)[:, None]


def _each_kind(rows: Tensor, kinds: int, apart: int) -> Tensor:
    """Rows (T, A) for several kinds that are so many rows apart: (T, kinds, A), flattened."""
    kind = torch.arange(kinds, device=rows.device)[:, None] * apart
    return (rows[:, None] + kind).flatten()


def attend(rows: Tensor, routes: Routes | Spans, dropout: float = 0.0) -> Tensor:
    """Scaled dot-product attention (Vaswani et al. 2017, equation 1).

    Args:
        rows: (R, D), the projections in the order that the routes are for.
        routes: where they belong.
        dropout: how many of the weights are dropped.

    Returns:
        (…, A * D), for each token asked about.
    """
    if isinstance(routes, Spans):
        return _attend_in_spans(rows, routes)
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


def takes_spans(device: torch.device, width: int, dropout: float) -> bool:
    """Whether the kernels for sequences of different lengths can be used.

    Args:
        device: where to compute.
        width: D.
        dropout: of the weights, which they do not have.
    """
    if device.type != "cuda" or not torch.is_autocast_enabled("cuda"):
        return False
    return width % 8 == 0 and width <= 256 and dropout == 0


def _attend_in_spans(rows: Tensor, spans: Spans) -> Tensor:
    from torch.nn.attention.varlen import varlen_attn  # takes two seconds, for a compiler

    width = rows.shape[1]
    if spans.asked:
        q = rows[: spans.asked].view(-1, spans.heads, width)
        k, v = rows[spans.asked :].view(-1, 2, spans.heads, width).unbind(1)
    else:
        q, k, v = rows.view(-1, 3, spans.heads, width).unbind(1)
    out = varlen_attn(q, k, v, spans.queries, spans.keys, *spans.longest)
    assert isinstance(out, Tensor)  # nothing else was asked for
    return out.reshape(-1, spans.heads * width)


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
