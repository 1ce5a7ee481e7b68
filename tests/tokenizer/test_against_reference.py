"""The tokenizer gives what Hugging Face `tokenizers` gives, on texts of every kind.

Every character by itself is in `test_tokenizer_characters.py`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer
from tokenizers.normalizers import BertNormalizer

from minibert.tokenizer.wordpiece import SPECIAL_TOKENS, WordPieceTokenizer

from helpers.samples import examples

SHARED = Path(__file__).parents[3] / "shared" / "data"

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
    tokens: Iterable[str], **options: Any
) -> tuple[BertWordPieceTokenizer, WordPieceTokenizer]:
    """The reference and ours, of one vocabulary."""
    listed = list(dict.fromkeys([*SPECIAL_TOKENS, *tokens]))
    ids = {token: index for index, token in enumerate(listed)}
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
    """The characters and what normalization makes of them, so that few words are unknown."""
    closed = set(chars)
    for lowercase in (True, False):
        normalizer = BertNormalizer(strip_accents=True, lowercase=lowercase)
        closed |= set(normalizer.normalize_str("".join(sorted(closed))))
    return closed | {lower for char in closed for lower in char.lower()}


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
    tokens = [*characters(sorted(closed_under_rules("".join(SPECIAL_CASES)))), "hell", "##lo", "xx"]
    reference, ours = both([*tokens, "##xxx"], **options)
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
    "spaces": st.sampled_from(" \t\n\r\x0b\x0c\x1c\x85\xa0\u2003\u2028\u3000\u200b\ufeff"),
    "emoji": st.sampled_from("😀👩🏽❤\ufe0f\u200d♂🇩🇪#\u20e3"),
    "any": st.characters(exclude_categories=["Cs"]),
}
FRAGMENTS = st.one_of(
    *(st.text(alphabet, max_size=6) for alphabet in SCRIPTS.values()),
    st.sampled_from([*SPECIAL_TOKENS, "##", "un", "able", "  ", "[mask]", "a" * 99]),
)
TEXTS = st.lists(FRAGMENTS, max_size=12).map("".join)


@settings(max_examples=examples(400))
@given(text=TEXTS, pair=st.none() | TEXTS, options=st.sampled_from(OPTIONS))
def test_mixtures_of_scripts_are_encoded_as_by_the_reference(
    text: str, pair: str | None, options: dict[str, Any]
) -> None:
    tokens = characters(sorted(closed_under_rules(text + (pair or ""))))
    reference, ours = both([*tokens, "un", "##able", "##a\u0301"], **options)
    assert_same(reference.encode(text, pair), ours.encode(text, pair), (text, pair))


@settings(max_examples=examples(100))
@given(
    texts=st.lists(TEXTS, max_size=5),
    times=st.integers(1, 400),
    options=st.sampled_from(OPTIONS),
    special=st.booleans(),
)
def test_lists_of_texts_are_encoded_into_arrays_as_by_the_reference(
    texts: list[str], times: int, options: dict[str, Any], special: bool
) -> None:
    reference, ours = both(characters(sorted(closed_under_rules("".join(texts)))), **options)
    texts = [*texts, "".join(texts) * times]  # one is longer than any buffer
    ids, boundaries = ours.encode_ragged(texts, add_special_tokens=special)
    for index, expected in enumerate(reference.encode_batch(texts, add_special_tokens=special)):
        assert ids[boundaries[index] : boundaries[index + 1]].tolist() == expected.ids


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


@settings(max_examples=examples(300))
@given(
    words=st.lists(st.sampled_from(DECODED)),
    skip=st.booleans(),
)
def test_ids_are_decoded_as_by_the_reference(words: list[str], skip: bool) -> None:
    reference, ours = both(words)
    ids = [ours.token_to_id(word) or 0 for word in words] + [10_000]
    expected = reference.decode(ids, skip_special_tokens=skip)
    assert ours.decode(ids, skip_special_tokens=skip) == expected


@pytest.fixture(params=["uncased", "cased"])
def published(request: pytest.FixtureRequest) -> tuple[BertWordPieceTokenizer, WordPieceTokenizer]:
    """The reference and ours, of a vocabulary that BERT was published with."""
    vocab = SHARED / f"bert-base-{request.param}-vocab.txt"
    if not vocab.exists():
        pytest.skip("the published vocabularies are not here")
    lowercase = request.param == "uncased"
    reference = BertWordPieceTokenizer(str(vocab), lowercase=lowercase)
    return reference, WordPieceTokenizer.from_vocab(vocab, lowercase=lowercase)


def paragraphs(folder: str) -> list[str]:
    """The paragraphs of the shared texts in a folder."""
    paths = sorted((SHARED / folder).glob("*.txt"))
    if not paths:
        pytest.skip(f"the shared texts {folder} are not here")
    return [text for path in paths for text in path.read_text(encoding="utf-8").split("\n\n")]


@pytest.mark.parametrize("folder", ["udhr", "mars"])
def test_real_text_in_many_languages_is_encoded_as_by_the_reference(
    published: tuple[BertWordPieceTokenizer, WordPieceTokenizer], folder: str
) -> None:
    reference, ours = published
    texts = paragraphs(folder)
    expected = reference.encode_batch(texts)
    ids, boundaries = ours.encode_ragged(texts, add_special_tokens=True)
    for index, found in enumerate(ours.encode_batch(texts)):
        assert_same(expected[index], found, texts[index])
        assert ids[boundaries[index] : boundaries[index + 1]].tolist() == found.ids


@pytest.mark.exhaustive
def test_whole_novels_have_the_reference_s_ids(
    published: tuple[BertWordPieceTokenizer, WordPieceTokenizer],
) -> None:
    reference, ours = published
    path = SHARED / "novels-10mb.txt"
    if not path.exists():
        pytest.skip("the shared novels are not here")
    texts = path.read_text(encoding="utf-8").split("\n")
    ids, boundaries = ours.encode_ragged(texts)
    expected = reference._tokenizer.encode_batch_fast(texts, add_special_tokens=False)
    for index, theirs in enumerate(expected):
        assert ids[boundaries[index] : boundaries[index + 1]].tolist() == theirs.ids, texts[index]
    for text, theirs, found in zip(
        texts[:5000],
        reference.encode_batch(texts[:5000]),
        ours.encode_batch(texts[:5000]),
        strict=True,
    ):
        assert_same(theirs, found, text)
