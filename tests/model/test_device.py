"""Training computes in the precision in which the machine multiplies faster."""

from __future__ import annotations

import pytest
import torch

from minibert.model.device import compute_dtype

PROCESSORS = {
    "AVX2 alone": ({"avx2"}, torch.float32),
    "Intel without bfloat16": ({"avx2", "avx512_f"}, torch.float32),
    "Intel with AMX": ({"avx512_f", "avx512_bf16", "amx_bf16"}, torch.bfloat16),
    "Intel with AMX that a virtual machine hides": ({"avx512_f", "avx512_bf16"}, torch.float32),
    "AMD with AVX2": ({"avx2", "sse4a"}, torch.float32),
    "AMD with bfloat16": ({"avx512_f", "avx512_bf16", "sse4a"}, torch.bfloat16),
    "ARM": (set(), torch.float32),
}


@pytest.mark.parametrize("processor", PROCESSORS)
def test_bfloat16_is_taken_where_the_processor_is_faster_in_it(
    processor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    present, expected = PROCESSORS[processor]
    x86 = ("avx2", "avx512_f", "avx512_bf16", "amx_bf16", "sse4a")
    capabilities = {name: name in present for name in x86} if present else {}
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities)

    assert compute_dtype(torch.device("cpu")) is expected
