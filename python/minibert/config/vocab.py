"""The options of `minibert vocab`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import cased, check, errors, layout, option

ALGORITHMS = ("count", "likelihood")
"""The two adjacent tokens to merge next: those with the highest count, or those with the highest
likelihood gain (count divided by the counts of both)."""

VOCABULARY = "Vocabulary"


@dataclass(frozen=True, slots=True)
class VocabOptions:
    """The options of `minibert vocab`."""

    layout: str = layout()
    errors: str = errors()
    cased: bool = cased()

    size: int = option(8192, VOCABULARY, "Maximum number of tokens in the vocabulary.", minimum=6)
    algorithm: str = option(
        "count",
        VOCABULARY,
        "Rule for the next merge: the most frequent pair of adjacent tokens, or the pair with the "
        "highest count divided by the counts of both tokens.",
        ALGORITHMS,
    )
    min_frequency: int = option(
        2, VOCABULARY, "Minimum count of a pair of tokens to be merged.", minimum=1
    )
    limit_alphabet: int | None = option(
        None,
        VOCABULARY,
        "Maximum number of different characters, the most frequent ones; default: half of --size, "
        "at least 1,000.",
        minimum=1,
    )
    out: str | None = option(None, VOCABULARY, "Folder for the tokenizer.", short="-o")

    def __post_init__(self) -> None:
        check(self)

    @property
    def alphabet(self) -> int:
        """The number of characters to keep.

        Writing systems with thousands of characters need more than the 1,000 of `tokenizers`.
        """
        if self.limit_alphabet is not None:
            return self.limit_alphabet
        return max(1000, self.size // 2)
