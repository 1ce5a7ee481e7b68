"""The ticks of an axis: their values and labels."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from minibert.io.units import format_duration
from minibert.tui.text import tick_label

Tick = tuple[float, str]

_TIME_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)


def number_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Ticks at round numbers from `low` to `high`, at most `most`."""
    least = (high - low) / max(1, most)
    power = 10.0 ** math.floor(math.log10(least))
    steps = [digit * scale for scale in (power, 10 * power) for digit in (1.0, 2.0, 5.0)]
    return _ticks(steps, low, high, most, tick_label)


def duration_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Ticks at round durations, in seconds."""
    days = [86400.0 * 2**n for n in range(40)]
    return _ticks([*_TIME_STEPS, *days], low, high, most, format_duration)


def log_ticks(low: float, high: float, most: int) -> list[Tick]:
    """Ticks of a logarithmic axis from `low` > 0 to `high`."""
    if high < 10 * low:
        return number_ticks(low, high, most)
    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    for digits in ((1, 2, 5), (1,)):
        values = [d * 10.0**e for e in range(first, last + 1) for d in digits]
        values = [value for value in values if low <= value <= high]
        if len(values) <= most:
            break
    every = math.ceil(len(values) / max(1, most))
    return [(value, tick_label(value)) for value in values[::every]]


def _ticks(
    steps: Sequence[float], low: float, high: float, most: int, write: Callable[[float], str]
) -> list[Tick]:
    """Ticks at the multiples of the first step that has at most `most` of them."""
    for step in steps:
        if (high - low) / step <= most + 1:
            values = _multiples(step, low, high)
            if len(values) <= most:
                return [(value, write(value)) for value in values]
    return []


def _multiples(step: float, low: float, high: float) -> list[float]:
    slack = 1e-9 * step
    first, last = math.ceil((low - slack) / step), math.floor((high + slack) / step)
    # Rounded to the digits of the step, so that 3 x 0.1 is 0.3.
    digits = max(0, 2 - math.floor(math.log10(step)))
    return [round(number * step, digits) + 0.0 for number in range(first, last + 1)]
