"""What encodings promise beside the reference's answers: pickles, options, errors, threads."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from minibert.errors import MinibertError, OptionError, TextError, TextTypeError
from minibert.tokenizer.wordpiece import (
    SPECIAL_TOKENS,
    Encoding,
    Padding,
    Truncation,
    WordPieceTokenizer,
)

TOKENS = [*SPECIAL_TOKENS, "un", "##aff", "##able", "a", "##b", "!", "é"]


@pytest.fixture(scope="module")
def tokenizer() -> WordPieceTokenizer:
    return WordPieceTokenizer.from_vocab(TOKENS, strip_accents=False)


def cut_and_padded(tokenizer: WordPieceTokenizer) -> Encoding:
    """A pair with overflowing parts that overflow themselves, and padding on the left."""
    shaped = tokenizer.with_truncation(5).with_padding(multiple_of=4, direction="left")
    return shaped.encode("unaffable!", "ab é")


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda e: pickle.loads(pickle.dumps(e))]
)
def test_an_encoding_is_the_same_when_copied_or_pickled(
    tokenizer: WordPieceTokenizer, copied: Callable[[Encoding], Encoding]
) -> None:
    for encoding in (cut_and_padded(tokenizer), tokenizer.encode("ab"), tokenizer.encode("")):
        again = copied(encoding)
        assert again == encoding
        assert again.tokens == encoding.tokens
        assert [part.tokens for part in again.overflowing] == [
            part.tokens for part in encoding.overflowing
        ]
        assert again.overflowing == encoding.overflowing
        assert again.word_to_chars(1) == encoding.word_to_chars(1)
        assert copied(again) == encoding


def test_a_pickle_has_the_same_bytes_each_time(tokenizer: WordPieceTokenizer) -> None:
    pickled = pickle.dumps(cut_and_padded(tokenizer))
    assert pickle.dumps(cut_and_padded(copy.deepcopy(tokenizer))) == pickled
    assert pickle.dumps(pickle.loads(pickled)) == pickled
    # It holds its own tokens, not the vocabulary.
    assert b"##b" in pickled
    assert b"[UNK]" not in pickled


@pytest.mark.parametrize("state", [b"", b"\x01", b"\x01\x00\x00\x00" * 9, b"\x02\x00\x00\x00" * 9])
def test_bytes_of_something_else_are_not_unpickled_as_an_encoding(state: bytes) -> None:
    with pytest.raises(TextError, match="not an encoding"):
        Encoding._restore([], state)


def test_encodings_are_equal_if_all_is_equal(tokenizer: WordPieceTokenizer) -> None:
    other = WordPieceTokenizer.from_vocab([*TOKENS[:8], "b", *TOKENS[9:]])
    assert tokenizer.encode("a") == copy.deepcopy(tokenizer).encode("a")
    assert tokenizer.encode("a").ids == other.encode("b").ids
    assert tokenizer.encode("a") != other.encode("b")
    assert tokenizer.encode("a") != tokenizer.encode(" a")
    assert tokenizer.encode("a a") != tokenizer.with_truncation(3).encode("a a")
    assert tokenizer.encode("a") != "a"


def test_an_encoding_outlives_its_tokenizer() -> None:
    encoding = WordPieceTokenizer.from_vocab(TOKENS).encode("unaffable")
    assert encoding.tokens == ["[CLS]", "un", "##aff", "##able", "[SEP]"]


def test_an_encoding_shows_its_first_tokens(tokenizer: WordPieceTokenizer) -> None:
    shown = 'Encoding(num_tokens=4, tokens=["[CLS]", "a", "##b", "[SEP]"], overflowing=0)'
    assert repr(tokenizer.encode("ab")) == shown
    assert len(repr(tokenizer.encode("a " * 10_000))) < 200


def test_words_are_word_ids(tokenizer: WordPieceTokenizer) -> None:
    encoding = cut_and_padded(tokenizer)
    assert encoding.words == encoding.word_ids


def test_truncation_and_padding_make_another_tokenizer(tokenizer: WordPieceTokenizer) -> None:
    shaped = tokenizer.with_truncation(4, stride=1, direction="left").with_padding(length=6)
    assert (tokenizer.truncation, tokenizer.padding) == (None, None)
    assert shaped.truncation == Truncation(4, "longest_first", 1, "left")
    assert shaped.padding == Padding(length=6)
    assert len(shaped.encode("a a a")) == 6
    assert len(shaped.without_padding().encode("a a a")) == 4
    assert len(shaped.without_truncation().encode("a a a a a")) == 7
    assert shaped.without_truncation().padding == shaped.padding
    assert len(tokenizer.encode("a a a")) == 5
    assert shaped.vocab == tokenizer.vocab
    assert shaped.fingerprint == tokenizer.fingerprint


def test_truncation_and_padding_are_pickled(tokenizer: WordPieceTokenizer) -> None:
    shaped = tokenizer.with_truncation(4, strategy="only_first").with_padding(multiple_of=8)
    again = pickle.loads(pickle.dumps(shaped))
    assert (again.truncation, again.padding) == (shaped.truncation, shaped.padding)
    assert again.encode("a a a") == shaped.encode("a a a")
    assert pickle.dumps(again) == pickle.dumps(shaped)


def test_ragged_arrays_are_neither_truncated_nor_padded(tokenizer: WordPieceTokenizer) -> None:
    shaped = tokenizer.with_truncation(3).with_padding(length=9)
    ids, boundaries = shaped.encode_ragged(["a a a a", "a"])
    assert (len(ids), boundaries.tolist()) == (5, [0, 4, 5])


REFUSED_OPTIONS: list[tuple[Callable[[WordPieceTokenizer], object], str]] = [
    (lambda t: t.with_truncation(-1), "max_length must be 0 or more, not -1"),
    (lambda t: t.with_truncation(8, stride=-1), "stride must be 0 or more, not -1"),
    (lambda t: t.with_truncation(8, stride=7), "stride of 7 is too large for max_length 8"),
    (lambda t: t.with_truncation(8, strategy="first"), 'strategy "first"'),
    (lambda t: t.with_truncation(8, direction="up"), 'direction "up"'),
    (lambda t: t.with_padding(direction="up"), 'direction "up"'),
    (lambda t: t.with_padding(length=-1), "length must be 0 or more, not -1"),
    (lambda t: t.with_padding(length=1 << 40), "length of 1099511627776 is too large"),
    (lambda t: t.with_padding(multiple_of=0), "multiple_of must be 1 or more, not 0"),
    (lambda t: t.with_truncation(1).encode("a"), "no room for the 2 special tokens"),
    (lambda t: t.with_truncation(2).encode("a", "a"), "no room for the 3 special tokens"),
    (lambda t: t.with_truncation(4, stride=2).encode("a a a"), "leaves 2 tokens of a text"),
    (
        lambda t: t.with_truncation(4, stride=2).encode_batch(["a", "a a a"]),
        "text 1 of the batch: a stride of 2",
    ),
    (lambda t: t.encode_batch(["a"], threads=0), "threads must be .* not 0"),
    (lambda t: t.encode_batch(["a"], threads=-2), "threads must be .* not -2"),
]


@pytest.mark.parametrize(("call", "message"), REFUSED_OPTIONS, ids=[m for _, m in REFUSED_OPTIONS])
def test_options_that_are_not_allowed_are_refused(
    tokenizer: WordPieceTokenizer, call: Callable[[WordPieceTokenizer], object], message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        call(tokenizer)


REFUSED_TEXTS: list[tuple[Callable[[WordPieceTokenizer], object], type[Exception], str]] = [
    (lambda t: t.encode(b"a"), TextTypeError, "the text is of type bytes, not a str; decode it"),
    (lambda t: t.encode(None), TextTypeError, "the text is of type NoneType"),
    (lambda t: t.encode("a", 3), TextTypeError, "the pair is of type int"),
    (lambda t: t.encode("a\udc80"), TextError, "the text has a lone surrogate at character 1"),
    (lambda t: t.encode("a", "\ud800"), TextError, "the pair has a lone surrogate"),
    (lambda t: t.encode_batch(["a", 3]), TextTypeError, "text 1 of the batch is of type int"),
    (lambda t: t.encode_batch(["a", b"b"]), TextTypeError, "text 1 of the batch is .*; decode it"),
    (lambda t: t.encode_batch([["a", "b"]]), TextTypeError, "type list, not a str or a tuple"),
    (lambda t: t.encode_batch([("a", "b", "c")]), TextTypeError, "type tuple, not a str or"),
    (lambda t: t.encode_batch([("a", None)]), TextTypeError, "second text of pair 0 .* NoneType"),
    (lambda t: t.encode_batch(["a"] * 7 + ["a\ud800"]), TextError, "text 7 .* at character 1"),
    (lambda t: t.encode_batch([("\ud800", "")]), TextError, "first text of pair 0 of the batch"),
    (lambda t: t.encode_batch("abc"), TextTypeError, "the batch is of type str, not a list"),
    (lambda t: t.encode_batch(b"abc"), TextTypeError, "the batch is of type bytes"),
    (lambda t: t.encode_batch(None), TextTypeError, "the batch is of type NoneType"),
    (
        lambda t: t.with_truncation(4, strategy="only_second").encode("a a a"),
        TextError,
        "no second text .* first has 3 tokens .* room for 2",
    ),
    (
        lambda t: t.with_truncation(4, strategy="only_first").encode_batch(["a", ("a", "a a a")]),
        TextError,
        "text 1 of the batch: the second text, .* has 3 tokens",
    ),
]


@pytest.mark.parametrize(
    ("call", "error", "message"), REFUSED_TEXTS, ids=[message for _, _, message in REFUSED_TEXTS]
)
def test_an_item_that_is_not_a_text_is_refused_by_its_number(
    tokenizer: WordPieceTokenizer,
    call: Callable[[WordPieceTokenizer], object],
    error: type[Exception],
    message: str,
) -> None:
    with pytest.raises(error, match=message) as raised:
        call(tokenizer)
    assert isinstance(raised.value, MinibertError)
    assert isinstance(raised.value, TypeError if error is TextTypeError else ValueError)


def test_an_error_of_the_iterable_itself_comes_through(tokenizer: WordPieceTokenizer) -> None:
    def texts() -> Any:
        yield "a"
        raise LookupError("gone")

    with pytest.raises(LookupError, match="gone"):
        tokenizer.encode_batch(texts())
    assert tokenizer.encode_batch(text for text in ["a"]) == [tokenizer.encode("a")]


def test_the_result_does_not_depend_on_the_number_of_threads(
    tokenizer: WordPieceTokenizer,
) -> None:
    shaped = tokenizer.with_truncation(40, stride=3).with_padding(multiple_of=8)
    texts: list[Any] = [f"{'unaffable é! ' * (n % 40)}ab" for n in range(2000)]
    texts[::7] = [(text, "a b") for text in texts[::7]]
    expected = shaped.encode_batch(texts, threads=1)
    for threads in (None, 2, 3, 16):
        assert shaped.encode_batch(texts, threads=threads) == expected
    texts[1500] = ("a", "é! " * 60)
    texts[900] = ("a", "é! " * 60)
    only_first = shaped.with_truncation(40, strategy="only_first")
    for threads in (None, 1, 2, 3, 16):
        with pytest.raises(TextError, match="text 900 of the batch"):
            only_first.encode_batch(texts, threads=threads)


def test_threads_of_python_may_encode_at_once(tokenizer: WordPieceTokenizer) -> None:
    texts = ["unaffable ab!" * 50] * 500
    expected = tokenizer.encode_batch(texts)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: tokenizer.encode_batch(texts), range(8)))
        pickled = list(pool.map(pickle.dumps, [expected[0]] * 8))
    assert all(result == expected for result in results)
    assert len(set(pickled)) == 1


class Encoded:
    """A map-style dataset that encodes when asked."""

    def __init__(self, tokenizer: WordPieceTokenizer, texts: list[str]) -> None:
        self.tokenizer = tokenizer
        self.texts = texts

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, index: int) -> Encoding:
        return self.tokenizer.encode_batch([self.texts[index]] * 2)[-1]


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
# Python's own, when NumPy or PyTorch has threads.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_the_workers_of_a_data_loader_encode_without_a_warning_or_a_hang(
    tokenizer: WordPieceTokenizer, capfd: pytest.CaptureFixture[str]
) -> None:
    data = pytest.importorskip("torch.utils.data")
    capfd.readouterr()
    texts = [f"{'unaffable ab! ' * 2000}{'a ' * n}" for n in range(8)]
    # Threads have run in this process before it forks.
    expected = tokenizer.encode_batch(texts, threads=2)
    loader = data.DataLoader(
        Encoded(tokenizer, texts),
        batch_size=2,
        num_workers=2,
        collate_fn=list,
        multiprocessing_context="fork",
        timeout=60,
    )
    assert [encoding for batch in loader for encoding in batch] == expected
    assert capfd.readouterr().err == ""
