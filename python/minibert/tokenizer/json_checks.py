"""Checked reading of the JSON files of a tokenizer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from minibert.errors import FileError, VocabularyError

Name = TypeVar("Name")


class JsonChecks:
    """Checks the values in a JSON file of a BERT tokenizer.

    Each method takes a value and the key it was found under, returns it with its type, and raises
    `VocabularyError` for a value that minibert does not support.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def equal(self, found: object, wanted: object, key: str) -> None:
        """Only one value."""
        if found != wanted:
            raise self._error(found, key, json.dumps(wanted))

    def mapping(self, found: object, key: str) -> dict[str, Any]:
        """An object."""
        if not isinstance(found, dict):
            raise self._error(found, key, "an object")
        return found

    def sequence(self, found: object, key: str) -> list[Any]:
        """A list."""
        if not isinstance(found, list):
            raise self._error(found, key, "a list")
        return found

    def boolean(self, found: object, key: str) -> bool:
        """True or false."""
        if not isinstance(found, bool):
            raise self._error(found, key, "true or false")
        return found

    def boolean_or_none(self, found: object, key: str) -> bool | None:
        """True, false or null."""
        return None if found is None else self.boolean(found, key)

    def count(self, found: object, key: str, minimum: int = 0) -> int:
        """A whole number from a minimum."""
        if type(found) is not int or found < minimum:
            raise self._error(found, key, f"a whole number from {minimum}")
        return found

    def name(self, found: object, names: Mapping[str, Name], key: str) -> Name:
        """One of some names; returns the value of the name."""
        if not isinstance(found, str) or found not in names:
            raise self._error(found, key, " or ".join(map(json.dumps, names)))
        return names[found]

    def _error(self, found: object, key: str, wanted: str) -> VocabularyError:
        shown = json.dumps(found)
        shown = shown if len(shown) <= 80 else f"{shown[:77]}..."
        return VocabularyError(f"{self.path}: {key} is {shown}; minibert supports only {wanted}")


def read_json(path: Path) -> dict[str, Any]:
    """Read a file that holds a JSON object.

    Raises:
        FileError: the file cannot be read.
        VocabularyError: it is not JSON, or not an object.
    """
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise FileError(f"{path}: {error.strerror}") from error
    except ValueError as error:
        raise VocabularyError(f"{path} is not JSON: {error}") from error
    return JsonChecks(path).mapping(document, "the document")
