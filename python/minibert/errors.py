"""Every error that minibert raises on purpose, by name.

Each carries one sentence that says what is wrong, where, and what to do. The command line catches
`MinibertError` once, prints the sentence and exits with 2; a library user can catch one kind alone.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class MinibertError(Exception):
    """The base of all of them.

    Attributes:
        cause: the cause by name, such as `invalid_utf8`, or None where it has no name.
        context: the facts in the sentence by name, such as `file` and `offset`.
    """

    cause: str | None = None
    context: Mapping[str, str | float] = MappingProxyType({})


class CorpusError(MinibertError, ValueError):
    """A corpus is missing, empty, binary, not UTF-8, or too small for what is asked of it."""


class VocabularyError(MinibertError, ValueError):
    """A vocabulary or tokenizer cannot be made, read or used."""


class StoreError(MinibertError, ValueError):
    """A token store is damaged, of another version, or none at all."""


class OptionError(MinibertError, ValueError):
    """An option, or two options together, cannot be used."""


class FileError(MinibertError, OSError):
    """The operating system refused to read or write a file."""


class ModelError(MinibertError, ValueError):
    """A model folder is no model, is cut short, or has another shape than it says."""


class RunError(MinibertError, ValueError):
    """A run folder cannot be made, found, resumed or read."""


class DivergedError(RunError):
    """The loss was not finite for several batches in a row.

    Attributes:
        epoch: of the last of them.
        index: its number in the epoch.
    """

    def __init__(self, message: str, epoch: int, index: int) -> None:
        super().__init__(message)
        self.epoch = epoch
        self.index = index


class RankLostError(RunError):
    """Another process of a training in several is gone."""


class ReportedByPeerError(MinibertError):
    """The training has ended, and another of its processes says why."""


class OutOfMemoryError(MinibertError, MemoryError):
    """A step needs more memory than there is."""


class LabelError(MinibertError, ValueError):
    """A file of labelled texts, a row of it or one of its labels cannot be used."""


class TextError(MinibertError, ValueError):
    """A text cannot be used: it has no mask, is too long, or has a lone surrogate."""


class TextTypeError(MinibertError, TypeError):
    """What is given as a text is not a string."""


class InternalError(MinibertError, RuntimeError):
    """A thread of minibert could not be started, or failed where nothing should make it fail."""
