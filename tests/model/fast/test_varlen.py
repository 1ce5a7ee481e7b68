"""Attention of variable length, as on a GPU, computes what attention with padding does.

The kernel itself needs a GPU; here another with its interface takes its place.
"""

from dataclasses import replace

import pytest
import torch
from torch._subclasses.fake_tensor import FakeTensorMode

from minibert.model.fast import bert
from minibert.model.fast.attention import (
    query_attention_layout,
    self_attention_layout,
    supports_varlen,
)
from minibert.model.fast.bert import BertForPreTraining
from minibert.model.fast.unpadding import Unpadding

from helpers.samples import SMALL

CONFIG = replace(SMALL, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0)


def kernel(q, k, v, queries, keys, longest_query, longest_key):
    """`varlen_attn` by its documentation, a sequence at a time."""
    assert queries.dtype == keys.dtype == torch.int32 and len(queries) == len(keys)
    assert queries[0] == keys[0] == 0 and queries[-1] == len(q) and keys[-1] == len(k) == len(v)
    out = []
    for i in range(len(queries) - 1):
        of_queries, of_keys = slice(*queries[i : i + 2]), slice(*keys[i : i + 2])
        few_q, few_k, few_v = (x.transpose(0, 1) for x in (q[of_queries], k[of_keys], v[of_keys]))
        assert few_q.shape[1] <= longest_query and few_k.shape[1] <= longest_key
        scores = few_q @ few_k.mT / q.shape[-1] ** 0.5
        out.append((scores.softmax(-1) @ few_v).transpose(0, 1))
    return torch.cat(out)


def results(lengths, positions):
    """Logits, and the gradients of all parameters."""
    torch.manual_seed(0)
    model = BertForPreTraining(CONFIG)
    ids = torch.randint(5, 211, (len(lengths), 40))
    types = (torch.arange(40) > 9).long().expand_as(ids)
    mask = (torch.arange(40) < torch.tensor(lengths)[:, None]).long()
    full = min(lengths) == 40
    output = model(ids * mask, types, None if full else mask, positions)
    logits = output.prediction_logits
    if positions is None:
        logits = logits[mask.bool()]
    (logits.square().mean() + output.seq_relationship_logits.square().sum()).backward()
    grads = {n: p.grad for n, p in model.named_parameters() if p.grad is not None}
    return {"tokens": logits, "pairs": output.seq_relationship_logits} | grads


@pytest.mark.parametrize("lengths", [[40] * 5, [40, 7, 22, 1, 39], [3, 4, 5, 6, 7]])
@pytest.mark.parametrize("positions", [None, [1, 2, 41, 121, 122, 162]], ids=["all", "some"])
def test_logits_and_gradients_are_those_with_padding(monkeypatch, lengths, positions):
    if positions is not None:
        positions = torch.tensor([p for p in positions if p % 40 < lengths[p // 40]])
    expected = results(lengths, positions)
    monkeypatch.setattr(bert, "supports_varlen", lambda *_: True)
    monkeypatch.setattr("torch.nn.attention.varlen.varlen_attn", kernel)
    found = results(lengths, positions)
    assert found.keys() == expected.keys()
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, msg=lambda m, n=name: f"{n}: {m}")


@pytest.mark.parametrize(
    ("device", "width", "dropout", "reduced", "taken"),
    [
        ("cuda", 64, 0.0, True, True),
        ("cuda", 64, 0.0, False, False),
        ("cuda", 64, 0.1, True, False),
        ("cuda", 12, 0.0, True, False),
        ("cuda", 512, 0.0, True, False),
        ("cpu", 64, 0.0, True, False),
    ],
)
def test_the_kernel_is_used_where_it_can_be(monkeypatch, device, width, dropout, reduced, taken):
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda kind: reduced)
    assert supports_varlen(torch.device(device), width, dropout) is taken


@pytest.mark.skipif(
    torch.cuda.is_available() or not torch.backends.cuda.is_built(),
    reason="is for machines without a GPU, with a PyTorch that knows what one would do",
)
@pytest.mark.parametrize("compiled", [False, pytest.param(True, marks=pytest.mark.exhaustive)])
@pytest.mark.filterwarnings("ignore::UserWarning:torch")
def test_pytorch_s_own_kernel_takes_what_it_is_given(monkeypatch, request, compiled):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda *_: (9, 0))
    monkeypatch.setattr(bert, "supports_varlen", lambda *_: True)
    config = replace(CONFIG, hidden_size=64)
    torch.set_default_dtype(torch.bfloat16)
    request.addfinalizer(lambda: torch.set_default_dtype(torch.float32))
    with FakeTensorMode(), torch.device("cuda"):
        model = bert.BertModel(config)
        step = bert.layer_step
        if compiled:
            step = torch.compile(step, dynamic=True, fullgraph=True, backend="eager")
        # The number of tokens depends on values, and fake tensors have none.
        cu_seqlens = torch.zeros(7, dtype=torch.int32)
        unpadding = Unpadding(
            torch.Size((5, 40)), torch.zeros(128), torch.zeros(5, 40).long(), None, cu_seqlens
        )
        everywhere = self_attention_layout(unpadding, 4)
        queries = query_attention_layout(unpadding, 3, 4)
        x = torch.zeros(128, 64)
        for layer in model.encoder.layer:
            x = step(layer, x, everywhere, 0.0)
        last = step(layer, x, queries, 0.0, torch.zeros(15, 64))
    assert x.shape == (128, 64) and last.shape == (15, 64)
    assert x.device.type == last.device.type == "cuda"
