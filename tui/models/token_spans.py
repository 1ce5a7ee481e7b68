"""The tokens of a text, and the characters that each token covers."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.tokenizer.wordpiece import WordPieceTokenizer


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """One token of a text.

    Attributes:
        token: as in the vocabulary.
        id: its id.
        start: the first character that it covers.
        end: the character after the last one; `start` for `[CLS]` and `[SEP]`.
        text: the characters.
        word: the number of its word; None for `[CLS]` and `[SEP]`.
        unknown: whether it is `[UNK]`.
    """

    token: str
    id: int
    start: int
    end: int
    text: str
    word: int | None
    unknown: bool


def token_spans(tokenizer: WordPieceTokenizer, text: str) -> list[TokenSpan]:
    """Tokenize a text, with `[CLS]` and `[SEP]`.

    Raises:
        TextError: the text has a lone surrogate.
    """
    encoding = tokenizer.without_truncation().without_padding().encode(text)
    unknown = tokenizer.unk_token_id
    return [
        TokenSpan(token, id, start, end, text[start:end], word, id == unknown)
        for token, id, (start, end), word in zip(
            encoding.tokens, encoding.ids, encoding.offsets, encoding.word_ids, strict=True
        )
    ]


def describe_tokens(tokens: list[TokenSpan]) -> str:
    """A line with the number of tokens, of words and of split words, and the unknown words."""
    words = [token.word for token in tokens if token.word is not None]
    split = sum(words.count(word) > 1 for word in set(words))
    unknown = [token.text for token in tokens if token.unknown]
    parts = [_count(len(tokens), "token"), _count(len(set(words)), "word")]
    if split:
        parts.append(f"{split} split")
    if unknown:
        different = " ".join(dict.fromkeys(unknown))
        parts.append(f"{len(unknown)} [UNK]: {different}")
    return " · ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
