"""Bars of text, half a column exact."""

from __future__ import annotations


def bar(share: float, width: int) -> str:
    """A bar of a share from 0 to 1 of so many columns, filled up with spaces."""
    full, half = divmod(round(min(1.0, max(0.0, share)) * width * 2), 2)
    return ("━" * full + "╸" * half).ljust(width)
