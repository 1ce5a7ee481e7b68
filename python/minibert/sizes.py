"""Amounts of memory as people write and read them: `512M`, `2G`."""

from __future__ import annotations

import re

from minibert.errors import OptionError

_UNITS = ("", "K", "M", "G", "T")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)([KMGT])?(?:I?B)?")


def parse_size(text: str) -> int:
    """Bytes in a size such as `512M` or `2G`: a K is 1,024.

    Raises:
        OptionError: the text is no size, or one of 2**63 bytes or more.
    """
    match = _SIZE.fullmatch(text.strip().upper())
    size = float(match[1]) * 1024 ** _UNITS.index(match[2] or "") if match else 0.0
    if not 1 <= size < 2**63:
        raise OptionError(f"{text!r} is no amount of memory; write it as 512M or 2G")
    return int(size)


def format_size(size: int) -> str:
    """A size for people: `42 B`, `3.2 MB`; a K is 1,024."""
    power = min(len(_UNITS) - 1, max(0, size.bit_length() - 1) // 10)
    return f"{size / 1024**power:.1f} {_UNITS[power]}B" if power else f"{size} B"
