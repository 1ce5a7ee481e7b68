"""The private functions of PyTorch that minibert calls still compute what it relies on.

PyTorch may change them in any version; hence the upper bound on `torch` in `pyproject.toml`. Raise
the bound when these tests pass with the new version.
"""

import re
from pathlib import Path

import pytest
import torch

PACKAGE = Path(__file__).parents[1] / "python" / "minibert"

HELD = {
    "torch._foreach_add_",
    "torch._foreach_lerp",
    "torch._foreach_lerp_",
    "torch._foreach_mul_",
    "torch._fused_adamw_",
    "torch._softmax_backward_data",
}


def test_every_private_function_that_is_called_is_tested_here():
    found = set()
    for path in PACKAGE.rglob("*.py"):
        found |= set(re.findall(r"\btorch\._(?!_)\w+", path.read_text(encoding="utf-8")))
    assert found == HELD


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_softmax_backward_data_is_the_gradient_of_softmax(dtype):
    torch.manual_seed(0)
    scores = torch.randn(6, 5, 9, dtype=torch.float64, requires_grad=True)
    grad = torch.randn_like(scores)
    weights = scores.softmax(-1)
    (expected,) = torch.autograd.grad(weights, scores, grad)
    found = torch._softmax_backward_data(grad.to(dtype), weights.detach().to(dtype), -1, dtype)
    assert found.dtype == dtype
    tolerance = (
        {"atol": 1e-6, "rtol": 1e-5} if dtype == torch.float32 else {"atol": 1e-2, "rtol": 0}
    )
    torch.testing.assert_close(found.double(), expected, **tolerance)


def test_fused_adamw_takes_the_steps_of_torch_optim():
    torch.manual_seed(0)
    shapes = [(7, 5), (11,), (3, 2, 4)]
    expected = [torch.nn.Parameter(torch.randn(shape)) for shape in shapes]
    found = [parameter.detach().clone() for parameter in expected]
    options = {"lr": 0.01, "weight_decay": 0.1, "eps": 1e-8}
    reference = torch.optim.AdamW(expected, betas=(0.9, 0.98), foreach=False, **options)
    averages = [[torch.zeros_like(p) for p in found] for _ in range(2)]
    steps = [torch.zeros(()) for _ in found]
    for _ in range(4):
        for parameter in expected:
            parameter.grad = torch.randn_like(parameter)
        grads = [parameter.grad.clone() for parameter in expected]
        reference.step()
        torch._foreach_add_(steps, 1)
        torch._fused_adamw_(
            found,
            grads,
            *averages,
            [],
            steps,
            beta1=0.9,
            beta2=0.98,
            amsgrad=False,
            maximize=False,
            **options,
        )
    assert [float(step) for step in steps] == [4.0] * 3
    for ours, theirs in zip(found, expected, strict=True):
        torch.testing.assert_close(ours, theirs.detach(), atol=1e-6, rtol=1e-5)


def test_foreach_functions_are_the_operations_on_each_tensor():
    torch.manual_seed(0)
    first = [torch.randn(3, 4), torch.randn(5)]
    second = [torch.randn(3, 4), torch.randn(5)]
    pairs = list(zip(first, second, strict=True))
    mixed = [a.lerp(b, 0.3) for a, b in pairs]
    halves = [b / 2 for b in second]
    torch.testing.assert_close(list(torch._foreach_lerp(first, second, 0.3)), mixed)
    torch._foreach_lerp_(first, second, 0.3)
    torch.testing.assert_close(first, mixed)
    torch._foreach_add_(first, 2)
    torch.testing.assert_close(first, [a + 2 for a in mixed])
    torch._foreach_mul_(second, 0.5)
    torch.testing.assert_close(second, halves)
