"""A text with masks: its words, and what stood where masks are now."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from minibert.tui.models.token_spans import token_spans

if TYPE_CHECKING:
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

MASK = "[MASK]"
PART = "##"  # what a piece that goes on with a word begins with


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text as the tokenizer finds it.

    Attributes:
        text: as it stands there.
        start: its first character.
        end: the one after its last.
        mask: which mask it is, from 0; None for any other word.
    """

    text: str
    start: int
    end: int
    mask: int | None


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text, and what is known of its masks.

    Attributes:
        text: with `[MASK]` where a word is asked for.
        hidden: what stood at each mask; None where that is not known, since it was typed.
    """

    text: str
    hidden: tuple[str | None, ...] = ()

    def edited(self, text: str) -> MaskedText:
        """Another text was typed: what stood at masks is known of those that were left alone."""
        before = text[: _alike(self.text, text)]
        rest = self.text[len(before) :], text[len(before) :]
        after = text[len(text) - _alike(*(part[::-1] for part in rest)) :]
        first, last = before.count(MASK), after.count(MASK)
        typed = text.count(MASK) - first - last
        kept_last = self.hidden[len(self.hidden) - last :]
        return MaskedText(text, (*self.hidden[:first], *(None,) * typed, *kept_last))

    def mask(self, word: Word) -> MaskedText:
        """Put a mask in a word's place."""
        number = self._masks_before(word)
        hidden = (*self.hidden[:number], word.text, *self.hidden[number:])
        return MaskedText(self._replaced(word, MASK), hidden)

    def fill(self, word: Word, answer: str) -> MaskedText:
        """Put an answer in a mask's place; a part of a word joins the word before."""
        mask = self._masks_before(word)
        if answer.startswith(PART) and len(answer) > len(PART):
            start = len(self.text[: word.start].rstrip())
            word, answer = dataclasses.replace(word, start=start), answer[len(PART) :]
        hidden = self.hidden[:mask] + self.hidden[mask + 1 :]
        return MaskedText(self._replaced(word, answer), hidden)

    def _masks_before(self, word: Word) -> int:
        """How many masks are before a word."""
        return self.text[: word.start].count(MASK)

    def _replaced(self, word: Word, text: str) -> str:
        return self.text[: word.start] + text + self.text[word.end :]


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def words_of(tokenizer: WordPieceTokenizer, text: str) -> tuple[Word, ...]:
    """The words that a tokenizer finds in a text."""
    pieces = [piece for piece in token_spans(tokenizer, text) if piece.word is not None]
    words: list[Word] = []
    masks = 0
    for _, parts in groupby(pieces, key=lambda piece: piece.word):
        same = list(parts)
        start, end = same[0].start, max(piece.end for piece in same)
        is_mask = same[0].id == tokenizer.mask_token_id
        words.append(Word(text[start:end], start, end, masks if is_mask else None))
        masks += is_mask
    return tuple(words)
