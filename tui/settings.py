"""The settings that the application saves."""

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
    """The settings of a person.

    Attributes:
        theme: the name of a Textual theme.
        sentences: with `[MASK]`; every checkpoint fills them.
    """

    theme: str = "textual-dark"
    sentences: tuple[str, ...] = DEFAULT_SENTENCES


@dataclass(frozen=True)
class LoadedSettings:
    """The settings that were loaded.

    Attributes:
        settings: those of the file, or the defaults.
        file: the file that changes are saved in; None if they must not be saved.
        problem: a sentence that says why the defaults are used, or None.
    """

    settings: Settings = Settings()
    file: Path | None = None
    problem: str | None = None


def settings_file() -> Path:
    """The settings file in the platform's configuration folder."""
    return platformdirs.user_config_path("minibert") / "tui.json"


def load_settings(file: Path) -> LoadedSettings:
    """Load settings; a problem with the file is returned, never raised."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return LoadedSettings(file=file)
    except (OSError, ValueError) as error:
        return LoadedSettings(file=file, problem=f"The settings in {file} cannot be read: {error}.")
    known = _known(data)
    if known is None:
        return LoadedSettings(file=file, problem=f"The settings in {file} are invalid.")
    if data["format"] > FORMAT:
        newer = f"A newer minibert wrote the settings in {file}; they are left unchanged."
        return LoadedSettings(problem=newer)
    return LoadedSettings(Settings(**known), file)


def save_settings(settings: Settings, file: Path) -> None:
    """Write settings atomically.

    Raises:
        FileError: the file cannot be written.
    """
    text = json.dumps({"format": FORMAT, **dataclasses.asdict(settings)}, indent=2) + "\n"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{file.parent} cannot be made: {error.strerror}") from None
    write_atomically(file, text.encode())


def _known(data: Any) -> dict[str, Any] | None:
    """The known settings among some data; None if one has a wrong type or there is no format."""
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
