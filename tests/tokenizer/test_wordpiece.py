"""What a tokenizer promises beside its ids: arrays, pickles, forks, errors, names."""

from __future__ import annotations

import copy
import doctest
import multiprocessing
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from minibert.errors import FileError, VocabularyError
from minibert.tokenizer import wordpiece
from minibert.tokenizer.wordpiece import SPECIAL_TOKENS, WordPieceTokenizer

TOKENS = [*SPECIAL_TOKENS, "un", "##aff", "##able", "a", "##b", "!"]


@pytest.fixture
def tokenizer() -> WordPieceTokenizer:
    return WordPieceTokenizer.from_vocab(TOKENS)


def test_the_examples_of_the_documentation_are_true() -> None:
    assert doctest.testmod(wordpiece).failed == 0


def test_ragged_arrays_hold_the_ids_of_each_text(tokenizer: WordPieceTokenizer) -> None:
    texts = ["unaffable a!", "", "ab [MASK] c"]
    for special in (True, False):
        ids, boundaries = tokenizer.encode_ragged(texts, add_special_tokens=special)
        assert (ids.dtype, boundaries.dtype) == (np.int32, np.int64)
        found = [ids[boundaries[n] : boundaries[n + 1]].tolist() for n in range(3)]
        assert found == [tokenizer.encode(t, add_special_tokens=special).ids for t in texts]


def test_no_texts_are_no_ids_and_one_boundary(tokenizer: WordPieceTokenizer) -> None:
    ids, boundaries = tokenizer.encode_ragged([])
    assert (ids.tolist(), boundaries.tolist()) == ([], [0])
    assert tokenizer.encode_batch([]) == []


def test_a_batch_takes_texts_and_pairs(tokenizer: WordPieceTokenizer) -> None:
    texts = ["a", ("ab", "un!")]
    alone = [tokenizer.encode("a"), tokenizer.encode("ab", "un!")]
    assert tokenizer.encode_batch(texts) == alone
    assert tokenizer.encode_batch(texts * 20_000, add_special_tokens=True) == alone * 20_000


def test_a_text_where_a_list_of_texts_belongs_is_refused(tokenizer: WordPieceTokenizer) -> None:
    with pytest.raises(TypeError):
        tokenizer.encode_batch("abc")
    with pytest.raises(TypeError):
        tokenizer.encode_ragged("abc")


def test_tokens_and_ids_are_converted(tokenizer: WordPieceTokenizer) -> None:
    assert tokenizer.vocab == {token: index for index, token in enumerate(TOKENS)}
    assert tokenizer.vocab_size == len(tokenizer) == len(TOKENS)
    assert (tokenizer.pad_token_id, tokenizer.unk_token_id, tokenizer.cls_token_id) == (0, 1, 2)
    assert (tokenizer.sep_token_id, tokenizer.mask_token_id) == (3, 4)
    assert tokenizer.token_to_id("##aff") == 6
    assert tokenizer.id_to_token(6) == "##aff"
    assert tokenizer.token_to_id("nothing") is None
    assert tokenizer.id_to_token(99) is None


def test_a_token_listed_twice_has_the_later_id() -> None:
    tokenizer = WordPieceTokenizer.from_vocab([*TOKENS, "a"])
    assert tokenizer.token_to_id("a") == len(TOKENS)
    assert tokenizer.id_to_token(TOKENS.index("a")) is None
    assert tokenizer.vocab_size == len(TOKENS) + 1
    assert pickle.loads(pickle.dumps(tokenizer)).vocab == tokenizer.vocab


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda t: pickle.loads(pickle.dumps(t))])
def test_a_tokenizer_is_the_same_when_copied_or_pickled(copied: Any) -> None:
    tokenizer = WordPieceTokenizer.from_vocab(TOKENS, lowercase=False, clean_text=False)
    again = copied(tokenizer)
    assert again.options == tokenizer.options
    assert again.fingerprint == tokenizer.fingerprint
    assert again.encode("UNaffable é!") == tokenizer.encode("UNaffable é!")
    assert pickle.dumps(again) == pickle.dumps(tokenizer)


def test_the_fingerprint_depends_on_tokens_and_options(tokenizer: WordPieceTokenizer) -> None:
    others = [
        WordPieceTokenizer.from_vocab([*TOKENS, "b"]),
        WordPieceTokenizer.from_vocab(TOKENS, lowercase=False),
        WordPieceTokenizer.from_vocab(TOKENS, strip_accents=False),
        WordPieceTokenizer.from_vocab(TOKENS, handle_chinese_chars=False),
        WordPieceTokenizer.from_vocab(TOKENS, clean_text=False),
    ]
    assert len({tokenizer.fingerprint, *(other.fingerprint for other in others)}) == 6
    same = WordPieceTokenizer.from_vocab(TOKENS, strip_accents=True)
    assert same.fingerprint == tokenizer.fingerprint == 11_982_115_365_400_021_294


def test_threads_may_share_a_tokenizer(tokenizer: WordPieceTokenizer) -> None:
    texts = ["unaffable ab!" * 50] * 2000
    expected = tokenizer.encode_ragged(texts)[0].tolist()
    with ThreadPoolExecutor(4) as pool:
        results = pool.map(lambda _: tokenizer.encode_ragged(texts)[0].tolist(), range(8))
    assert all(result == expected for result in results)


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
# Python's own, when NumPy has threads.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_a_fork_after_a_parallel_batch_encodes_without_a_warning_or_a_hang(
    tokenizer: WordPieceTokenizer,
) -> None:
    texts = ["unaffable ab!" * 50] * 2000
    expected = len(tokenizer.encode_ragged(texts)[0])
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(target=lambda: sender.send(len(tokenizer.encode_ragged(texts)[0])))
    child.start()
    assert receiver.poll(60)
    assert receiver.recv() == expected
    child.join()


def test_a_vocabulary_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "vocab.txt"
    path.write_bytes("\r\n".join(TOKENS).encode() + b"  \n")
    for name in (path, str(path)):
        assert list(WordPieceTokenizer.from_vocab(name).vocab) == TOKENS


def test_a_vocabulary_that_cannot_be_used_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"nowhere\.txt"):
        WordPieceTokenizer.from_vocab(tmp_path / "nowhere.txt")
    path = tmp_path / "latin.txt"
    path.write_bytes(b"[PAD]\n\xe9")
    with pytest.raises(VocabularyError, match=r"latin\.txt: not UTF-8 at byte 6"):
        WordPieceTokenizer.from_vocab(path)
    for token in SPECIAL_TOKENS:
        with pytest.raises(VocabularyError, match=rf"has no \{token}"):
            WordPieceTokenizer.from_vocab([piece for piece in TOKENS if piece != token])
