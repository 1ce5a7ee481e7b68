"""Texts to arrays of ids: what is taken, what is refused, and what changes nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minibert.errors import (
    CorpusError,
    FileError,
    MinibertError,
    OptionError,
    TextError,
    TextTypeError,
)
from minibert.tokenizer.wordpiece import SPECIAL_TOKENS, WordPieceTokenizer

LETTERS = [*"abcdé.中", "##a", "##b", "##c", "ab", "##bc"]


@pytest.fixture(scope="module")
def tokenizer() -> WordPieceTokenizer:
    return WordPieceTokenizer.from_vocab([*SPECIAL_TOKENS, *LETTERS], strip_accents=False)


def alone(tokenizer: WordPieceTokenizer, texts: list[str], **options: Any) -> list[list[int]]:
    return [tokenizer.encode(text, **options).ids for text in texts]


def parts(arrays: tuple[Any, Any]) -> list[list[int]]:
    ids, boundaries = arrays
    assert (ids.dtype, boundaries.dtype) == (np.int32, np.int64)
    return [part.tolist() for part in np.split(ids, boundaries[1:-1])]


TEXTS = ["ab c", "", "a[MASK]b. 中é" * 300, "  ", "abcabc" * 40, "É\u0301 a\u000bb"]


@pytest.mark.parametrize("special", [False, True])
def test_each_text_has_the_same_ids_as_alone(tokenizer: WordPieceTokenizer, special: bool) -> None:
    expected = alone(tokenizer, TEXTS, add_special_tokens=special)
    for texts in (TEXTS, tuple(TEXTS), iter(TEXTS), np.array(TEXTS, dtype=object)):
        arrays = tokenizer.encode_ragged(texts, add_special_tokens=special)
        assert parts(arrays) == expected


def test_the_lines_of_a_file_are_its_texts(tokenizer: WordPieceTokenizer, tmp_path: Path) -> None:
    path = tmp_path / "texts.txt"
    texts = ["ab", "", "c é", "b" * 90] * 5000
    for end in ("\n", "\r\n"):
        path.write_bytes("".join(text + end for text in texts).encode())
        ids, boundaries = tokenizer.encode_ragged(path)
        from_list = tokenizer.encode_ragged(texts)
        assert np.array_equal(ids, from_list[0])
        assert np.array_equal(boundaries, from_list[1])


def test_a_file_that_cannot_be_encoded_is_named(
    tokenizer: WordPieceTokenizer, tmp_path: Path
) -> None:
    path = tmp_path / "texts.txt"
    with pytest.raises(FileError, match=r"texts\.txt"):
        tokenizer.encode_ragged(path)
    path.write_bytes(b"ab\nc\xff")
    with pytest.raises(CorpusError, match=r"texts\.txt.*byte 4"):
        tokenizer.encode_ragged(path)
    with pytest.raises(FileError):
        tokenizer.encode_ragged(tmp_path)


@pytest.mark.parametrize(
    ("texts", "error", "message"),
    [
        ("ab", TextTypeError, "the batch is of type str, not a list of texts"),
        (b"ab", TextTypeError, "the batch is of type bytes"),
        (7, TextTypeError, "the batch is of type int"),
        (["ab", None], TextTypeError, "text 1 of the batch is of type NoneType"),
        (["ab", b"ab"], TextTypeError, "text 1 of the batch is of type bytes"),
        ([("ab", "c")], TextTypeError, "text 0 of the batch is of type tuple"),
        (["ab", "a\ud800"], TextError, "text 1 of the batch has a lone surrogate at character 1"),
    ],
)
def test_an_item_that_is_not_a_text_is_refused_by_its_number(
    tokenizer: WordPieceTokenizer, texts: Any, error: type[MinibertError], message: str
) -> None:
    with pytest.raises(error, match=message):
        tokenizer.encode_ragged(texts)


def test_neither_threads_nor_memory_change_the_result(tokenizer: WordPieceTokenizer) -> None:
    words = [a + b + c for a in "abcdx" for b in ("", *LETTERS) for c in ("", ".", "ab", "bcab")]
    texts = [" ".join(words[n % 97 :]) for n in range(3000)]
    ids, boundaries = tokenizer.encode_ragged(texts, threads=1)
    for other in (tokenizer, tokenizer.with_cache(0), tokenizer.with_cache(10_000)):
        for threads in (1, 2, 7, None):
            again = other.encode_ragged(texts, threads=threads)
            assert np.array_equal(again[0], ids)
            assert np.array_equal(again[1], boundaries)


def test_options_that_are_not_allowed_are_refused(tokenizer: WordPieceTokenizer) -> None:
    with pytest.raises(OptionError, match=r"threads must be 1 or more, .* not 0"):
        tokenizer.encode_ragged(["ab"], threads=0)
    with pytest.raises(OptionError, match="cache_bytes must be 0 or more, not -1"):
        tokenizer.with_cache(-1)
