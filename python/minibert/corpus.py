"""Reads text files of any layout as documents of sentences.

`Corpus` lists the files, and Rust reads them: once for the vocabulary and once for the token store,
one file at a time. The layout of sentences, paragraphs and documents is detected.
"""

from __future__ import annotations

import glob
import hashlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from os import PathLike, fspath
from pathlib import Path
from typing import NamedTuple

from minibert._core import Corpus as CoreCorpus
from minibert._core import CorpusSummary as CoreSummary
from minibert.errors import CorpusError, OptionError
from minibert.io.lines import STANDARD_INPUT

__all__ = ["Corpus", "CorpusProgress", "CorpusProgressCallback", "CorpusSummary", "open_corpus"]


class CorpusProgress(NamedTuple):
    """The progress of reading a corpus."""

    bytes: int
    """As stored, before decompression."""
    total_bytes: int
    documents: int
    sentences: int


CorpusProgressCallback = Callable[[CorpusProgress], None]


@dataclass(frozen=True, slots=True)
class CorpusSummary:
    """Statistics of a corpus."""

    files: int
    bytes: int
    """As stored, before decompression."""
    documents: int
    sentences: int
    characters: int
    lines: int
    """Lines that are not empty."""
    joined_lines: int
    """Lines that were joined to the line before."""
    wrap_width: int | None
    """The detected line width in columns; None if lines are not wrapped."""
    layouts: dict[str, int]
    """The number of files by layout: `sentences`, `paragraphs`, `wrapped`, `mixed` (wrapped and
    unwrapped paragraphs in one file) or `files`."""

    @classmethod
    def from_core(cls, core: CoreSummary) -> CorpusSummary:
        """Make a summary from the counts of the Rust core."""
        return cls(**{name: getattr(core, name) for name in cls.__slots__})

    def describe_layout(self) -> str:
        """The layout in a few words."""
        meanings = {
            "sentences": "one sentence per line",
            "paragraphs": "one paragraph per line",
            "wrapped": "wrapped lines",
            "mixed": "wrapped lines mixed with one paragraph per line",
            "files": "one document per file",
        }
        found = sorted(self.layouts.items(), key=lambda item: (-item[1], item[0]))
        if len(found) == 1:
            text = meanings[found[0][0]]
        else:
            text = ", ".join(f"{meanings[name]} ({count} files)" for name, count in found)
        if self.joined_lines:
            text += f"; {self.joined_lines / self.lines:.0%} of the lines joined to the line before"
        if self.wrap_width is not None:
            text += f", width {self.wrap_width}"
        return text


class Corpus:
    """The text files of a corpus, compressed ones (`.gz`, `.zst`) too; they are found but not read.

    Paragraphs are split into sentences by the rules of UAX #29, with additional rules for
    abbreviations, initials and quotations. A text without marks between documents is split at
    headings and ends of paragraphs into sections of about 4,000 characters, or fewer if the whole
    corpus is short, since next-sentence pairs need several documents. The layout `files` does not
    split.

    Args:
        paths: files, folders (their `.txt`, `.txt.gz` and `.txt.zst`, in sorted order), glob
            patterns (`**` for nested folders; only files match), and `-` for standard input, which
            is read immediately and kept in memory.
        layout: one of `minibert.config.LAYOUTS`.
        errors: `strict` refuses bytes that are not UTF-8; `replace` replaces them by U+FFFD.

    Raises:
        CorpusError: a file is missing, a folder has no text files or a pattern matches nothing.
            Reading raises it for a file that is empty, binary, damaged or not UTF-8.
        OptionError: there is no such layout or treatment of errors.
    """

    def __init__(
        self,
        paths: Sequence[str | PathLike[str]],
        *,
        layout: str = "auto",
        errors: str = "strict",
    ) -> None:
        if errors not in ("strict", "replace"):
            raise OptionError(f"`errors` is {errors!r}; it must be strict or replace")
        self.layout = layout
        self.errors = errors
        sources = [source for path in paths for source in _sources(path)]
        self._in_memory = {
            source[0]: hashlib.sha256(source[1]).hexdigest()
            for source in sources
            if isinstance(source, tuple)
        }
        self._core = CoreCorpus(
            sources,
            layout=None if layout == "auto" else layout,
            replace_errors=errors == "replace",
        )

    @classmethod
    def default(cls) -> Corpus:
        """The corpus that comes with minibert."""
        folder = files("minibert") / "corpora"
        texts = [Path(str(entry)) for entry in folder.iterdir() if entry.name.endswith(".txt")]
        return cls(sorted(texts))

    @property
    def names(self) -> list[str]:
        """The files, in the order of reading."""
        return self._core.names

    @property
    def stored_bytes(self) -> int:
        """Bytes of all files, before decompression."""
        return self._core.stored_bytes

    def identity(self) -> list[tuple[str | int, ...]]:
        """An identity of the corpus that needs no reading.

        For each file: the absolute path, the size and the modification time in nanoseconds; for
        standard input: its SHA-256.

        Raises:
            CorpusError: a file is missing.
        """
        return [
            (name, self._in_memory[name]) if name in self._in_memory else _identity(Path(name))
            for name in self.names
        ]

    def documents(self) -> list[list[str]]:
        """All documents as lists of sentences; for inspection, since all text is in memory."""
        documents: list[list[str]] = []
        self._core.for_each_batch(documents.extend)
        return documents

    @cached_property
    def summary(self) -> CorpusSummary:
        """Statistics of the corpus; the first use reads all of it."""
        return CorpusSummary.from_core(self._core.summary())


def open_corpus(inputs: Sequence[str], layout: str, errors: str) -> Corpus:
    """Find the files of a corpus; the default corpus when `inputs` is empty."""
    if not inputs:
        return Corpus.default()
    return Corpus(inputs, layout=layout, errors=errors)


def _identity(path: Path) -> tuple[str | int, ...]:
    try:
        found = path.stat()
    except OSError as error:
        raise CorpusError(f"{path} cannot be read: {error.strerror}") from None
    return (str(path.absolute()), found.st_size, found.st_mtime_ns)


def _sources(path: str | PathLike[str]) -> list[str | tuple[str, bytes]]:
    name = fspath(path)
    if name == STANDARD_INPUT:
        return [("standard input", sys.stdin.buffer.read())]
    if not glob.has_magic(name) or Path(name).exists():
        return [name]
    # Path.glob takes no absolute pattern.
    matches = glob.glob(name, recursive=True)  # noqa: PTH207
    found = sorted(match for match in matches if Path(match).is_file())
    if not found:
        raise CorpusError(f"no file matches {name}")
    return list(found)
