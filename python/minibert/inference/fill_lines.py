"""Fills the masks of a stream of lines, in chunks, for `minibert fill`."""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from minibert.data.collator import batched
from minibert.errors import TextError
from minibert.inference.fill_mask import FillSteps, as_pipeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from minibert.config import FillOptions
    from minibert.inference.fill_mask import FillMask, FillMaskPrediction


@dataclass(frozen=True, slots=True)
class FillRequest:
    """A text to fill.

    Attributes:
        text: with its masks.
        targets: words to score in this text, instead of the targets of all texts.
        given: the JSON object of the line, if it was one.
    """

    text: str
    targets: tuple[str, ...] | None = None
    given: dict[str, Any] | None = field(default=None, compare=False)

    @classmethod
    def of_json(cls, line: str, number: int) -> FillRequest:
        """Read a JSON line: a string, or an object with `text` and optionally `targets`.

        Args:
            line: one line.
            number: of the line, counted from 1.

        Raises:
            TextError: it is neither.
        """
        try:
            given = json.loads(line)
        except ValueError as error:
            raise TextError(f"line {number} is not JSON: {error}") from None
        if isinstance(given, str):
            return cls(given)
        if not isinstance(given, dict) or not isinstance(given.get("text"), str):
            raise TextError(f'line {number} is neither a string nor an object with a "text"')
        targets = given.get("targets")
        if isinstance(targets, str):
            targets = [targets]
        if targets is None:
            return cls(given["text"], given=given)
        if not isinstance(targets, list) or not all(isinstance(word, str) for word in targets):
            raise TextError(f'the "targets" of line {number} are not a list of words')
        return cls(given["text"], tuple(targets), given)

    def answered(self, answers: list[list[FillMaskPrediction]] | FillSteps) -> Any:
        """The answers for JSON; a given object keeps its other keys."""
        if isinstance(answers, FillSteps):
            steps = [dataclasses.asdict(step) for step in answers.steps]
            found: Any = {"text": answers.text, "order": answers.order, "steps": steps}
        else:
            found = as_pipeline(answers)
        return found if self.given is None else {**self.given, "answers": found}


def fill_lines(
    fill: FillMask, lines: Iterable[FillRequest], options: FillOptions
) -> Iterator[tuple[FillRequest, list[list[FillMaskPrediction]] | FillSteps]]:
    """Each line with the answers for its masks, in order. Lines are read in chunks.

    Raises:
        TextError: a line has no mask, or is too long.
        OptionError: a line has no target that can be scored.
    """
    for chunk in batched(lines):
        by_targets: defaultdict[tuple[str, ...] | None, list[int]] = defaultdict(list)
        for number, line in enumerate(chunk):
            targets = options.target_words if line.targets is None else line.targets
            by_targets[targets].append(number)
        answers: dict[int, list[list[FillMaskPrediction]] | FillSteps] = {}
        for targets, numbers in by_targets.items():
            texts = [chunk[number].text for number in numbers]
            answers.update(zip(numbers, _fill(fill, texts, targets, options), strict=True))
        yield from ((line, answers[number]) for number, line in enumerate(chunk))


def _fill(
    fill: FillMask, texts: list[str], targets: tuple[str, ...] | None, options: FillOptions
) -> list[Any]:
    how = fill.iterate if options.iterative else fill.each_mask
    return how(
        texts,
        targets=targets,
        top_k=options.top_k,
        temperature=options.temperature,
        tokens=options.tokens,
    )
