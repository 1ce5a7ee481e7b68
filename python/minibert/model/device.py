"""Which device computes, in which precision, and whether layer by layer or compiled."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import torch

from minibert.errors import OptionError


def choose_device(name: str) -> torch.device:
    """The device by its name; `auto` takes a GPU where there is one.

    Raises:
        OptionError: PyTorch does not know the device, or this machine has none.
    """
    if name == "auto":
        accelerator = torch.accelerator.current_accelerator(check_available=True)
        return accelerator or torch.device("cpu")
    try:
        device = torch.device(name)
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError, NotImplementedError):
        known = ", ".join(available_devices())
        raise OptionError(
            f"device {name!r} is not to be had on this machine; there is: {known}"
        ) from None
    return device


def available_devices() -> list[str]:
    """The names that `choose_device` accepts here."""
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    return ["cpu", *([accelerator.type] if accelerator else []), "auto"]


def compute_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 where the device multiplies matrices faster in it than in float32, else float32."""
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16
    if device.type == "cpu" and _bfloat16_is_fast(torch.cpu.get_capabilities()):
        return torch.bfloat16
    return torch.float32


def _bfloat16_is_fast(capabilities: Mapping[str, Any]) -> bool:
    """What the processor can tells it, not a measurement: a run must resume in its precision."""
    if capabilities.get("amx_bf16"):
        return True
    # Without AMX, which a virtual machine may hide, Intel's cores take twice as long for bfloat16
    # as for float32 (docs/benchmarks.md). AMD's take half as long; they alone have SSE4a.
    return bool(capabilities.get("avx512_bf16") and capabilities.get("sse4a"))


def check_compile(device: torch.device) -> None:
    """Raises where `torch.compile` would.

    Raises:
        OptionError: this machine has not what PyTorch compiles with.
    """
    try:
        torch.compile(lambda x: torch.nn.functional.gelu(x) + 1)(torch.zeros(8, device=device))
    except Exception as error:  # of PyTorch, of Triton, of a compiler: there is no common one
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise OptionError(
            f"--compile is of no use here, since PyTorch cannot compile for {device.type}: "
            f"{reason[0]}; leave it out"
        ) from None


def peak_memory(device: torch.device) -> tuple[int | None, int | None]:
    """The most memory that this process has held, in bytes, and that PyTorch has on its GPU.

    None stands for what this system does not tell, and for a GPU that is not used.
    """
    on_gpu = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None
    if sys.platform == "win32":
        return None, on_gpu
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024), on_gpu
