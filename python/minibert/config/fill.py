"""The options of `minibert fill`."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.config.fields import check, check_positive, device, model, option
from minibert.errors import OptionError

ANSWERS, LINES = "Answers", "Lines"


@dataclass(frozen=True, slots=True)
class FillOptions:
    """Which model fills masks, what it is asked, and how answers are written."""

    model: str | None = model()

    top_k: int = option(5, ANSWERS, "Answers for each mask, at most.", short="-k")
    targets: str | None = option(
        None, ANSWERS, "Score these words, and no others: cat,dog,unicorn."
    )
    pieces: int = option(
        1, ANSWERS, "Answer whole words of at most so many pieces; at 1, answers are pieces."
    )
    temperature: float = option(
        1.0, ANSWERS, "What scores are divided by before they become probabilities."
    )
    iterative: bool = option(
        False, ANSWERS, "Fill one mask after another, the surest first, looking again each time."
    )

    json_in: bool = option(
        False,
        LINES,
        'Read lines of JSON: "text" or {"text": "…", "targets": ["…"]}; other keys are kept.',
    )

    device: str = device()

    def __post_init__(self) -> None:
        check(self)
        check_positive("temperature", self.temperature)
        if self.targets is not None and not self.target_words:
            raise OptionError("--targets names no word; give words with commas between them")
        if self.targets is not None and self.pieces > 1:
            raise OptionError(
                "--targets names the words, and --pieces is of words that are searched for; "
                "leave one of them out"
            )

    @property
    def target_words(self) -> tuple[str, ...] | None:
        """The words that `targets` names; None: any."""
        if self.targets is None:
            return None
        words = (word.strip() for word in self.targets.split(","))
        return tuple(word for word in words if word)
