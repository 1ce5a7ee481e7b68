"""From a pattern to a sentence: choices, slots, articles, capitals and number words.

A pattern is text with two marks. ``{a|b|c}`` is a choice, which may hold further choices and may
be empty; ``[name.attribute]`` is a slot, filled from the cast of the document.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from smallworld.chance import Chance

_INNERMOST_CHOICE = re.compile(r"\{([^{}]*)\}")
_SLOT = re.compile(r"\[([a-z_0-9.]+)\]")
_ARTICLE = re.compile(r"\b([Aa]) (?=(?:[aeiou]|hour|honest))(?!one\b|use|uni)")
_SENTENCE_START = re.compile(r'(^"?|[.!?] "?|[,:] ")([a-z])')
_QUOTE_BROKEN_OFF = re.compile(r',"[^",]*$')
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")

_ONES = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
_TENS = [
    "zero",
    "ten",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
]
ORDINALS = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
]


def number(value: int) -> str:
    """Spell a number from 0 to 100."""
    if value < 20:
        return _ONES[value]
    if value == 100:
        return "a hundred"
    tens, ones = divmod(value, 10)
    return f"{_TENS[tens]}-{_ONES[ones]}" if ones else _TENS[tens]


def coins(value: int) -> str:
    """Spell a price, with the noun in the right number."""
    return "one coin" if value == 1 else f"{number(value)} coins"


def count_words(sentence: str) -> int:
    """Count the words of a sentence."""
    return len(_WORD.findall(sentence))


def _choose(pattern: str, chance: Chance) -> str:
    while True:
        found = _INNERMOST_CHOICE.search(pattern)
        if found is None:
            return pattern
        option = chance.pick(found.group(1).split("|"))
        pattern = pattern[: found.start()] + option + pattern[found.end() :]


def _look_up(path: str, cast: Mapping[str, object]) -> str:
    name, *attributes = path.split(".")
    value = cast[name]
    for attribute in attributes:
        value = getattr(value, attribute)
    return str(value)


def write(
    pattern: str, cast: Mapping[str, object], chance: Chance, *, sentence: bool = True
) -> str:
    """Write the text of a pattern: choices made, slots filled, spelling put right.

    Only a sentence gets its capitals; a phrase is left to be put into one.
    """
    text = _choose(pattern, chance)
    text = _SLOT.sub(lambda slot: _look_up(slot.group(1), cast), text)
    text = re.sub(r" +", " ", text).strip()
    text = re.sub(r" ([,.!?])", r"\1", text)
    text = _ARTICLE.sub(r"\1n ", text)
    if not sentence:
        return text
    return _SENTENCE_START.sub(_capital, text)


def _capital(start: re.Match[str]) -> str:
    """Put the capital, but not where a quotation goes on after its "he said"."""
    before, letter = start.groups()
    if before == ', "' and _QUOTE_BROKEN_OFF.search(start.string[: start.start()]):
        return start.group()
    return before + letter.upper()
