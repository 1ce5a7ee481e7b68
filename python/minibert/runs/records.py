"""Dataclasses from parsed JSON: each value is checked against the type of its field."""

from __future__ import annotations

import dataclasses
import functools
import math
import types
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")

_SCALARS: dict[object, str] = {
    int: "an integer",
    float: "a finite number",
    str: "a string",
    bool: "true or false",
}


class RecordError(ValueError):
    """A value is missing, or its type is not that of its field."""


def from_json(cls: type[T], value: object, path: str = "") -> T:
    """Make a dataclass from a JSON object.

    Fields may be `int`, `float`, `str`, `bool`, dataclasses, `tuple`, `dict[str, ...]`, and each of
    them or None. A missing key takes the field's default. Unknown keys are ignored.

    Args:
        cls: the dataclass.
        value: the parsed JSON.
        path: the keys that lead to `value`, for messages.

    Raises:
        RecordError: a key is missing, or a value has another type than its field.
    """
    if not isinstance(value, dict):
        raise RecordError(f"{_named(path)} is not an object")
    kinds: dict[str, Any] = _types_of(cls)  # type: ignore[arg-type]  # mypy: a type[T] is not hashable
    given = {}
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]  # every caller has a dataclass
        key = f"{path}.{field.name}" if path else field.name
        if field.name in value:
            given[field.name] = _checked(kinds[field.name], value[field.name], key)
        elif field.default is dataclasses.MISSING:
            raise RecordError(f"{_named(key)} is missing")
    return cls(**given)


@functools.cache
def _types_of(cls: type) -> dict[str, Any]:
    return get_type_hints(cls)


def _checked(kind: Any, value: Any, path: str) -> Any:
    origin, parts = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        inner = [part for part in parts if part is not type(None)]
        return None if value is None else _checked(inner[0], value, path)
    if dataclasses.is_dataclass(kind):
        return from_json(kind, value, path)  # type: ignore[arg-type]
    if origin is tuple:
        return _checked_tuple(parts, value, path)
    if origin is dict:
        if not isinstance(value, dict):
            raise RecordError(f"{_named(path)} is not an object")
        return {key: _checked(parts[1], item, f"{path}.{key}") for key, item in value.items()}
    if not _is_scalar(kind, value):
        raise RecordError(f"{_named(path)} is not {_SCALARS[kind]}")
    return float(value) if kind is float else value


def _checked_tuple(kinds: tuple[Any, ...], value: Any, path: str) -> tuple[Any, ...]:
    """`tuple[X, ...]`, or a tuple of a fixed length."""
    if not isinstance(value, list):
        raise RecordError(f"{_named(path)} is not a list")
    if kinds[-1] is ...:
        kinds = (kinds[0],) * len(value)
    if len(value) != len(kinds):
        raise RecordError(f"{_named(path)} has {len(value)} values instead of {len(kinds)}")
    items = enumerate(zip(kinds, value, strict=True))
    return tuple(_checked(kind, item, f"{path}[{number}]") for number, (kind, item) in items)


def _is_scalar(kind: Any, value: object) -> bool:
    if isinstance(value, bool) or kind is not float:
        return type(value) is kind
    try:
        return isinstance(value, int | float) and math.isfinite(value)
    except OverflowError:  # an integer that no float holds
        return False


def _named(path: str) -> str:
    return path or "the whole"
