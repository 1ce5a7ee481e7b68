"""The options of `minibert prepare`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import cased, check, errors, flag, layout, option, vocab_size
from minibert.errors import OptionError
from minibert.io.units import parse_size

LEAST_MEMORY = 128 << 20

"""Less than this, in bytes, no token store is made in."""

VOCABULARY, MACHINE, RUN = "Vocabulary", "Machine", "Run"


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """What to cut into tokens, by what tokenizer, in how much memory, and where to put them."""

    layout: str = layout()
    errors: str = errors()
    cased: bool = cased()

    tokenizer: str | None = option(
        None, VOCABULARY, "A tokenizer's folder; by default one is learned from the corpus."
    )
    vocab_size: int = vocab_size(VOCABULARY)
    memory: str = option(
        "512M", MACHINE, "What the tokens are made in, about: 512M, 2G; at least 128M."
    )
    out: str | None = option(None, RUN, "The folder of tokens and tokenizer.", short="-o")

    def __post_init__(self) -> None:
        check(self)
        if parse_size(self.memory) < LEAST_MEMORY:
            least = f"{LEAST_MEMORY >> 20}M"
            raise OptionError(f"--memory is {self.memory}; it must be {least} or more")
        if self.tokenizer is None:
            return
        for name in ("vocab_size", "cased"):
            if getattr(self, name) != type(self).__dataclass_fields__[name].default:
                raise OptionError(
                    f"{flag(name)} is of a tokenizer that is learned, and --tokenizer names one; "
                    "leave one of them out"
                )
