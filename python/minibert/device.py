"""Which device computes, and in which precision."""

from __future__ import annotations

import sys

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
    """bfloat16 where the device multiplies matrices in it natively, else float32."""
    if device.type == "cuda" and torch.cuda.is_bf16_supported(including_emulation=False):
        return torch.bfloat16
    if device.type == "cpu":
        capabilities = torch.cpu.get_capabilities()
        if capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"):
            return torch.bfloat16
    return torch.float32


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
