"""Every character, and every pair of marks that could change places, as in the reference.

All of it takes a minute, so that `pytest` runs the basic plane alone; `pytest -m exhaustive` does
the rest.
"""

from __future__ import annotations

import itertools
import random
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import NFD, BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer

from minibert.tokenizer.wordpiece import SPECIAL_TOKENS, WordPieceTokenizer

SEPARATOR = SPECIAL_TOKENS.index("[SEP]")
UNKNOWN = SPECIAL_TOKENS.index("[UNK]")
BLOCK = 512

UNCASED = {
    "lowercase": True,
    "strip_accents": True,
    "handle_chinese_chars": True,
    "clean_text": True,
}
CASED = UNCASED | {"lowercase": False, "strip_accents": False}
USUAL = [UNCASED, CASED]
# The planes that the reference has rules about, but for the removal of private use in 15 and 16.
ASSIGNED = (0, 1, 2, 14)
OPTIONS = [dict(zip(UNCASED, on, strict=True)) for on in itertools.product((True, False), repeat=4)]


def name_of(options: dict[str, bool]) -> str:
    return "+".join(name for name, on in options.items() if on) or "none"


def scalars(plane: int) -> list[str]:
    codes = range(plane << 16, (plane + 1) << 16)
    return [chr(code) for code in codes if not 0xD800 <= code < 0xE000]


class Sides:
    """The reference and ours over one vocabulary: some characters and what becomes of them."""

    def __init__(self, chars: list[str]) -> None:
        forms = {"a", "b", "\u0301", *chars}
        for strip, lower in itertools.product((True, False), repeat=2):
            normalizer = BertNormalizer(strip_accents=strip, lowercase=lower)
            forms.update(normalizer.normalize_str(" ".join(chars)))
        words = sorted(form for form in forms if not form.isspace())
        self.tokens = [*SPECIAL_TOKENS, *words, *(f"##{char}" for char in words)]
        ids = {token: index for index, token in enumerate(self.tokens)}
        self.reference = Tokenizer(WordPiece(ids, unk_token="[UNK]"))
        self.reference.pre_tokenizer = BertPreTokenizer()
        self.reference.add_special_tokens(list(SPECIAL_TOKENS))

    def with_options(self, options: dict[str, bool]) -> tuple[Tokenizer, WordPieceTokenizer]:
        self.reference.normalizer = BertNormalizer(**options)
        return self.reference, WordPieceTokenizer.from_vocab(self.tokens, **options)


@lru_cache(maxsize=1)
def sides_of(plane: int) -> Sides:
    return Sides(scalars(plane))


def expected_ids(reference: Tokenizer, texts: list[str]) -> np.ndarray:
    found = reference.encode_batch_fast(texts, add_special_tokens=False)
    return np.fromiter(itertools.chain.from_iterable(each.ids for each in found), np.int32)


def blocks(chars: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(chars), BLOCK):
        yield chars[start : start + BLOCK]


def in_contexts(chars: list[str]) -> list[str]:
    """After a space, between letters, and followed by a combining mark."""
    return [" ".join(f"{c} a{c}b {c}\u0301" for c in block) for block in blocks(chars)]


def sweeps() -> Iterator[Any]:
    """Each plane with each option; a plane without characters of its own with the usual ones."""
    for plane in range(17):
        for options in OPTIONS if plane in ASSIGNED else USUAL:
            quick = plane == 0 and options in USUAL
            marks = () if quick else pytest.mark.exhaustive
            name = f"plane {plane}-{name_of(options)}"
            yield pytest.param(plane, options, marks=marks, id=name)


