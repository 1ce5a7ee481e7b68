"""A form made from an options dataclass: its fields, and what is typed into them."""

from __future__ import annotations

import dataclasses
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints

from minibert.config import PretrainOptions, flag, spell_flags
from minibert.errors import MinibertError, OptionError

Typed = str | bool

CORPUS = "corpus"  # the name of what is no option
_KINDS = {int: "a whole number", float: "a number"}


@dataclass(frozen=True)
class FormField:
    """One option.

    Attributes:
        name: the field's.
        label: what a person reads.
        panel: the heading that it stands under.
        help: what is said of it.
        choices: what it may be; empty where it is typed.
        kind: `bool`, `int`, `float` or `str`.
        default: None where nothing is a choice too.
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
        """What is in the field at first."""
        if self.kind is bool:
            return bool(self.default)
        return "" if self.default is None else str(self.default)


def form_fields(options: type[Any], without: tuple[str, ...] = ()) -> list[FormField]:
    """The fields of an options dataclass, in its order.

    Args:
        options: the dataclass.
        without: names of fields that the form has not.
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
    """What a form says.

    Attributes:
        inputs: the corpus.
        options: None while something is wrong.
        problems: sentences, by the names of the fields they are about; by "" about none.
    """

    inputs: tuple[str, ...]
    options: PretrainOptions | None
    problems: Mapping[str, str]


def read_form(fields: list[FormField], typed: Mapping[str, Typed]) -> FormValues:
    """Read what is typed, as the command line would.

    Args:
        fields: of `PretrainOptions`.
        typed: by the fields' names; and the corpus.
    """
    problems: dict[str, str] = {}
    inputs: tuple[str, ...] = ()
    try:
        inputs = tuple(shlex.split(str(typed.get(CORPUS, ""))))
    except ValueError:
        problems[CORPUS] = "A quotation mark is missing at the end of a name."
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
        problems.setdefault(_blamed(fields, values, str(error)), problem)
        return FormValues(inputs, None, problems)
    return FormValues(inputs, None if problems else options, problems)


def read_value(field: FormField, typed: Typed) -> Any:
    """The value of what is typed into a field.

    Raises:
        OptionError: it is no number where one is needed.
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


def _blamed(fields: list[FormField], values: dict[str, Any], sentence: str) -> str:
    """The field that what is wrong is about: with its default, something else is, or nothing.

    Args:
        fields: of the form.
        values: of the fields.
        sentence: what is wrong with them.

    Returns:
        Its name; "" where it is about no single field.
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
