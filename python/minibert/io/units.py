"""Parses and formats durations and sizes such as `90s`, `1h30m`, `512M` and `2G`."""

from __future__ import annotations

import re

from minibert.errors import OptionError

_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_PART = re.compile(r"(\d+(?:\.\d+)?)([dhms])")


def parse_duration(text: str) -> float:
    """The seconds in a duration such as `90s`, `10m` or `1h30m`.

    Raises:
        OptionError: the text is not a duration above 0.
    """
    parts = _PART.findall(text.strip().lower())
    whole = "".join(number + unit for number, unit in parts)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if not parts or whole != text.strip().lower() or seconds <= 0:
        raise OptionError(f"{text!r} is not a duration; write it as 90s, 10m or 1h30m")
    return seconds


def format_duration(seconds: float) -> str:
    """A duration such as `42 s`, `3:05` or `1:02:03`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"


_UNITS = ("", "K", "M", "G", "T")


_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGT])?(?:I?B)?")


def parse_size(text: str) -> int:
    """The bytes in a size such as `512M` or `2G`; 1 K is 1,024.

    Raises:
        OptionError: the text is not a size, or 2**63 bytes or more.
    """
    match = _SIZE.fullmatch(text.strip().upper())
    size = float(match[1]) * 1024 ** _UNITS.index(match[2] or "") if match else 0.0
    if not 1 <= size < 2**63:
        raise OptionError(f"{text!r} is not an amount of memory; write it as 512M or 2G")
    return int(size)


def format_size(size: int) -> str:
    """A size such as `42 B` or `3.2 MB`; 1 K is 1,024."""
    power = min(len(_UNITS) - 1, max(0, size.bit_length() - 1) // 10)
    return f"{size / 1024**power:.1f} {_UNITS[power]}B" if power else f"{size} B"
