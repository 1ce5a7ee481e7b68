"""Batches as Python gets them: what must always hold."""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from minibert.batches import PretrainingDataset
from minibert.errors import CorpusError, OptionError
from minibert.store import TokenStore

from samples import WORDS, store_of


def test_a_batch_is_contiguous_int64_arrays_of_the_documented_shapes(store: TokenStore) -> None:
    batch = PretrainingDataset(store, seq_len=32, batch_size=8).batch(0, 0)
    for array in batch:
        assert array.dtype == np.int64
        assert array.flags.c_contiguous and array.flags.writeable
    predictions = batch.masked_lm_ids.shape
    assert [array.shape for array in batch] == [(8, 32)] * 3 + [predictions] * 2 + [(8,)]


def test_any_batch_is_the_same_whenever_it_is_asked_for(store: TokenStore) -> None:
    def dataset() -> PretrainingDataset:
        return PretrainingDataset(store, seq_len=32, batch_size=8, seed=3)

    in_order = list(dataset().epoch(1))
    other = dataset()
    for index in reversed(range(len(in_order))):
        other.batch(5, 0)
        for one, two in zip(other.batch(1, index), in_order[index], strict=True):
            np.testing.assert_array_equal(one, two)


def test_batches_may_be_asked_for_by_many_threads_at_once(store: TokenStore) -> None:
    dataset = PretrainingDataset(store, seq_len=32, batch_size=4, seed=3)
    numbers = [(epoch, index) for epoch in range(6) for index in range(10)]
    expected = [dataset.batch(*number) for number in numbers]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: dataset.batch(*number), numbers))
    for one, two in zip(expected, found, strict=True):
        np.testing.assert_array_equal(one.input_ids, two.input_ids)


def test_the_last_batch_is_dropped_or_small(store: TokenStore) -> None:
    kept = PretrainingDataset(store, seq_len=32, batch_size=8, split="all", drop_last=False)
    dropped = PretrainingDataset(store, seq_len=32, batch_size=8, split="all")
    assert kept.examples % 8 != 0
    assert dropped.batches_per_epoch(0) == kept.examples // 8
    assert [len(batch.input_ids) for batch in kept.epoch(0)][-1] == kept.examples % 8


def test_training_and_held_out_documents_part_the_store(store: TokenStore) -> None:
    train = PretrainingDataset(store, split="train", batch_size=2, held_out_fraction=0.2)
    held_out = PretrainingDataset(store, split="held_out", batch_size=2, held_out_fraction=0.2)
    assert sorted(train.documents + held_out.documents) == list(range(store.documents))
    everything = PretrainingDataset(store, split="train", batch_size=2, held_out_fraction=0)
    assert everything.documents == list(range(store.documents))


def test_documents_of_one_sentence_are_always_followed_by_a_random_one(tmp_path: Path) -> None:
    store = store_of(tmp_path, [[4]] * 50)
    dataset = PretrainingDataset(store, seq_len=32, batch_size=5, split="all")
    assert dataset.random_next_share == 1.0
    assert dataset.examples == 50


def test_the_share_of_random_pairs_is_told(store: TokenStore) -> None:
    dataset = PretrainingDataset(store, seq_len=32, batch_size=1, split="all", drop_last=False)
    labels = np.concatenate([batch.next_sentence_label for batch in dataset.epoch(0)])
    assert dataset.random_next_share == pytest.approx(labels.mean())


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seq_len": 4}, "sequence length of 4"),
        ({"batch_size": 0}, "batch size must be 1 or more"),
        ({"split": "test"}, "there is no split"),
        ({"held_out_fraction": 1.0}, "held-out fraction"),
        ({"held_out_fraction": 0.0, "split": "held_out"}, "no held-out batches"),
        ({"short_seq_prob": 1.5}, "short_seq_prob"),
        ({"masked_lm_prob": 0.0}, "masked_lm_prob"),
        ({"max_predictions_per_seq": 0}, "max_predictions_per_seq"),
    ],
)
def test_an_option_out_of_range_is_refused(
    store: TokenStore, options: dict[str, int], message: str
) -> None:
    with pytest.raises(OptionError, match=message):
        PretrainingDataset(store, **options)


def test_a_batch_that_does_not_exist_is_refused(store: TokenStore) -> None:
    dataset = PretrainingDataset(store, seq_len=32, batch_size=8)
    count = dataset.batches_per_epoch(0)
    with pytest.raises(OptionError, match=f"epoch 0 has {count} batches"):
        dataset.batch(0, count)


def test_a_single_document_corpus_is_refused(tmp_path: Path) -> None:
    store = store_of(tmp_path, [[5, 6, 7]])
    with pytest.raises(CorpusError, match="needs at least two documents"):
        PretrainingDataset(store, split="all", batch_size=1)
    with pytest.raises(CorpusError, match="too few to hold any out"):
        PretrainingDataset(store, batch_size=1)


def test_a_corpus_too_small_for_one_batch_says_which_size_would_work(tmp_path: Path) -> None:
    store = store_of(tmp_path, [[5, 6, 7]] * 6)
    with pytest.raises(CorpusError) as caught:
        PretrainingDataset(store, split="all", batch_size=64)
    words = str(caught.value).split()
    works = int(words[words.index("size") + 2])
    assert PretrainingDataset(store, split="all", batch_size=works).batches_per_epoch(0) == 1


PRINT_DIGEST = """
import hashlib, os, sys
if sys.argv[2] == "one core":
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
from minibert.batches import PretrainingDataset
from minibert.pieces import WordPieceTokenizer
from minibert.store import TokenStore
from minibert.text import Corpus
pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"abcdefghijklmnopqrstuvwxyz."]
pieces += ["##" + letter for letter in "abcdefghijklmnopqrstuvwxyz"]
store = TokenStore.build(Corpus([sys.argv[1]]), WordPieceTokenizer.from_vocab(pieces))
digest = hashlib.sha256(store.fingerprint.encode())
for batch in PretrainingDataset(store, seq_len=64).epoch(1):
    for array in batch:
        digest.update(array.tobytes())
print(digest.hexdigest())
"""


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs a way to take cores away")
def test_the_number_of_threads_makes_no_difference(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    path = tmp_path / "corpus.txt"
    lines = (" ".join(rng.choice(WORDS[:-1], rng.integers(3, 12))) + "." for _ in range(9000))
    path.write_text("\n".join(f"{line}\n" if n % 9 == 8 else line for n, line in enumerate(lines)))
    digests = [
        subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST, path, cores],
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for cores in ("one core", "all cores")
    ]
    assert digests[0] == digests[1]


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_forked_process_makes_the_same_batches(store: TokenStore) -> None:
    dataset = PretrainingDataset(store, seq_len=32, batch_size=8)
    expected = dataset.batch(1, 3).input_ids
    fresh = PretrainingDataset(store, seq_len=32, batch_size=8)
    context = multiprocessing.get_context("fork")
    queue = context.Queue()
    child = context.Process(target=lambda: queue.put(fresh.batch(1, 3).input_ids))
    child.start()
    np.testing.assert_array_equal(queue.get(timeout=60), expected)
    child.join()
