"""The token store: a corpus as ids, with its boundaries."""

from __future__ import annotations

import math
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from minibert.corpus import Corpus, CorpusProgress
from minibert.data.dataset import PretrainingDataset
from minibert.data.token_store import TokenStore
from minibert.errors import CorpusError, FileError, OptionError, StoreError
from minibert.tokenizer.wordpiece import WordPieceTokenizer

PIECES = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "dog", "sat", "."]
TEXT = "The cat sat.\nThe dog sat.\n\nThe [MASK] sat.\n"


def build(tmp_path: Path, text: str, **options: object) -> TokenStore:
    path = tmp_path / "a.txt"
    path.write_text(text)
    tokenizer = WordPieceTokenizer.from_vocab(PIECES)
    return TokenStore.build(Corpus([path], layout="sentences"), tokenizer, **options)


def test_documents_are_ids_by_sentence_and_text_cannot_inject_a_mask(tmp_path: Path) -> None:
    store = build(tmp_path, TEXT)
    assert (store.documents, store.sentences) == (2, 3)
    assert store.document(0) == [[5, 6, 8, 9], [5, 7, 8, 9]]
    assert store.document(1) == [[5, 1, 1, 1, 8, 9]]
    with pytest.raises(IndexError):
        store.document(2)


def test_counts_and_entropy_are_those_of_the_ids(tmp_path: Path) -> None:
    store = build(tmp_path, TEXT)
    counts = store.token_counts()
    assert counts.dtype == np.int64
    assert counts.tolist() == [0, 3, 0, 0, 0, 3, 1, 1, 3, 3]
    assert store.tokens == counts.sum() == 14
    shares = [3 / 14] * 4 + [1 / 14] * 2
    assert store.unigram_entropy() == pytest.approx(-sum(p * math.log(p) for p in shares))


@pytest.mark.parametrize("documents", [[], [1], [1, 0]])
def test_counts_of_some_documents_are_those_of_their_ids(tmp_path: Path, documents) -> None:
    store = build(tmp_path, TEXT)
    ids = [id for number in documents for sentence in store.document(number) for id in sentence]
    assert store.token_counts(documents).tolist() == [ids.count(id) for id in range(10)]


def test_a_document_number_out_of_range_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IndexError, match="the store has no document 2"):
        build(tmp_path, TEXT).token_counts([0, 2])


def test_the_fingerprint_depends_on_the_content(tmp_path: Path) -> None:
    fingerprint = build(tmp_path, TEXT).fingerprint
    assert len(fingerprint) == 16
    assert fingerprint == build(tmp_path, TEXT).fingerprint
    assert fingerprint != build(tmp_path, TEXT.replace("dog", "cat")).fingerprint
    assert fingerprint != build(tmp_path, TEXT.replace("\n\n", "\n")).fingerprint


def test_sentences_without_tokens_are_dropped_and_a_corpus_without_any_is_refused(
    tmp_path: Path,
) -> None:
    store = build(tmp_path, "The cat.\n\u200b\n\n\u200b\n\nThe dog.\n")
    assert (store.documents, store.sentences) == (2, 2)
    with pytest.raises(CorpusError, match="holds no tokens"):
        build(tmp_path, "\u200b\n")


def test_progress_is_reported_to_the_end_and_may_raise(tmp_path: Path) -> None:
    told: list[CorpusProgress] = []
    text = TEXT * 50_000
    store = build(tmp_path, text, progress=told.append)
    assert len(told) > 1
    assert [progress.bytes for progress in told] == sorted(progress.bytes for progress in told)
    assert told[-1] == (len(text), len(text), store.documents, store.sentences)

    def stop(progress: CorpusProgress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, TEXT, progress=stop)


def test_the_store_keeps_the_summary_of_the_corpus(tmp_path: Path) -> None:
    assert build(tmp_path, TEXT).corpus_summary.layouts == {"sentences": 1}


def test_control_c_stops_the_work(tmp_path: Path) -> None:
    timer = threading.Timer(0.05, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, TEXT * 500_000)
    timer.join()


def test_a_store_is_written_and_opened(tmp_path: Path) -> None:
    written = build(tmp_path, TEXT, path=tmp_path / "s", source_hash=b"x" * 32)
    opened = TokenStore.open(tmp_path / "s")
    for name in (
        "documents",
        "sentences",
        "tokens",
        "fingerprint",
        "corpus_summary",
        "source_hash",
    ):
        assert getattr(opened, name) == getattr(written, name)
    assert opened.source_hash == b"x" * 32
    assert opened.stored_bytes == (tmp_path / "s").stat().st_size
    assert opened.tokenizer_fingerprint == WordPieceTokenizer.from_vocab(PIECES).fingerprint
    assert [opened.document(n) for n in range(2)] == [written.document(n) for n in range(2)]
    assert opened.token_counts().tolist() == written.token_counts().tolist()


def test_a_store_works_after_its_file_is_deleted_and_without_a_path(tmp_path: Path) -> None:
    store = build(tmp_path, TEXT, path=tmp_path / "s")
    (tmp_path / "s").unlink()
    assert store.document(0) == build(tmp_path, TEXT).document(0)
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]


def test_the_memory_limit_does_not_change_the_result(tmp_path: Path) -> None:
    text = TEXT * 50_000
    little, much = (build(tmp_path, text, memory=size << 20) for size in (128, 4096))
    assert little.fingerprint == much.fingerprint
    with pytest.raises(OptionError, match="128 MB or more"):
        build(tmp_path, TEXT, memory=1 << 20)


def test_a_file_that_is_not_a_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileError):
        TokenStore.open(tmp_path / "s")
    (tmp_path / "s").write_text("text")
    with pytest.raises(StoreError, match="is not a token store"):
        TokenStore.open(tmp_path / "s")


def test_the_split_of_a_document_does_not_change_when_the_corpus_grows(tmp_path: Path) -> None:
    def validation(documents: int) -> set[tuple[int, ...]]:
        names = ["the", "cat", "dog", "sat"]
        words = [[names[n >> 2 * digit & 3] for digit in range(6)] for n in range(documents)]
        store = build(tmp_path, "\n\n".join(" ".join(six) + " ." for six in words))
        train, out = (
            {
                tuple(store.document(n)[0])
                for n in PretrainingDataset(
                    store,
                    objective="line",
                    split=split,
                    validation_fraction=0.1,
                    seq_len=8,
                    batch_size=1,
                ).documents
            }
            for split in ("train", "validation")
        )
        assert not train & out
        assert len(train) + len(out) == documents
        return out

    small, large = validation(500), validation(1000)
    assert small < large
