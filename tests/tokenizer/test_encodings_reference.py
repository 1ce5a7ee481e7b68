"""Encodings are those of Hugging Face `tokenizers`, cut and padded in every way."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import BertWordPieceTokenizer, Tokenizer
from tokenizers.processors import TemplateProcessing

from minibert.errors import MinibertError, OptionError, TextError
from minibert.tokenizer.wordpiece import SPECIAL_TOKENS, WordPieceTokenizer

from helpers.samples import examples

LETTERS = "abcdefgh"
TOKENS = [
    *SPECIAL_TOKENS,
    *LETTERS,
    *(f"##{letter}" for letter in LETTERS),
    *"中.é\u302e",
    "un",
    "##able",
    "##é",
]
LISTS = (
    "ids",
    "type_ids",
    "tokens",
    "offsets",
    "attention_mask",
    "special_tokens_mask",
    "word_ids",
    "sequence_ids",
    "n_sequences",
)
STRATEGIES = ("longest_first", "only_first", "only_second")
DIRECTIONS = ("right", "left")

# Of 0, 1, 3 and 7 tokens; words of several tokens, special tokens and marks among them.
TEXTS = ("", "a", "ab c", "unable [MASK] é\u0301. 中")


def reference_tokenizer(post_processor: str) -> Tokenizer:
    ids = {token: index for index, token in enumerate(TOKENS)}
    made = Tokenizer.from_str(BertWordPieceTokenizer(ids, strip_accents=False).to_str())
    if post_processor == "TemplateProcessing":
        made.post_processor = TemplateProcessing(
            single="[CLS] $A [SEP]",
            pair="[CLS] $A [SEP] $B:1 [SEP]:1",
            special_tokens=[(token, ids[token]) for token in ("[CLS]", "[SEP]")],
        )
    return made


# `tokenizers` makes a BERT with the one, `transformers` with the other.
REFERENCES = {name: reference_tokenizer(name) for name in ("BertProcessing", "TemplateProcessing")}
REFERENCE = REFERENCES["BertProcessing"]
OURS = WordPieceTokenizer.from_vocab(TOKENS, strip_accents=False)


def everything(encoding: Any) -> list[object]:
    """All that an encoding says, of its overflowing parts too."""
    whole: list[object] = [getattr(encoding, name) for name in LISTS]
    whole.append(len(encoding))
    whole.append([everything(part) for part in encoding.overflowing])
    return whole


def looked_up(encoding: Any) -> list[object]:
    """What the encoding answers about each token, character and word, and past the last."""
    answers: list[object] = []
    for token in range(len(encoding) + 2):
        answers.append(encoding.token_to_sequence(token))
        answers.append(encoding.token_to_chars(token))
        answers.append(encoding.token_to_word(token))
    for index, sequence in itertools.product(range(24), range(3)):
        answers.append(encoding.char_to_token(index, sequence))
        answers.append(encoding.char_to_word(index, sequence))
        answers.append(encoding.word_to_tokens(index, sequence))
        answers.append(encoding.word_to_chars(index, sequence))
    answers += [looked_up(part) for part in encoding.overflowing]
    return answers


def outcome(call: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """What a call returns, or the exception that it raises, or the name of the panic."""
    try:
        return call(*arguments, **options)
    except Exception as error:
        return error
    except BaseException as panic:
        return type(panic).__name__


@pytest.fixture(autouse=True)
def quiet(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """The reference's panics print."""
    yield
    capfd.readouterr()


def is_ignored(max_length: int, pair: object, special: bool) -> bool:
    """Whether the reference takes a `max_length` for none: special tokens alone exceed it."""
    return special and max_length < (2 if pair is None else 3)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.parametrize("post_processor", REFERENCES)
def test_texts_are_truncated_as_by_the_reference(
    post_processor: str, strategy: str, direction: str
) -> None:
    reference = REFERENCES[post_processor]
    inputs = [(text, pair) for text in TEXTS for pair in (None, *TEXTS)]
    for max_length, stride in itertools.product(range(13), range(5)):
        options: Any = {"stride": stride, "strategy": strategy, "direction": direction}
        refused = outcome(reference.enable_truncation, max_length, **options)
        ours = outcome(OURS.with_truncation, max_length, **options)
        if isinstance(refused, Exception):
            assert isinstance(ours, OptionError), (max_length, stride)
            continue
        for (text, pair), special in itertools.product(inputs, (True, False)):
            case = (max_length, stride, text, pair, special)
            expected = outcome(reference.encode, text, pair, add_special_tokens=special)
            found = outcome(ours.encode, text, pair, add_special_tokens=special)
            if is_ignored(max_length, pair, special) or expected == "PanicException":
                assert isinstance(found, OptionError), case
            elif isinstance(expected, Exception):
                assert isinstance(found, TextError), case
            else:
                assert everything(found) == everything(expected), case


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("length", [None, 0, 5, 9])
def test_texts_are_padded_as_by_the_reference(length: int | None, direction: str) -> None:
    batch: list[Any] = [*TEXTS, *itertools.product(TEXTS, TEXTS)]
    for multiple_of, max_length in itertools.product((None, 1, 4, 7), (None, 3, 6, 20)):
        REFERENCE.enable_padding(length=length, pad_to_multiple_of=multiple_of, direction=direction)
        ours = OURS.with_padding(length=length, multiple_of=multiple_of, direction=direction)
        REFERENCE.no_truncation()
        if max_length is not None:
            REFERENCE.enable_truncation(max_length, direction=direction)
            ours = ours.with_truncation(max_length, direction=direction)
        for special in (True, False):
            expected = REFERENCE.encode_batch(batch, add_special_tokens=special)
            found = ours.encode_batch(batch, add_special_tokens=special)
            assert [*map(everything, found)] == [*map(everything, expected)]
        alone = ours.encode(TEXTS[3], TEXTS[2])
        assert everything(alone) == everything(REFERENCE.encode(TEXTS[3], TEXTS[2]))
    REFERENCE.no_padding()


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_tokens_words_and_characters_are_found_as_in_the_reference(direction: str) -> None:
    for max_length, special in itertools.product((5, 7, 30), (True, False)):
        REFERENCE.enable_truncation(max_length, stride=1, direction=direction)
        REFERENCE.enable_padding(length=9, direction=direction)
        ours = OURS.with_truncation(max_length, stride=1, direction=direction)
        ours = ours.with_padding(length=9, direction=direction)
        for text, pair in itertools.product(TEXTS, (None, *TEXTS)):
            expected = outcome(REFERENCE.encode, text, pair, add_special_tokens=special)
            found = outcome(ours.encode, text, pair, add_special_tokens=special)
            if expected == "PanicException":
                assert isinstance(found, OptionError)
            else:
                assert looked_up(found) == looked_up(expected), (text, pair)
    REFERENCE.no_padding()


