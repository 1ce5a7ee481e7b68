"""A field of an options dataclass: what a person reads of it, and what it may be.

A field's name is the option's name, its default the default.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
from typing import Any

from minibert.errors import OptionError

LAYOUTS = ("auto", "sentences", "paragraphs", "wrapped", "files")

"""`sentences`: a sentence a line, blank lines between documents (BERT's own format). `paragraphs`:
a paragraph a line. `wrapped`: lines wrapped at a width. `files`: each file is a document. `auto`:
found by looking at each file."""


TABLE_FORMATS = ("auto", "tsv", "csv", "jsonl", "conll", "lines")

"""`tsv`: columns between tabs, without quotes. `csv`: between commas, with quotes where needed.
`jsonl`: a JSON object a line. `conll`: a word a line with its columns, a blank line after each
sentence. `lines`: a text a line. `auto`: by the file's name, else by looking at its first lines."""

TABLE_HEADERS = ("auto", "yes", "no")

"""Whether the first row of a table has the columns' names."""


def option(
    default: Any, panel: str, help: str, choices: tuple[str, ...] = (), short: str | None = None
) -> Any:
    """A field, under which heading its option stands, what is said of it, and what it may be."""
    metadata = {"panel": panel, "help": help, "choices": choices, "short": short}
    return dataclasses.field(default=default, metadata=metadata)


def layout() -> Any:
    """How a corpus is laid out."""
    return option("auto", "Corpus", "How the text is laid out.", LAYOUTS)


def errors() -> Any:
    """What becomes of bytes that are no UTF-8."""
    return option(
        "strict", "Corpus", "What to do with bytes that are not UTF-8.", ("strict", "replace")
    )


def cased() -> Any:
    """Whether capitals and accents are kept."""
    return option(False, "Corpus", "Keep capitals and accents; by default both are dropped.")


def vocab_size(panel: str) -> Any:
    """How many pieces a vocabulary has."""
    return option(8192, panel, "Pieces in the vocabulary, at most.")


def model() -> Any:
    """Which model is used."""
    return option(
        None, "Model", "A run or model folder; the newest finished run by default.", short=None
    )


def table_format() -> Any:
    """What a file of labelled texts is."""
    return option("auto", "Data", "What the file is.", TABLE_FORMATS)


def table_header() -> Any:
    """Whether a table has a header."""
    return option("auto", "Data", "Whether the first row names the columns.", TABLE_HEADERS)


def device() -> Any:
    """Where to compute."""
    return option("auto", "Machine", "cpu, cuda, mps or auto.")


def check(options: Any) -> None:
    """Raises if a field is none of its choices, or too small or large to make sense at all."""
    for field in dataclasses.fields(options):
        value, choices = getattr(options, field.name), field.metadata["choices"]
        if choices and value is not None and value not in choices:
            near = difflib.get_close_matches(value, choices, n=1)
            near += [choice for choice in choices if value and value in choice]
            meant = f"; did you mean {near[0]}?" if near else ""
            raise OptionError(
                f"{flag(field.name)} is {value!r}; it is one of {', '.join(choices)}{meant}"
            )
        if value is None or field.name not in _LEAST:
            continue
        if value < _LEAST[field.name]:
            least = _LEAST[field.name]
            raise OptionError(f"{flag(field.name)} is {value}; it must be {least} or more")
        if value >= 2**63:
            raise OptionError(f"{flag(field.name)} is {value}; it must be below 2**63")


# The smallest value of each number that makes sense at all.
_LEAST = {
    "layers": 1,
    "hidden_size": 1,
    "heads": 1,
    "vocab_size": 6,
    "seq_len": 8,
    "max_predictions_per_seq": 1,
    "steps": 1,
    "batch_size": 1,
    "accumulate": 1,
    "seed": 0,
    "seeds": 1,
    "folds": 2,
    "patience": 1,
    "checkpoint_every": 1,
    "keep": 1,
    "log_every": 1,
    "threads": 1,
    "size": 6,
    "min_frequency": 1,
    "limit_alphabet": 1,
    "top_k": 1,
    "pieces": 1,
    "layer": 1,
    "head": 1,
}


def check_positive(name: str, value: float | None) -> None:
    """Raises if a number is not finite and above 0."""
    if value is not None and not 0 < value < float("inf"):
        raise OptionError(f"{flag(name)} is {value}; it must be a number above 0")


def check_share(name: str, value: float | None) -> None:
    """Raises if a share of the pieces is not above 0 and at most 1."""
    if value is None or 0 < value <= 1:
        return
    if 1 < value <= 100:
        meant = f"for {value:g} % give {value / 100:g}"
    else:
        meant = "give 1" if value > 1 else "BERT's is 0.15"
    raise OptionError(f"{flag(name)} is {value:g}; it must be above 0 and at most 1: {meant}")


def nearest_multiple(number: int, of: int) -> int:
    """The multiple that is nearest to a number, and not 0."""
    return max(1, round(number / of)) * of


def flag(name: str) -> str:
    """A field's name as the command line has it."""
    return "--" + name.replace("_", "-")


def spell_flags(sentence: str) -> str:
    """Spell the options in a sentence as flags: `seq_len` in backticks becomes --seq-len."""
    return re.sub("`([a-z][a-z0-9_]*)`", lambda name: flag(name[1]), sentence)
