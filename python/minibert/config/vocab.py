"""The options of `minibert vocab`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import cased, check, errors, layout, option

ALGORITHMS = ("count", "likelihood")

"""Which two pieces of a vocabulary become one: those that occur side by side most, or most for how
common they are."""

VOCABULARY = "Vocabulary"


@dataclass(frozen=True, slots=True)
class VocabOptions:
    """What to learn a vocabulary from, how large, by what rule, and where to put it."""

    layout: str = layout()
    errors: str = errors()
    cased: bool = cased()

    size: int = option(8192, VOCABULARY, "Pieces in the vocabulary, at most.")
    algorithm: str = option(
        "count",
        VOCABULARY,
        "Which two pieces become one: those that occur side by side most, or most for how common "
        "they are.",
        ALGORITHMS,
    )
    min_frequency: int = option(
        2, VOCABULARY, "Two pieces that occur side by side less often do not become one."
    )
    limit_alphabet: int | None = option(
        None,
        VOCABULARY,
        "Different characters that are kept, the commonest; half of --size, and at least 1,000, "
        "by default.",
    )
    out: str | None = option(None, VOCABULARY, "The tokenizer's folder.", short="-o")

    def __post_init__(self) -> None:
        check(self)

    @property
    def alphabet(self) -> int:
        """How many characters are kept.

        Writing systems of thousands of characters need more than the reference's 1,000.
        """
        if self.limit_alphabet is not None:
            return self.limit_alphabet
        return max(1000, self.size // 2)
