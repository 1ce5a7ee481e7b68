"""A text as the tokenizer cuts it: its pieces, and the characters that each comes from."""

from __future__ import annotations

from dataclasses import dataclass

from minibert.tokenizer.wordpiece import WordPieceTokenizer


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """One piece of a text.

    Attributes:
        piece: as the vocabulary has it.
        id: its id.
        start: the first character that it comes from.
        end: the one after the last; `start` for added special pieces.
        text: these characters.
        word: the number of its word; None for added special pieces.
        unknown: whether it is `[UNK]`, a word that has no pieces.
    """

    piece: str
    id: int
    start: int
    end: int
    text: str
    word: int | None
    unknown: bool


def token_spans(tokenizer: WordPieceTokenizer, text: str) -> list[TokenSpan]:
    """Cut a text, `[CLS]` and `[SEP]` added.

    Raises:
        TextError: the text has a lone surrogate.
    """
    encoding = tokenizer.without_truncation().without_padding().encode(text)
    unknown = tokenizer.unk_token_id
    return [
        TokenSpan(piece, id, start, end, text[start:end], word, id == unknown)
        for piece, id, (start, end), word in zip(
            encoding.tokens, encoding.ids, encoding.offsets, encoding.word_ids, strict=True
        )
    ]


def describe_cut(pieces: list[TokenSpan]) -> str:
    """What became of a text, in a line: how many pieces and words, and which have no piece."""
    words = [piece.word for piece in pieces if piece.word is not None]
    cut = sum(words.count(word) > 1 for word in set(words))
    unknown = [piece.text for piece in pieces if piece.unknown]
    parts = [_count(len(pieces), "piece"), _count(len(set(words)), "word")]
    if cut:
        parts.append(f"{cut} of them cut")
    if unknown:
        different = " ".join(dict.fromkeys(unknown))
        parts.append(f"{len(unknown)} [UNK], with no piece for: {different}")
    return " · ".join(parts)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
