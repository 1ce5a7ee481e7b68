"""The fields of the options dataclasses: help text, allowed values, checks.

A field's name is the option's name, and its default is the option's default.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from typing import Any

from minibert.config.recipe import RECIPES
from minibert.errors import OptionError

LAYOUTS = ("auto", "sentences", "paragraphs", "wrapped", "files")
"""`sentences`: one sentence per line, blank lines between documents (BERT's format). `paragraphs`:
one paragraph per line. `wrapped`: paragraphs wrapped at a line width. `files`: each file is one
document. `auto`: detected for each file."""

TABLE_FORMATS = ("auto", "tsv", "csv", "jsonl", "conll", "lines")
"""`tsv`: tab-separated columns without quotes. `csv`: comma-separated columns, quoted where needed.
`jsonl`: one JSON object per line. `conll`: one word with its columns per line, a blank line after
each sentence. `lines`: one text per line. `auto`: by the file's name, else by its first lines."""

TABLE_HEADERS = ("auto", "yes", "no")
"""Whether the first row of a table holds the names of the columns."""


def option(
    default: Any,
    panel: str,
    help: str,
    choices: tuple[str, ...] = (),
    short: str | None = None,
    minimum: int | None = None,
) -> Any:
    """A dataclass field for one option.

    Args:
        default: of the option.
        panel: the heading of the option's group in the help.
        help: the help text; it may name options as flags.
        choices: the allowed values, if they are few.
        short: the one-letter flag, such as `-o`.
        minimum: the smallest useful value of an integer.
    """
    metadata = {
        "panel": panel,
        "help": help,
        "choices": choices,
        "short": short,
        "minimum": minimum,
    }
    return dataclasses.field(default=default, metadata=metadata)


def layout() -> Any:
    """The layout of a corpus."""
    return option("auto", "Corpus", "Layout of the text files.", LAYOUTS)


def errors() -> Any:
    """The treatment of bytes that are not UTF-8."""
    return option(
        "strict", "Corpus", "Refuse or replace bytes that are not UTF-8.", ("strict", "replace")
    )


def cased() -> Any:
    """Whether the tokenizer keeps capitals and accents."""
    return option(False, "Corpus", "Keep capitals and accents; both are removed by default.")


def vocab_size(panel: str) -> Any:
    """The size of a vocabulary to train."""
    return option(8192, panel, "Maximum number of tokens in the vocabulary.", minimum=6)


def model() -> Any:
    """The model to use."""
    return option(None, "Model", "Run or model folder; default: the newest finished run.")


def table_format() -> Any:
    """The format of a file of labelled texts."""
    return option("auto", "Data", "Format of the file.", TABLE_FORMATS)


def table_header() -> Any:
    """Whether a table has a header row."""
    return option("auto", "Data", "Whether the first row names the columns.", TABLE_HEADERS)


def device() -> Any:
    """The device to compute on."""
    return option("auto", "Machine", "Device: cpu, cuda, mps or auto.")


def check(options: Any) -> None:
    """Check that each field has one of its choices, and that numbers are in their range.

    Raises:
        OptionError: one is not.
    """
    for field in dataclasses.fields(options):
        value, choices = getattr(options, field.name), field.metadata["choices"]
        if choices and value is not None and value not in choices:
            near = difflib.get_close_matches(value, choices, n=1)
            near += [choice for choice in choices if value and value in choice]
            meant = f"; did you mean {near[0]}?" if near else ""
            raise OptionError(
                f"`{field.name}` is {value!r}; it must be one of {', '.join(choices)}{meant}"
            )
        minimum = field.metadata["minimum"]
        if value is None or minimum is None:
            continue
        if value < minimum:
            raise OptionError(f"`{field.name}` is {value}; it must be {minimum} or more")
        if value >= 2**63:
            raise OptionError(f"`{field.name}` is {value}; it must be below 2**63")


def check_positive(name: str, value: float | None) -> None:
    """Check that a number is finite and above 0.

    Raises:
        OptionError: it is not.
    """
    if value is not None and not 0 < value < float("inf"):
        raise OptionError(f"`{name}` is {value}; it must be a number above 0")


def check_share(name: str, value: float | None) -> None:
    """Check that a share of the tokens is above 0 and at most 1.

    Raises:
        OptionError: it is not.
    """
    if value is None or 0 < value <= 1:
        return
    if 1 < value <= 100:
        meant = f"for {value:g} % give {value / 100:g}"
    else:
        meant = "give 1" if value > 1 else f"BERT uses {RECIPES['bert'].masked_lm_prob:g}"
    raise OptionError(f"`{name}` is {value:g}; it must be above 0 and at most 1: {meant}")


def nearest_multiple(number: int, of: int) -> int:
    """The multiple nearest to a number, and not 0."""
    return max(1, round(number / of)) * of


def flag(name: str) -> str:
    """The flag of an option: `seq_len` is --seq-len."""
    return "--" + name.replace("_", "-")


def spell_flags(sentence: str) -> str:
    """Spell the options in a sentence as flags: `seq_len` in backticks becomes --seq-len."""
    return re.sub("`([a-z][a-z0-9_]*)`", lambda name: flag(name[1]), sentence)
