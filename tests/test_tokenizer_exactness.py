"""The tokenizer gives what Hugging Face `tokenizers` gives, on every character and mixture."""

from __future__ import annotations

import itertools
import os
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer
from tokenizers.normalizers import BertNormalizer

from minibert.pieces import SPECIAL_TOKENS, WordPieceTokenizer

SHARED = Path(__file__).parents[2] / "shared" / "data"
# Sweeps every scalar value under every option, for minutes, instead of a part in seconds.
EXHAUSTIVE = "MINIBERT_EXHAUSTIVE" in os.environ

OPTIONS = [
    {
        "lowercase": lowercase,
        "strip_accents": strip_accents,
        "handle_chinese_chars": chinese,
        "clean_text": clean,
    }
    for lowercase, strip_accents, chinese, clean in itertools.product(
        (True, False), (None, True, False), (True, False), (True, False)
    )
]
UNCASED = OPTIONS[0]
ATTRIBUTES = (
    "ids",
    "type_ids",
    "tokens",
    "offsets",
    "attention_mask",
    "special_tokens_mask",
    "word_ids",
    "sequence_ids",
)


def both(
    pieces: Iterable[str], **options: Any
) -> tuple[BertWordPieceTokenizer, WordPieceTokenizer]:
    """The reference and ours, of one vocabulary."""
    listed = list(dict.fromkeys([*SPECIAL_TOKENS, *pieces]))
    ids = {piece: index for index, piece in enumerate(listed)}
    reference = BertWordPieceTokenizer(ids, **options)
    return reference, WordPieceTokenizer.from_vocab(listed, **options)


def characters(chars: Iterable[str]) -> list[str]:
    """A vocabulary of single characters, alone and inside words."""
    chars = [char for char in chars if not char.isspace()]
    return [*chars, *(f"##{char}" for char in chars)]


def assert_same(reference: Any, ours: Any, text: object) -> None:
    for name in ATTRIBUTES:
        assert getattr(ours, name) == getattr(reference, name), (name, text)


def closed_under_rules(chars: Iterable[str]) -> set[str]:
    """The characters and what normalisation makes of them, so that few words are unknown."""
    closed = set(chars)
    for lowercase in (True, False):
        normalizer = BertNormalizer(strip_accents=True, lowercase=lowercase)
        closed |= set(normalizer.normalize_str("".join(sorted(closed))))
    return closed | {lower for char in closed for lower in char.lower()}


def swept_scalars() -> Iterator[str]:
    """Every scalar value; in the quick suite planes 0 and 1, the edges and a part of the rest."""
    edges = [*range(0x2B700, 0x2B960), *range(0x2CE90, 0x2CEC0), *range(0x2F7F0, 0x2FA30)]
    edges += [*range(0xE0000, 0xE0200), *range(0x10FFF0, 0x110000)]
    rest = range(0x20000, 0x110000, 1 if EXHAUSTIVE else 997)
    codes = sorted({*range(0x20000), *edges, *rest})
    return (chr(code) for code in codes if not 0xD800 <= code < 0xE000)


@pytest.mark.parametrize(
    "options",
    OPTIONS if EXHAUSTIVE else [UNCASED, {"lowercase": False}, {"clean_text": False}],
    ids=str,
)
def test_every_character_is_treated_as_the_reference_treats_it(options: dict[str, Any]) -> None:
    scalars = list(swept_scalars())
    reference, ours = both(characters(scalars), **options)
    for batch in batches(scalars, 1000):
        # Alone, between letters, after a space, and followed by a combining mark.
        text = " ".join(f"{char} a{char}b {char}\u0301" for char in batch)
        expected = reference.encode(text, add_special_tokens=False)
        found = ours.encode(text, add_special_tokens=False)
        assert found.ids == expected.ids
        assert found.offsets == expected.offsets
        assert found.word_ids == expected.word_ids


def batches(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]


def surviving_non_starters() -> list[str]:
    """Marks with a combining class that the reference's accent stripping leaves in place."""
    strip = BertNormalizer(strip_accents=True, lowercase=False, clean_text=False)
    return [
        char
        for char in map(chr, range(0x20000))
        if unicodedata.combining(char) and strip.normalize_str(char)
    ]


def test_every_pair_of_marks_that_survive_stripping_is_ordered_as_in_the_reference() -> None:
    marks = surviving_non_starters()
    assert len(marks) > 100
    reference, ours = both(characters([*marks, "a", "b"]), lowercase=True)
    for first in marks:
        # A mark that is stripped, between or around them, still takes part in the ordering.
        words = [f"a{first}{second}b é{first}\u0323{second}" for second in marks]
        text = " ".join(words)
        assert_same(reference.encode(text), ours.encode(text), text)


