"""A form for an options dataclass: its fields, and reading the values typed into them."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from minibert.config import PretrainOptions, flag, spell_flags
from minibert.errors import MinibertError, OptionError

Typed = str | bool

CORPUS = "corpus"  # the name of the field that is not an option
_KINDS = {int: "an integer", float: "a number"}


@dataclass(frozen=True)
class FormField:
    """One option.

    Attributes:
        name: of the dataclass field.
        label: the visible name.
        panel: the heading above it.
        help: the help text.
        choices: the possible values; empty for a value that is typed.
        kind: `bool`, `int`, `float` or `str`.
        default: None if the field may be empty.
    """

    name: str
    label: str
    panel: str
    help: str
    choices: tuple[str, ...]
    kind: type
    default: Any

    @property
    def typed(self) -> Typed:
        """The initial content of the field."""
        if self.kind is bool:
            return bool(self.default)
        return "" if self.default is None else str(self.default)


def form_fields(options: type[Any], without: tuple[str, ...] = ()) -> list[FormField]:
    """The fields for an options dataclass, in its order.

    Args:
        options: the dataclass.
        without: the names of fields to leave out.
    """
    hints = get_type_hints(options)
    made = []
    for field in dataclasses.fields(options):
        if field.name in without:
            continue
        kinds = [kind for kind in get_args(hints[field.name]) if kind is not type(None)]
        made.append(
            FormField(
                name=field.name,
                label=field.name.replace("_", " "),
                panel=field.metadata["panel"],
                help=field.metadata["help"],
                choices=field.metadata["choices"],
                kind=kinds[0] if kinds else hints[field.name],
                default=field.default,
            )
        )
    return made


@dataclass(frozen=True)
class FormValues:
    """The values of a form.

    Attributes:
        inputs: the corpus.
        options: None while a value is invalid.
        problems: a sentence by the name of its field, or by "" if it concerns no single field.
    """

    inputs: tuple[str, ...]
    options: PretrainOptions | None
    problems: Mapping[str, str]


def read_form(fields: list[FormField], typed: Mapping[str, Typed]) -> FormValues:
    """Read the typed values, as the command line would.

    Args:
        fields: of `PretrainOptions`.
        typed: the contents by the fields' names, and the corpus.
    """
    problems: dict[str, str] = {}
    inputs: tuple[str, ...] = ()
    try:
        inputs = tuple(shlex.split(str(typed.get(CORPUS, ""))))
    except ValueError:
        problems[CORPUS] = "A closing quotation mark is missing."
    values = {}
    for field in fields:
        try:
            values[field.name] = read_value(field, typed[field.name])
        except OptionError as error:
            problems[field.name] = f"{error}."
    try:
        options = PretrainOptions(**values)
    except MinibertError as error:
        problem = f"{spell_flags(str(error))}."
        problems.setdefault(_field_of_problem(fields, values, str(error)), problem)
        return FormValues(inputs, None, problems)
    return FormValues(inputs, None if problems else options, problems)


def read_value(field: FormField, typed: Typed) -> Any:
    """The value of a field from its typed content.

    Raises:
        OptionError: the content is not a number, but the field needs one.
    """
    if field.kind is bool:
        return bool(typed)
    text = str(typed).strip()
    if not text:
        if field.default is None:
            return None
        raise OptionError(f"{flag(field.name)} is empty; its default is {field.default}")
    if field.kind is str:
        return text
    try:
        return field.kind(text.replace(",", ""))
    except ValueError:
        raise OptionError(f"{flag(field.name)} is {text!r}; it is {_KINDS[field.kind]}") from None


def _field_of_problem(fields: list[FormField], values: dict[str, Any], sentence: str) -> str:
    """Find the field of a problem: with the default of this field the problem is gone.

    Args:
        fields: of the form.
        values: of the fields.
        sentence: the problem.

    Returns:
        The name of the field; "" if the problem concerns no single field.
    """
    for field in fields:
        if values.get(field.name, field.default) == field.default:
            continue
        try:
            PretrainOptions(**{**values, field.name: field.default})
        except MinibertError as error:
            if str(error) == sentence:
                continue
        return field.name
    return ""
