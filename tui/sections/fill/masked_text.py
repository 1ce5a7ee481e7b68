"""A text with masks: its words, and the words that its masks hide."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from minibert.tui.models.token_spans import token_spans

if TYPE_CHECKING:
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

MASK = "[MASK]"
CONTINUATION = "##"  # the prefix of a token that continues a word


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, as the tokenizer splits it.

    Attributes:
        text: its characters.
        start: the index of its first character.
        end: the index after its last character.
        mask: the number of the mask, from 0; None for any other word.
    """

    text: str
    start: int
    end: int
    mask: int | None


@dataclass(frozen=True, slots=True)
class MaskedText:
    """A text with masks.

    Attributes:
        text: the text, with `[MASK]` in place of the hidden words.
        hidden: the word that each mask hides; None for a mask that was typed.
    """

    text: str
    hidden: tuple[str | None, ...] = ()

    def edited(self, text: str) -> MaskedText:
        """The text after an edit; masks outside the edited part keep their hidden words."""
        before = text[: _common_prefix(self.text, text)]
        rest = self.text[len(before) :], text[len(before) :]
        after = text[len(text) - _common_prefix(*(part[::-1] for part in rest)) :]
        first, last = before.count(MASK), after.count(MASK)
        typed = text.count(MASK) - first - last
        kept_last = self.hidden[len(self.hidden) - last :]
        return MaskedText(text, (*self.hidden[:first], *(None,) * typed, *kept_last))

    def mask(self, word: Word) -> MaskedText:
        """Replace a word by a mask."""
        number = self._masks_before(word)
        hidden = (*self.hidden[:number], word.text, *self.hidden[number:])
        return MaskedText(self._replaced(word, MASK), hidden)

    def fill(self, word: Word, token: str) -> MaskedText:
        """Replace a mask by a token; a continuation joins the word before."""
        mask = self._masks_before(word)
        if token.startswith(CONTINUATION) and len(token) > len(CONTINUATION):
            start = len(self.text[: word.start].rstrip())
            word, token = dataclasses.replace(word, start=start), token[len(CONTINUATION) :]
        hidden = self.hidden[:mask] + self.hidden[mask + 1 :]
        return MaskedText(self._replaced(word, token), hidden)

    def _masks_before(self, word: Word) -> int:
        """The number of masks before a word."""
        return self.text[: word.start].count(MASK)

    def _replaced(self, word: Word, text: str) -> str:
        return self.text[: word.start] + text + self.text[word.end :]


def _common_prefix(one: str, other: str) -> int:
    """The length of the common prefix of two texts."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((n for n, (a, b) in pairs if a != b), min(len(one), len(other)))


def words_of(tokenizer: WordPieceTokenizer, text: str) -> tuple[Word, ...]:
    """The words of a text."""
    tokens = [token for token in token_spans(tokenizer, text) if token.word is not None]
    words: list[Word] = []
    masks = 0
    for _, group in groupby(tokens, key=lambda token: token.word):
        in_word = list(group)
        start, end = in_word[0].start, max(token.end for token in in_word)
        is_mask = in_word[0].id == tokenizer.mask_token_id
        words.append(Word(text[start:end], start, end, masks if is_mask else None))
        masks += is_mask
    return tuple(words)
