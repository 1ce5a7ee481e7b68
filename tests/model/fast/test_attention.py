"""Attention without padding between the sequences, against PyTorch's own with it."""

from __future__ import annotations

import pytest
import torch
import torch.nn.functional as F

from minibert.model.fast import attention
from minibert.model.fast.attention import Places, attend, routes_of_all, routes_of_some

B, A, S, D = 3, 2, 7, 4
MASKS = {
    "no padding": None,
    "padding at the end": torch.tensor([[1] * 7, [1] * 4 + [0] * 3, [1] + [0] * 6]),
    "holes": torch.tensor([[1, 0, 1, 1, 0, 1, 1], [0, 1, 1, 1, 1, 1, 0], [1] * 7]),
}


@pytest.fixture(params=[1, 8], ids=["tokens alone", "in eights"], autouse=True)
def few_shapes(request, monkeypatch):
    """How many tokens there are, a multiple of this, matters to no token."""
    monkeypatch.setattr(attention, "FEW_SHAPES", request.param)


def expected(x: torch.Tensor, places: Places) -> torch.Tensor:
    """The outcome for tokens (T, A * D), by way of padded sequences."""
    q, k, v = places.put(x).permute(2, 0, 3, 1, 4)
    bias = None if places.bias is None else places.bias[:, None]
    out = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
    return places.take(out.transpose(1, 2).flatten(2))


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_tokens_attend_as_in_padded_sequences_and_so_do_their_gradients(mask):
    torch.manual_seed(0)
    places = Places.of_mask(torch.zeros(B, S), mask)
    count = len(places.take(torch.zeros(B, S)))
    x = torch.randn(count, 3, A, D, requires_grad=True)
    routes = routes_of_all(places, A)
    there = torch.ones(B, S) if mask is None else mask
    counts = places.take(there).float()[:, None]  # 0 where padding was taken for a token
    found, wanted = attend(x.view(-1, D), routes) * counts, expected(x, places) * counts
    torch.testing.assert_close(found, wanted)
    weights = torch.randn_like(found)
    gradients = [torch.autograd.grad((out * weights).sum(), x)[0] for out in (found, wanted)]
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("mask", MASKS.values(), ids=MASKS)
def test_tokens_that_are_asked_about_alone_attend_as_they_do_among_all(mask):
    torch.manual_seed(0)
    places = Places.of_mask(torch.zeros(B, S), mask)
    count = len(places.take(torch.zeros(B, S)))
    x = torch.randn(count, 3, A, D, requires_grad=True)
    first = 0 if mask is None else mask.argmax(1)[:, None]
    asked = torch.full((B, 2), 0) + first  # the same token twice
    asked[0, 1] = 5
    tokens = places.tokens.gather(1, asked).flatten()
    routes = routes_of_some(places, 2, A)
    rows = torch.cat((x[tokens, 0].reshape(-1, D), x[:, 1:].reshape(-1, D)))
    found, wanted = attend(rows, routes), expected(x, places)[tokens]
    torch.testing.assert_close(found, wanted)
    weights = torch.randn_like(found)
    gradients = [torch.autograd.grad((out * weights).sum(), x)[0] for out in (found, wanted)]
    torch.testing.assert_close(*gradients)


def test_dropped_weights_are_dropped_from_the_gradients_too():
    torch.manual_seed(0)
    routes = routes_of_all(Places.of_mask(torch.zeros(B, S), None), A)
    rows = torch.randn(B * S * 3 * A, D, dtype=torch.float64, requires_grad=True)

    def drop(rows):
        torch.manual_seed(1)
        return attend(rows, routes, dropout=0.5)

    assert not torch.equal(drop(rows), attend(rows, routes))
    assert torch.autograd.gradcheck(drop, rows)
