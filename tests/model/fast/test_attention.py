"""Attention without padding between the sequences equals PyTorch's own with padding."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from minibert.model.fast import unpadding as unpadding_module
from minibert.model.fast.attention import (
    attend,
    query_attention_layout,
    self_attention_layout,
)
from minibert.model.fast.unpadding import Unpadding

B, A, S, D = 3, 2, 7, 4
MASKS = {
    "no padding": None,
    "padding at the end": torch.tensor([[1] * 7, [1] * 4 + [0] * 3, [1] + [0] * 6]),
    "holes": torch.tensor([[1, 0, 1, 1, 0, 1, 1], [0, 1, 1, 1, 1, 1, 0], [1] * 7]),
}


@pytest.fixture(params=[1, 8], ids=["step of 1", "step of 8"], autouse=True)
def shape_step(request, monkeypatch):
    """The number of tokens is rounded up to a multiple of it, which changes no result."""
    monkeypatch.setattr(unpadding_module, "SHAPE_STEP", request.param)


def expected(x: torch.Tensor, unpadding: Unpadding) -> torch.Tensor:
    """The output for tokens (T, A * D), computed on padded sequences."""
    q, k, v = unpadding.pad(x).permute(2, 0, 3, 1, 4)
    bias = None if unpadding.bias is None else unpadding.bias[:, None]
    out = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
    return unpadding.unpad(out.transpose(1, 2).flatten(2))


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_tokens_attend_as_in_padded_sequences_and_so_do_their_gradients(mask):
    torch.manual_seed(0)
    unpadding = Unpadding.from_mask(torch.zeros(B, S), mask)
    count = len(unpadding.unpad(torch.zeros(B, S)))
    x = torch.randn(count, 3, A, D, requires_grad=True)
    layout = self_attention_layout(unpadding, A)
    there = torch.ones(B, S) if mask is None else mask
    counts = unpadding.unpad(there).float()[:, None]  # 0 for the padding that is included
    found, wanted = attend(x.view(-1, D), layout) * counts, expected(x, unpadding) * counts
    torch.testing.assert_close(found, wanted)
    weights = torch.randn_like(found)
    gradients = [torch.autograd.grad((out * weights).sum(), x)[0] for out in (found, wanted)]
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_tokens_x_alone_attend_as_they_do_among_all(mask):
    torch.manual_seed(0)
    unpadding = Unpadding.from_mask(torch.zeros(B, S), mask)
    count = len(unpadding.unpad(torch.zeros(B, S)))
    x = torch.randn(count, 3, A, D, requires_grad=True)
    first = 0 if mask is None else mask.argmax(1)[:, None]
    queries = torch.full((B, 2), 0) + first  # the same token twice
    queries[0, 1] = 5
    tokens = unpadding.token_numbers.gather(1, queries).flatten()
    layout = query_attention_layout(unpadding, 2, A)
    rows = torch.cat((x[tokens, 0].reshape(-1, D), x[:, 1:].reshape(-1, D)))
    found, wanted = attend(rows, layout), expected(x, unpadding)[tokens]
    torch.testing.assert_close(found, wanted)
    weights = torch.randn_like(found)
    gradients = [torch.autograd.grad((out * weights).sum(), x)[0] for out in (found, wanted)]
    torch.testing.assert_close(*gradients)


def test_dropped_weights_are_dropped_from_the_gradients_too():
    torch.manual_seed(0)
    layout = self_attention_layout(Unpadding.from_mask(torch.zeros(B, S), None), A)
    rows = torch.randn(B * S * 3 * A, D, dtype=torch.float64, requires_grad=True)

    def drop(rows):
        torch.manual_seed(1)
        return attend(rows, layout, dropout=0.5)

    assert not torch.equal(drop(rows), attend(rows, layout))
    assert torch.autograd.gradcheck(drop, rows)