@pytest.mark.parametrize(("plane", "options"), list(sweeps()))
def test_every_character_has_the_reference_s_ids_in_every_context(
    plane: int, options: dict[str, bool]
) -> None:
    sides = sides_of(plane)
    reference, ours = sides.with_options(options)
    chars = scalars(plane)

    texts = in_contexts(chars)
    expected = expected_ids(reference, texts)
    ids, _ = ours.encode_ragged(texts)
    np.testing.assert_array_equal(ids, expected)
    # Each character is in the vocabulary, so that the ids tell it from all others.
    assert np.count_nonzero(expected == UNKNOWN) < 100

    # Alone: the reference takes what stands between special tokens as a text of its own.
    separated = ["[SEP]".join(["", *block]) for block in blocks(chars)]
    expected = expected_ids(reference, separated)
    ids, boundaries = ours.encode_ragged(chars)
    np.testing.assert_array_equal(np.insert(ids, boundaries[:-1], SEPARATOR), expected)


@pytest.mark.parametrize("options", USUAL, ids=name_of)
def test_the_reference_treats_a_character_between_special_tokens_as_a_text(
    options: dict[str, bool],
) -> None:
    chars = scalars(0)[::7]
    reference, _ = sides_of(0).with_options(options)
    between = reference.encode("[SEP]".join(["", *chars]), add_special_tokens=False).ids
    alone = expected_ids(reference, chars)
    assert [id for id in between if id != SEPARATOR] == alone.tolist()


@pytest.mark.exhaustive
@pytest.mark.parametrize("options", USUAL, ids=name_of)
@pytest.mark.parametrize("plane", ASSIGNED)
def test_every_character_has_the_reference_s_offsets_and_words(
    plane: int, options: dict[str, bool]
) -> None:
    reference, ours = sides_of(plane).with_options(options)
    assert_same_encodings(reference, ours, in_contexts(scalars(plane)))


def assert_same_encodings(reference: Tokenizer, ours: WordPieceTokenizer, texts: list[str]) -> None:
    expected = reference.encode_batch(texts, add_special_tokens=False)
    found = ours.encode_batch(texts, add_special_tokens=False)
    for theirs, our in zip(expected, found, strict=True):
        assert our.ids == theirs.ids
        assert our.offsets == theirs.offsets
        assert our.word_ids == theirs.word_ids


def surviving_non_starters() -> tuple[list[str], list[str]]:
    """Marks that accent stripping leaves in place: those that the reference's NFD moves, and those
    that only a newer Unicode gives a combining class."""
    nfd, strip = NFD(), BertNormalizer(strip_accents=True, lowercase=False, clean_text=False)
    # Classes 1 and 240, the lowest and the highest: a mark of any class changes places with one.
    lowest, highest = "\u0334", "\u0345"

    def moves(char: str) -> bool:
        below, above = f"a{char}{lowest}", f"a{highest}{char}"
        return nfd.normalize_str(below) != below or nfd.normalize_str(above) != above

    candidates = (char for plane in (0, 1, 14) for char in scalars(plane))
    survivors = [c for c in candidates if nfd.normalize_str(c) == c and strip.normalize_str(c) == c]
    moved = [char for char in survivors if moves(char)]
    newer = [char for char in survivors if not moves(char) and unicodedata.combining(char)]
    return moved, newer


@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.exhaustive
def test_marks_that_survive_stripping_are_ordered_as_in_the_reference(lowercase: bool) -> None:
    moved, newer = surviving_non_starters()
    assert len(moved) == 83
    marks = moved + newer
    sides = Sides([*marks, "e"])
    reference, ours = sides.with_options(UNCASED | {"lowercase": lowercase})
    # A mark that is stripped, between or around them, still takes part in the ordering.
    pairs = [
        " ".join(f"a{first}{second}b {first}{second} é{first}\u0323{second}" for second in marks)
        for first in marks
    ]
    rng = random.Random(1)
    triples = [
        " ".join(f"a{''.join(rng.choices(marks, k=3))}b" for _ in range(100)) for _ in range(500)
    ]
    texts = pairs + triples
    ids, _ = ours.encode_ragged(texts)
    np.testing.assert_array_equal(ids, expected_ids(reference, texts))
    assert_same_encodings(reference, ours, texts)
