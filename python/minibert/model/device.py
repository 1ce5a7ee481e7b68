"""The device that computes, its precision, and whether PyTorch can compile for it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

import torch

from minibert.errors import OptionError


def choose_device(name: str) -> torch.device:
    """The device of a name; `auto` is the GPU, or the CPU if there is none.

    Raises:
        OptionError: PyTorch does not know the device, or this machine does not have it.
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
            f"device {name!r} is not available on this machine; available: {known}"
        ) from None
    return device


def available_devices() -> list[str]:
    """The names that `choose_device` accepts on this machine."""
    accelerator = torch.accelerator.current_accelerator(check_available=True)
    return ["cpu", *([accelerator.type] if accelerator else []), "auto"]


def compute_dtype(device: torch.device) -> torch.dtype:
    """bfloat16 if the device multiplies matrices faster in bfloat16, otherwise float32."""
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16
    if device.type == "cpu" and _bfloat16_is_fast(torch.cpu.get_capabilities()):
        return torch.bfloat16
    return torch.float32


def _bfloat16_is_fast(capabilities: Mapping[str, Any]) -> bool:
    """Whether this CPU is faster in bfloat16, by its instruction sets.

    A measurement could give another answer when a run is resumed, and so change its precision.
    """
    if capabilities.get("amx_bf16"):
        return True
    # Without AMX, which a virtual machine may hide, Intel's CPUs take twice as long in bfloat16 as
    # in float32 (docs/benchmarks.md), and AMD's half as long. SSE4a exists on AMD's CPUs only.
    return bool(capabilities.get("avx512_bf16") and capabilities.get("sse4a"))


def check_compile(device: torch.device) -> None:
    """Compile a small function, to find out whether `torch.compile` works on this machine.

    Raises:
        OptionError: it does not, for example because there is no C++ compiler.
    """
    try:
        torch.compile(lambda x: torch.nn.functional.gelu(x) + 1)(torch.zeros(8, device=device))
    except Exception as error:  # errors of PyTorch, Triton and compilers have no common base
        reason = str(error).strip().splitlines() or [type(error).__name__]
        raise OptionError(
            f"PyTorch cannot compile for {device.type}: {reason[0]}; leave out `compile`"
        ) from None


def peak_memory(device: torch.device) -> tuple[int | None, int | None]:
    """The peak memory of this process, and of PyTorch on its GPU, in bytes.

    None if the operating system does not report it, or if no GPU is used.
    """
    on_gpu = torch.cuda.max_memory_allocated(device) if device.type == "cuda" else None
    if sys.platform == "win32":
        return None, on_gpu
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024), on_gpu
