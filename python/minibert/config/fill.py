"""The options of `minibert fill`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import check, check_positive, device, model, option
from minibert.errors import OptionError

ANSWERS, LINES = "Answers", "Lines"


@dataclass(frozen=True, slots=True)
class FillOptions:
    """The options of `minibert fill`."""

    model: str | None = model()

    top_k: int = option(5, ANSWERS, "Maximum number of answers per mask.", short="-k", minimum=1)
    targets: str | None = option(None, ANSWERS, "Score only these words, such as cat,dog,unicorn.")
    tokens: int = option(
        1,
        ANSWERS,
        "Maximum number of tokens per answer. Above 1, answers are whole words; at 1, single "
        "tokens.",
        minimum=1,
    )
    temperature: float = option(1.0, ANSWERS, "Softmax temperature.")
    iterative: bool = option(
        False,
        ANSWERS,
        "Fill one mask at a time, the most probable first, and predict the others again.",
    )

    json_in: bool = option(
        False,
        LINES,
        'Read JSON lines: "text" or {"text": "…", "targets": ["…"]}; other keys are copied to the '
        "output.",
    )

    device: str = device()

    def __post_init__(self) -> None:
        check(self)
        check_positive("temperature", self.temperature)
        if self.targets is not None and not self.target_words:
            raise OptionError("`targets` names no word; separate words by commas")
        if self.targets is not None and self.tokens > 1:
            raise OptionError(
                "`targets` lists the words to score, and `tokens` limits a search for words; "
                "leave one of them out"
            )

    @property
    def target_words(self) -> tuple[str, ...] | None:
        """The words in `targets`; None: all words."""
        if self.targets is None:
            return None
        words = (word.strip() for word in self.targets.split(","))
        return tuple(word for word in words if word)
