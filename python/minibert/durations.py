"""Times as people write and read them: `90s`, `10m`, `1h30m`."""

from __future__ import annotations

import re

from minibert.errors import OptionError

_SECONDS = {"d": 86400, "h": 3600, "m": 60, "s": 1}
_PART = re.compile(r"(\d+(?:\.\d+)?)([dhms])")


def parse_duration(text: str) -> float:
    """Seconds in a duration such as `90s`, `10m` or `1h30m`.

    Raises:
        OptionError: the text is no duration, or one of no length.
    """
    parts = _PART.findall(text.strip().lower())
    whole = "".join(number + unit for number, unit in parts)
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in parts)
    if not parts or whole != text.strip().lower() or seconds <= 0:
        raise OptionError(f"{text!r} is no duration; write it as 90s, 10m or 1h30m")
    return seconds


def format_duration(seconds: float) -> str:
    """A duration for people: `42 s`, `3:05`, `1:02:03`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02}"
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
