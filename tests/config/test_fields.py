"""The fields of the options dataclasses carry all that the command line checks."""

from __future__ import annotations

import dataclasses
import typing

import pytest

from minibert import config

OPTIONS = [getattr(config, name) for name in config.__all__ if name.endswith("Options")]


@pytest.mark.parametrize("options", OPTIONS)
def test_every_integer_option_has_a_minimum(options: type) -> None:
    types = typing.get_type_hints(options)
    for field in dataclasses.fields(options):
        if types[field.name] in (int, int | None):
            assert field.metadata["minimum"] is not None, field.name
