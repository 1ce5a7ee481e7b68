"""The user's cache of tokenized corpora: a folder for each, evicted least recently used first."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import platformdirs

MAX_BYTES = 8 << 30
"""The size limit of the cache, in bytes; folders in use may exceed it."""
IN_USE_SECONDS = 3600.0
"""Folders used within this time are never evicted: another process may be using them."""


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    size: int
    used: float  # seconds since 1970


def cache_folder(digest: bytes) -> Path:
    """The folder for the tokens of a source, by the hash of everything that they depend on."""
    return _tokens() / digest.hex()[:32]


def mark_used(folder: Path) -> None:
    """Set the time of last use of a folder to now."""
    with suppress(OSError):  # a read-only cache can be used too
        os.utime(folder)


def evict(max_bytes: int = MAX_BYTES) -> list[Path]:
    """Remove the least recently used folders until the cache is within its limit.

    On POSIX, a file that a training has open stays readable for it. Elsewhere an open file cannot
    be removed, and its folder stays.

    Args:
        max_bytes: the limit. Folders used within the last hour count and are kept.

    Returns:
        The folders that were removed.
    """
    entries = sorted(_entries(), key=lambda entry: entry.used)
    total = sum(entry.size for entry in entries)
    now = time.time()
    removed = []
    for entry in entries:
        if total <= max_bytes or now - entry.used < IN_USE_SECONDS:
            break
        shutil.rmtree(entry.path, ignore_errors=True)
        if not entry.path.exists():
            total -= entry.size
            removed.append(entry.path)
    return removed


def _tokens() -> Path:
    return platformdirs.user_cache_path("minibert") / "tokens"


def _entries() -> list[_Entry]:
    try:
        folders = [path for path in _tokens().iterdir() if path.is_dir()]
    except OSError:
        return []
    return [_entry(path) for path in folders]


def _entry(folder: Path) -> _Entry:
    """A folder's size and last use, which is that of its newest file."""
    size, used = 0, 0.0
    for path in [folder, *folder.rglob("*")]:
        with suppress(OSError):  # removed in the meantime
            status = path.lstat()
            size += status.st_size
            used = max(used, status.st_mtime)
    return _Entry(folder, size, used)
