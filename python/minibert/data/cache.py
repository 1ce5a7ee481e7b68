"""The user's cache of prepared tokens: a folder for each text, the least recently used go."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

MOST_BYTES = 8 << 30
"""What the cache may hold, in bytes, beside what is in use."""
IN_USE_SECONDS = 3600.0
"""Tokens used less than this long ago are never taken out: another process may be at them."""


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    size: int
    used: float  # seconds since 1970


def cache_folder(digest: bytes) -> Path:
    """Where the tokens of a source are kept, by the hash of all that they depend on."""
    return _tokens() / digest.hex()[:32]


def mark_used(folder: Path) -> None:
    """Say that a folder of the cache is used now."""
    with suppress(OSError):  # a cache that can only be read is used all the same
        os.utime(folder)


def evict(most_bytes: int = MOST_BYTES) -> list[Path]:
    """Take tokens out of the cache until it holds no more than its bound, the oldest first.

    What a running training has open stays readable for it where the system allows that, as POSIX
    does; elsewhere it cannot be removed, and stays.

    Args:
        most_bytes: the bound; what was used within the last hour is counted, and kept.

    Returns:
        The folders that are gone.
    """
    entries = sorted(_entries(), key=lambda entry: entry.used)
    total = sum(entry.size for entry in entries)
    now = time.time()
    gone = []
    for entry in entries:
        if total <= most_bytes or now - entry.used < IN_USE_SECONDS:
            break
        shutil.rmtree(entry.path, ignore_errors=True)
        if not entry.path.exists():
            total -= entry.size
            gone.append(entry.path)
    return gone


def _tokens() -> Path:
    return platformdirs.user_cache_path("minibert") / "tokens"


def _entries() -> list[_Entry]:
    try:
        folders = [path for path in _tokens().iterdir() if path.is_dir()]
    except OSError:
        return []
    return [_entry(path) for path in folders]


def _entry(folder: Path) -> _Entry:
    """A folder's size and last use; one that is being written is used as its files are."""
    size, used = 0, 0.0
    for path in [folder, *folder.rglob("*")]:
        with suppress(OSError):  # it has gone meanwhile
            status = path.lstat()
            size += status.st_size
            used = max(used, status.st_mtime)
    return _Entry(folder, size, used)