def test_the_reference_still_does_what_we_depart_from() -> None:
    """The rest of the list in docs/reference/tokenizer.md; the grid has the panics and no cuts."""
    REFERENCE.no_truncation()
    REFERENCE.enable_padding(pad_to_multiple_of=0)
    assert len(REFERENCE.encode("a")) == 3
    REFERENCE.no_padding()
    assert isinstance(outcome(REFERENCE.encode, "\ud800"), TypeError)
    assert isinstance(outcome(REFERENCE.encode, b"a"), TypeError)
    assert REFERENCE.encode_batch([["a", "b"]])[0].n_sequences == 2
    assert REFERENCE.encode("a") != REFERENCE.encode("a")
    document = json.loads(REFERENCE.to_str()) | {"decoder": None}
    ids = [OURS.token_to_id(token) or 0 for token in ("un", "##able", ".")]
    assert Tokenizer.from_str(json.dumps(document)).decode(ids) == "un ##able ."
    assert OURS.decode(ids) == REFERENCE.decode(ids) == "unable."


ALPHABETS = (
    "abcdefgh .",
    "ABÉÀé\u0301\u0323\u302e\U0001d165",
    "中文한ΣİҐא\u0e33",
    "\x00\x0b\x1c\x7f\x85\xad\u200b\u2028\u3000\ufeff",
    "👩\u200d🚀[]#",
)
FRAGMENTS = st.one_of(
    *(st.text(alphabet, max_size=8) for alphabet in ALPHABETS),
    st.text(max_size=4),
    st.sampled_from([*SPECIAL_TOKENS, " ", "unable", "un", "[mask]", "\n", "a" * 101]),
)
RANDOM_TEXTS = st.lists(FRAGMENTS, max_size=8).map("".join)
RANDOM_INPUTS = RANDOM_TEXTS | st.tuples(RANDOM_TEXTS, RANDOM_TEXTS)


@settings(max_examples=examples(300))
@given(
    batch=st.lists(RANDOM_INPUTS, min_size=1, max_size=5),
    max_length=st.none() | st.integers(3, 24),
    stride=st.integers(0, 3),
    strategy=st.sampled_from(STRATEGIES),
    direction=st.sampled_from(DIRECTIONS),
    pad=st.booleans(),
    length=st.none() | st.integers(0, 30),
    multiple_of=st.none() | st.integers(1, 9),
    special=st.booleans(),
    threads=st.sampled_from([None, 1, 3]),
)
def test_random_batches_are_encoded_as_by_the_reference(
    batch: list[Any],
    max_length: int | None,
    stride: int,
    strategy: Any,
    direction: Any,
    pad: bool,
    length: int | None,
    multiple_of: int | None,
    special: bool,
    threads: int | None,
) -> None:
    ours = OURS
    REFERENCE.no_truncation()
    REFERENCE.no_padding()
    if max_length is not None and stride <= max_length - 2:
        options = {"stride": stride, "strategy": strategy, "direction": direction}
        REFERENCE.enable_truncation(max_length, **options)
        ours = ours.with_truncation(max_length, **options)
    if pad:
        REFERENCE.enable_padding(length=length, pad_to_multiple_of=multiple_of, direction=direction)
        ours = ours.with_padding(length=length, multiple_of=multiple_of, direction=direction)
    expected = outcome(REFERENCE.encode_batch, batch, add_special_tokens=special)
    found = outcome(ours.encode_batch, batch, add_special_tokens=special, threads=threads)
    REFERENCE.no_padding()
    if isinstance(expected, list):
        assert [*map(everything, found)] == [*map(everything, expected)]
        assert [*map(looked_up, found)] == [*map(looked_up, expected)]
    else:
        assert isinstance(found, MinibertError)
        assert "of the batch" in str(found)
