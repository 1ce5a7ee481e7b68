"""The options of `minibert prepare`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import cased, check, errors, layout, option, vocab_size
from minibert.errors import OptionError
from minibert.io.units import parse_size

MIN_MEMORY = 128 << 20
"""The least memory for tokenization, in bytes."""

VOCABULARY, MACHINE, RUN = "Vocabulary", "Machine", "Run"


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """The options of `minibert prepare`."""

    layout: str = layout()
    errors: str = errors()
    cased: bool = cased()

    tokenizer: str | None = option(
        None, VOCABULARY, "Tokenizer folder; default: a tokenizer is trained on the corpus."
    )
    vocab_size: int = vocab_size(VOCABULARY)
    memory: str = option(
        "512M",
        MACHINE,
        "Approximate memory limit for tokenization, such as 512M or 2G; minimum 128M.",
    )
    out: str | None = option(None, RUN, "Folder for the tokens and the tokenizer.", short="-o")

    def __post_init__(self) -> None:
        check(self)
        if parse_size(self.memory) < MIN_MEMORY:
            minimum = f"{MIN_MEMORY >> 20}M"
            raise OptionError(f"`memory` is {self.memory}; it must be {minimum} or more")
        if self.tokenizer is None:
            return
        for name in ("vocab_size", "cased"):
            if getattr(self, name) != type(self).__dataclass_fields__[name].default:
                raise OptionError(
                    f"`{name}` applies to a new tokenizer, and `tokenizer` names an existing one; "
                    "leave one of them out"
                )
