"""AdamW and Muon against PyTorch's."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from minibert.training.optimization import AdamW, Muon, orthogonalize


def trained(optimizer, parameters) -> list[torch.Tensor]:
    torch.manual_seed(1)
    for _ in range(5):
        for parameter in parameters:
            parameter.grad = torch.randn_like(parameter)
        optimizer.step()
    return [parameter.detach().clone() for parameter in parameters]


def test_adamw_equals_that_of_torch():
    options = {"lr": 0.1, "betas": (0.9, 0.98), "eps": 1e-6, "weight_decay": 0.1}
    start = [torch.randn(3, 4), torch.randn(4)]
    made = []
    for kind in (
        lambda p: AdamW([{"params": p, **options}]),
        lambda p: torch.optim.AdamW(p, **options),
    ):
        parameters = [torch.nn.Parameter(x.clone()) for x in start]
        made.append(trained(kind(parameters), parameters))
    for ours, torchs in zip(*made, strict=True):
        torch.testing.assert_close(ours, torchs)


def test_muon_equals_that_of_torch_up_to_orthogonalization():
    start = [torch.randn(shape) for shape in ((8, 8), (8, 8), (32, 8), (8, 32))]
    options = {"lr": 0.02, "momentum": 0.95, "weight_decay": 0.1}
    made = []
    for kind in (
        lambda p: Muon([{"params": p, "dtype": torch.float32, **options}]),
        lambda p: torch.optim.Muon(p, **options),
    ):
        parameters = [torch.nn.Parameter(x.clone()) for x in start]
        made.append(trained(kind(parameters), parameters))
    for ours, torchs, before in zip(*made, start, strict=True):
        steps = torch.stack((ours - before, torchs - before)).flatten(1)
        assert torch.cosine_similarity(*steps, dim=0) > 0.97
        assert 0.75 < steps[0].norm() / steps[1].norm() < 1.35


@pytest.mark.parametrize("shape", [(3, 16, 16), (2, 16, 64), (2, 64, 16)])
def test_singular_values_above_a_fiftieth_of_the_largest_become_close_to_one(shape):
    torch.manual_seed(0)
    u, _, vh = torch.linalg.svd(torch.randn(shape), full_matrices=False)
    values = torch.logspace(-1.7, 0, u.shape[2])
    found = orthogonalize(u * values @ vh)
    singular = torch.linalg.svdvals(found)
    assert singular.min() > 0.65
    assert singular.max() < 1.35
    torch.testing.assert_close(found, u @ (u.mT @ found @ vh.mT) @ vh, atol=1e-4, rtol=0)


def test_a_matrix_of_zeros_stays_one():
    assert orthogonalize(torch.zeros(1, 4, 8)).abs().max() == 0


@pytest.mark.exhaustive
def test_making_optimizers_imports_no_compiler():
    code = """
import sys, torch
from minibert.training.optimization import AdamW
p = torch.nn.Parameter(torch.ones(2)); p.grad = torch.ones(2)
AdamW([{"params": [p], "lr": 1.0, "betas": (0.9, 0.9), "eps": 1e-6, "weight_decay": 0.0}]).step()
sys.exit("torch._dynamo" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0
