"""The token store: a corpus as ids, with its boundaries."""

from __future__ import annotations

import math
import signal
import threading
from pathlib import Path

import numpy as np
import pytest

from minibert.errors import CorpusError
from minibert.pieces import WordPieceTokenizer
from minibert.store import TokenStore
from minibert.text import Corpus, Progress

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


def test_the_fingerprint_is_of_the_content(tmp_path: Path) -> None:
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


def test_progress_is_told_to_the_end_and_what_it_raises_comes_out(tmp_path: Path) -> None:
    told: list[Progress] = []
    text = TEXT * 50_000
    store = build(tmp_path, text, progress=told.append)
    assert len(told) > 1
    assert [progress.bytes for progress in told] == sorted(progress.bytes for progress in told)
    assert told[-1] == (len(text), len(text), store.documents, store.sentences)

    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, TEXT, progress=stop)


def test_the_summary_of_the_corpus_is_kept(tmp_path: Path) -> None:
    assert build(tmp_path, TEXT).corpus_summary.layouts == {"sentences": 1}


def test_control_c_stops_the_work(tmp_path: Path) -> None:
    timer = threading.Timer(0.05, signal.raise_signal, [signal.SIGINT])
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        build(tmp_path, TEXT * 500_000)
    timer.join()
