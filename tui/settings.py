"""What the application remembers from one time to the next."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from minibert.errors import FileError
from minibert.io.files import write_atomically
from minibert.tui.models.predictions import DEFAULT_SENTENCES

FORMAT = 1


@dataclass(frozen=True)
class Settings:
    """What a person has chosen.

    Attributes:
        theme: the name of one of Textual's themes.
        sentences: with masks, that every checkpoint is asked.
    """

    theme: str = "textual-dark"
    sentences: tuple[str, ...] = DEFAULT_SENTENCES


@dataclass(frozen=True)
class Remembered:
    """Settings as they were found.

    Attributes:
        settings: those of the file, or the defaults.
        file: where they are written when they change; None where they must not be.
        problem: a sentence on why they are the defaults, or None.
    """

    settings: Settings = Settings()
    file: Path | None = None
    problem: str | None = None


def settings_file() -> Path:
    """Where settings are kept, in the platform's folder for configuration."""
    return platformdirs.user_config_path("minibert") / "tui.json"


def load_settings(file: Path) -> Remembered:
    """Read settings; what is wrong with their file is said, and never raised."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return Remembered(file=file)
    except (OSError, ValueError) as error:
        return Remembered(file=file, problem=f"The settings in {file} cannot be read: {error}.")
    known = _known(data)
    if known is None:
        return Remembered(file=file, problem=f"The settings in {file} are damaged.")
    if data["format"] > FORMAT:
        newer = f"The settings in {file} are a newer minibert's, and stay as they are."
        return Remembered(problem=newer)
    return Remembered(Settings(**known), file)


def save_settings(settings: Settings, file: Path) -> None:
    """Write settings, whole or not at all.

    Raises:
        FileError: they cannot be written.
    """
    text = json.dumps({"format": FORMAT, **dataclasses.asdict(settings)}, indent=2) + "\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{file.parent} cannot be made: {error.strerror}") from None
    write_atomically(file, text.encode())


def _known(data: Any) -> dict[str, Any] | None:
    """The values that are settings; None where one is of a wrong kind, or nothing is right."""
    if not isinstance(data, dict) or not isinstance(data.get("format"), int):
        return None
    known = {}
    for entry in dataclasses.fields(Settings):
        value = data.get(entry.name, entry.default)
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            value = tuple(value)
        if type(value) is not type(entry.default):
            return None
        known[entry.name] = value
    return known