SPECIAL_CASES = [
    "",
    " ",
    "Hello, World!",
    "\u0301",
    "\u0301\u0302 \u200b",
    "a\x0bb a\x0cb a\x1cb a\x85b a\u2028b a\u3000b",
    "ab\u0301c e\u0323\u0301x \u0344y \u0f73\u0f71",
    "한국어 각 바다 バだ",
    "ΣΑΣ ΌΔΟΣ. İstanbul ẞß \u212aelvin \u212bng ﬁne",
    "\u2b81f\U0002b820\U0002b91f\U0002b920\U0002ceaf\U0002ceb0 中a文 \uf900",
    "\ufffd\x00soft\u00adhyphen 👩\u200d👩\u200d👧 \ufeffbom \ue000 \u0378 \U0010ffff \U000e0001",
    "## ##ing [UNK] [unk] [CLS]x[SEP] foo[MASK]bar [MASK][MASK] [[MASK]] [MASK",
    "[MA\u0301SK] [\u200bMASK] é[MASK]é 中[PAD]文 [ MASK ]",
    "x" * 99 + " " + "x" * 100 + " " + "x" * 101,
    "é" * 100 + " " + "é" * 101 + " " + "😀" * 101 + " " + "a\u0301" * 100 + " " + "a\u0301" * 101,
    "\u302e\U0001d165 \U0001d165\u302e a\u302e\u0301\U0001d165\u0327b",
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_texts_and_pairs_are_encoded_as_by_the_reference(options: dict[str, Any]) -> None:
    pieces = [*characters(sorted(closed_under_rules("".join(SPECIAL_CASES)))), "hell", "##lo", "xx"]
    reference, ours = both([*pieces, "##xxx"], **options)
    for text in SPECIAL_CASES:
        for special in (True, False):
            expected = reference.encode(text, add_special_tokens=special)
            assert_same(expected, ours.encode(text, add_special_tokens=special), text)
            for pair in (*SPECIAL_CASES[:4], SPECIAL_CASES[-5]):
                expected = reference.encode(text, pair, add_special_tokens=special)
                found = ours.encode(text, pair, add_special_tokens=special)
                assert_same(expected, found, (text, pair))


SCRIPTS = {
    "ascii": st.characters(max_codepoint=0x7F),
    "latin": st.characters(min_codepoint=0x80, max_codepoint=0x24F),
    "greek and cyrillic": st.characters(min_codepoint=0x370, max_codepoint=0x52F),
    "marks": st.characters(categories=["Mn", "Mc", "Me"]),
    "controls": st.characters(categories=["Cc", "Cf", "Zs", "Zl", "Zp"]),
    "chinese": st.sampled_from("中文字\uf900\U0002f800\u3007、。"),
    "hangul": st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3),
    "any": st.characters(exclude_categories=["Cs"]),
}
FRAGMENTS = st.one_of(
    *(st.text(alphabet, max_size=6) for alphabet in SCRIPTS.values()),
    st.sampled_from([*SPECIAL_TOKENS, "##", "un", "able", "  ", "[mask]", "a" * 99]),
)
TEXTS = st.lists(FRAGMENTS, max_size=12).map("".join)


@settings(max_examples=400, deadline=None)
@given(text=TEXTS, pair=st.none() | TEXTS, options=st.sampled_from(OPTIONS))
def test_mixtures_of_scripts_are_encoded_as_by_the_reference(
    text: str, pair: str | None, options: dict[str, Any]
) -> None:
    pieces = characters(sorted(closed_under_rules(text + (pair or ""))))
    reference, ours = both([*pieces, "un", "##able", "##a\u0301"], **options)
    assert_same(reference.encode(text, pair), ours.encode(text, pair), (text, pair))


@settings(max_examples=200, deadline=None)
@given(text=TEXTS, options=st.sampled_from(OPTIONS))
def test_plain_ids_are_the_reference_s_with_special_tokens_off(
    text: str, options: dict[str, Any]
) -> None:
    reference, ours = both(characters(sorted(closed_under_rules(text))), **options)
    ids, boundaries = ours.encode_ragged([text, text])
    found = [ids[boundaries[index] : boundaries[index + 1]].tolist() for index in (0, 1)]
    assert found == [reference.encode(text, add_special_tokens=False).ids] * 2


DECODED = [
    "un",
    "##able",
    "##",
    "do",
    "not",
    "n't",
    "'",
    "##'",
    "s",
    "'s",
    "##'s",
    ".",
    "##.",
    "!",
    ",",
    "?",
    "'m",
    "'re",
    "'ve",
    "##é",
    "[SEP]",
    "[MASK]",
]
DECODED += ["a .", "##a .", "do not", "##x do not"]


@settings(max_examples=300, deadline=None)
@given(
    words=st.lists(st.sampled_from(DECODED)),
    skip=st.booleans(),
)
def test_ids_are_decoded_as_by_the_reference(words: list[str], skip: bool) -> None:
    reference, ours = both(words)
    ids = [ours.token_to_id(word) or 0 for word in words] + [10_000]
    expected = reference.decode(ids, skip_special_tokens=skip)
    assert ours.decode(ids, skip_special_tokens=skip) == expected


@pytest.mark.parametrize("case", ["uncased", "cased"])
@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared texts are not here")
def test_real_text_in_many_languages_is_encoded_as_by_the_reference(case: str) -> None:
    vocab = str(SHARED / f"bert-base-{case}-vocab.txt")
    lowercase = case == "uncased"
    reference = BertWordPieceTokenizer(vocab, lowercase=lowercase)
    ours = WordPieceTokenizer.from_vocab(vocab, lowercase=lowercase)
    novel = (SHARED / "novels-10mb.txt").read_text(encoding="utf-8")[:400_000]
    texts = novel.split("\n")
    for path in sorted((SHARED / "udhr").glob("**/*.txt")):
        texts += path.read_text(encoding="utf-8").split("\n\n")
    for text, found in zip(texts, ours.encode_batch(texts), strict=True):
        assert_same(reference.encode(text), found, text)
