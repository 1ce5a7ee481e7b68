"""A document in the making: its cast, and the sentences said so far."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from smallworld.asides import POOLS
from smallworld.chance import Chance
from smallworld.grammar import count_words, write

FEWEST_WORDS, MOST_WORDS = 4, 18
_DRAWS = 6
_MARK = re.compile(r"([?*~])(\d+)")


@dataclass
class Page:
    """One document.

    ``cast`` fills the slots of patterns; ``heard`` counts the sentences of the whole corpus, so
    that a sentence nobody has read yet is preferred.
    """

    chance: Chance
    heard: dict[str, int]
    cast: dict[str, object] = field(default_factory=dict)
    sentences: list[str] = field(default_factory=list)
    asides: list[str] = field(default_factory=list)

    def say(self, *patterns: str) -> None:
        """Write one sentence after one of ``patterns``."""
        drafts = [self._draft(patterns)]
        while len(drafts) < _DRAWS and drafts[-1] in self.heard:
            drafts.append(self._draft(patterns))
        fresh = [draft for draft in drafts if draft not in self.sentences]
        if not fresh:
            return
        sentence = min(fresh, key=lambda draft: self.heard.get(draft, 0))
        self.heard[sentence] = self.heard.get(sentence, 0) + 1
        self.sentences.append(sentence)

    def tell(self, script: str) -> None:
        """Write the sentences of a script.

        A script is steps with blank lines between them; a step is patterns, one a line. A first
        line ``?40`` writes the step in 40 of 100 documents; ``*2`` takes two of its patterns in
        their order, and ``~2`` two in any order. Otherwise one pattern is taken. A line
        ``@outdoors`` or ``@indoors`` stands for the patterns of that pool of asides.
        """
        for step in script.strip().split("\n\n"):
            lines = step.split("\n")
            mode, amount = "?", 100
            if mark := _MARK.fullmatch(lines[0]):
                mode, amount = mark.group(1), int(mark.group(2))
                del lines[0]
            self._tell_step(mode, amount, [p for line in lines for p in self._patterns(line)])

    def _patterns(self, line: str) -> Sequence[str]:
        """Return the patterns of a line; an aside is drawn from those not used on this page."""
        if not line.startswith("@"):
            return [line]
        winter = str(self.cast.get("season")) == "winter"
        pool = POOLS["@winter" if winter and line == "@outdoors" else line]
        unused = [pattern for pattern in pool if pattern not in self.asides]
        self.asides.append(self.chance.pick(unused))
        return self.asides[-1:]

    def _tell_step(self, mode: str, amount: int, patterns: Sequence[str]) -> None:
        if mode == "?":
            if self.chance.below(100) < amount:
                self.say(*patterns)
            return
        kept = self.chance.sample(range(len(patterns)), amount)
        for index in sorted(kept) if mode == "*" else kept:
            self.say(patterns[index])

    def set(self, **patterns: str) -> None:
        """Write each pattern once and put the text in the cast under its name."""
        for name, pattern in patterns.items():
            self.cast[name] = write(pattern, self.cast, self.chance, sentence=False)

    def pick(self, name: str, options: Sequence[object]) -> object:
        """Put one of ``options`` in the cast under ``name`` and return it."""
        choice = self.chance.pick(options)
        self.cast[name] = choice
        return choice

    def _draft(self, patterns: Sequence[str]) -> str:
        for _ in range(40):
            sentence = write(self.chance.pick(patterns), self.cast, self.chance)
            if FEWEST_WORDS <= count_words(sentence) <= MOST_WORDS:
                return sentence
        raise ValueError(f"no pattern gives 4 to 18 words: {patterns[0]}")
