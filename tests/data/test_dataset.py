"""Batches as Python gets them: what must always hold."""

from __future__ import annotations

import multiprocessing
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, get_args

import numpy as np
import pytest

from minibert.config import MASK_UNITS, OBJECTIVES, MaskUnit, Objective
from minibert.corpus import Corpus
from minibert.data.dataset import PretrainingDataset
from minibert.data.token_store import TokenStore
from minibert.errors import CorpusError, OptionError

from helpers.samples import WORDS, small_tokenizer, store_of


def test_a_batch_is_contiguous_int64_arrays_of_the_documented_shapes(store: TokenStore) -> None:
    batch = PretrainingDataset(store, seq_len=32, batch_size=8).batch(0, 0)
    for array in batch:
        assert array.dtype == np.int64
        assert array.flags.c_contiguous and array.flags.writeable
    predictions = batch.masked_lm_ids.shape
    assert [array.shape for array in batch] == [(8, 32)] * 3 + [predictions] * 2 + [(8,)]


@pytest.mark.parametrize(("split", "share"), [("train", 0.3), ("validation", 0.15), ("all", 0.15)])
def test_training_masks_the_share_of_the_default_recipe_and_evaluation_15_percent(
    store: TokenStore, split: Literal["train", "validation", "all"], share: float
) -> None:
    dataset = PretrainingDataset(store, seq_len=32, batch_size=2, split=split)
    assert dataset.masked_lm_prob == share
    batch = dataset.batch(0, 0)
    assert len(batch.masked_lm_ids) / batch.attention_mask.sum() == pytest.approx(share, abs=0.04)
    named = PretrainingDataset(store, seq_len=32, batch_size=2, split=split, masked_lm_prob=share)
    np.testing.assert_array_equal(batch.labels(), named.batch(0, 0).labels())


def test_a_batch_does_not_depend_on_earlier_batches(store: TokenStore) -> None:
    def dataset() -> PretrainingDataset:
        return PretrainingDataset(store, seq_len=32, batch_size=8, seed=3)

    in_order = list(dataset().epoch(1))
    other = dataset()
    for index in reversed(range(len(in_order))):
        other.batch(5, 0)
        for one, two in zip(other.batch(1, index), in_order[index], strict=True):
            np.testing.assert_array_equal(one, two)


def test_many_threads_may_request_batches(store: TokenStore) -> None:
    dataset = PretrainingDataset(store, seq_len=32, batch_size=4, seed=3)
    numbers = [(epoch, index) for epoch in range(6) for index in range(10)]
    expected = [dataset.batch(*number) for number in numbers]
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: dataset.batch(*number), numbers))
    for one, two in zip(expected, found, strict=True):
        np.testing.assert_array_equal(one.input_ids, two.input_ids)


def test_an_incomplete_last_batch_is_dropped_or_kept(store: TokenStore) -> None:
    kept = PretrainingDataset(store, seq_len=32, batch_size=8, split="all", drop_last=False)
    dropped = PretrainingDataset(store, seq_len=32, batch_size=8, split="all")
    assert kept.examples % 8 != 0
    assert dropped.batches_per_epoch(0) == kept.examples // 8
    assert [len(batch.input_ids) for batch in kept.epoch(0)][-1] == kept.examples % 8


def test_training_and_validation_documents_partition_the_store(store: TokenStore) -> None:
    train = PretrainingDataset(store, split="train", batch_size=2, validation_fraction=0.2)
    validation = PretrainingDataset(
        store, split="validation", batch_size=2, validation_fraction=0.2
    )
    assert sorted(train.documents + validation.documents) == list(range(store.documents))
    everything = PretrainingDataset(store, split="train", batch_size=2, validation_fraction=0)
    assert everything.documents == list(range(store.documents))


def random_share(store: TokenStore, **options: Any) -> float:
    dataset = PretrainingDataset(
        store, seq_len=32, batch_size=8, split="all", drop_last=False, **options
    )
    labels = np.concatenate([batch.next_sentence_label for batch in dataset.epoch(0)])
    assert dataset.random_next_share == pytest.approx(labels.mean())
    return dataset.random_next_share


def test_documents_of_one_sentence_do_not_make_more_than_half_of_the_pairs_random(
    tmp_path: Path,
) -> None:
    store = store_of(tmp_path, [[4] if n % 3 else [4] * 9 for n in range(3000)])
    assert random_share(store, balanced_labels=False) > 0.65
    # Some 6,000 pairs: six standard deviations are 0.04.
    assert random_share(store) == pytest.approx(0.5, abs=0.04)


def test_labels_are_as_balanced_as_possible_if_most_documents_are_one_sentence(
    tmp_path: Path,
) -> None:
    store = store_of(tmp_path, [[4] if n % 10 else [4, 4] for n in range(300)])
    assert random_share(store) == pytest.approx(0.9, abs=0.02)


def test_a_corpus_of_single_sentence_documents_is_refused_for_next_sentence_pairs(
    tmp_path: Path,
) -> None:
    store = store_of(tmp_path, [[4]] * 50)
    with pytest.raises(CorpusError, match="every document of this corpus is a single sentence"):
        PretrainingDataset(store, split="all", batch_size=1)
    for objective in ("sentence_order", "full_sentences", "doc_sentences", "line"):
        PretrainingDataset(store, objective=objective, split="all", batch_size=1)


def test_half_of_the_ordered_pairs_are_swapped(tmp_path: Path) -> None:
    store = store_of(tmp_path, [[4] * 9 for _ in range(1000)])
    # Some 2,000 pairs: six standard deviations are 0.07.
    assert random_share(store, objective="sentence_order") == pytest.approx(0.5, abs=0.07)


@pytest.mark.parametrize("objective", ["full_sentences", "doc_sentences", "line"])
def test_single_segments_have_no_label(store: TokenStore, objective: Objective) -> None:
    dataset = PretrainingDataset(store, objective=objective, seq_len=32, batch_size=8)
    batch = dataset.batch(0, 0)
    assert batch.next_sentence_label.shape == (0,)
    assert not batch.token_type_ids.any()
    assert dataset.random_next_share == 0
    assert dataset.unpadded_batch(0, 0).next_sentence_label.shape == (0,)


@pytest.mark.parametrize("objective", ["next_sentence", "full_sentences"])
def test_dense_labels_have_the_predictions_and_ignore_the_rest(
    store: TokenStore, objective: Objective
) -> None:
    batch = PretrainingDataset(store, objective=objective, seq_len=32, batch_size=8).batch(0, 0)
    labels = batch.labels()
    assert labels.shape == batch.input_ids.shape and labels.dtype == np.int64
    predicted = np.flatnonzero(labels.ravel() != -100)
    np.testing.assert_array_equal(predicted, batch.masked_lm_positions)
    np.testing.assert_array_equal(labels.ravel()[predicted], batch.masked_lm_ids)


def test_an_unpadded_batch_is_the_padded_one_without_its_padding(store: TokenStore) -> None:
    dataset = PretrainingDataset(store, seq_len=32, batch_size=8, short_seq_prob=0.5)
    batch, unpadded = dataset.batch(1, 2), dataset.unpadded_batch(1, 2)
    is_token = batch.attention_mask.astype(bool)
    np.testing.assert_array_equal(unpadded.input_ids, batch.input_ids[is_token])
    np.testing.assert_array_equal(unpadded.token_type_ids, batch.token_type_ids[is_token])
    np.testing.assert_array_equal(np.diff(unpadded.cu_seqlens), is_token.sum(1))
    assert unpadded.cu_seqlens.dtype == np.int32 and unpadded.cu_seqlens[0] == 0
    assert unpadded.max_seqlen == is_token.sum(1).max()
    places = np.flatnonzero(is_token.ravel())
    np.testing.assert_array_equal(places[unpadded.masked_lm_positions], batch.masked_lm_positions)


@pytest.mark.parametrize("world_size", [1, 2, 3, 7])
@pytest.mark.parametrize("objective", ["next_sentence", "doc_sentences"])
def test_shards_take_each_example_of_an_epoch_once(
    store: TokenStore, objective: Objective, world_size: int
) -> None:
    def rows(rank: int, world_size: int) -> list[list[bytes]]:
        dataset = PretrainingDataset(
            store,
            objective=objective,
            seq_len=32,
            batch_size=4,
            drop_last=False,
            rank=rank,
            world_size=world_size,
        )
        return [
            [ids.tobytes() for ids in batch.input_ids]
            for batch in (dataset.batch(2, n) for n in range(dataset.batches_per_epoch(2)))
        ]

    whole = [row for batch in rows(0, 1) for row in batch]
    parts = [
        [row for batch in rows(rank, world_size) for row in batch] for rank in range(world_size)
    ]
    assert sum(map(len, parts)) == len(whole)
    assert max(map(len, parts)) - min(map(len, parts)) <= 1
    for rank, part in enumerate(parts):
        assert part == whole[rank::world_size]


def test_every_shard_has_the_same_number_of_full_batches(store: TokenStore) -> None:
    counts = {
        PretrainingDataset(
            store, seq_len=32, batch_size=4, rank=rank, world_size=5
        ).batches_per_epoch(1)
        for rank in range(5)
    }
    assert len(counts) == 1


def test_the_rate_of_masking_follows_its_schedule(store: TokenStore) -> None:
    dataset = PretrainingDataset(
        store,
        objective="full_sentences",
        seq_len=102,
        batch_size=1,
        masked_lm_prob=0.4,
        final_masked_lm_prob=0.2,
        masked_lm_prob_epochs=2,
    )
    for epoch, rate in ((0, 0.4), (1, 0.3), (2, 0.2), (9, 0.2)):
        batch = dataset.batch(epoch, 0)
        expected = rate * batch.attention_mask.sum()
        assert abs(len(batch.masked_lm_ids) - expected) <= 0.5


@pytest.mark.parametrize("hard_negative_prob", [0.0, 1.0])
def test_hard_negatives_come_from_the_same_document(
    tmp_path: Path, hard_negative_prob: float
) -> None:
    """A document's sentences share a word that no other has, as often as no other of them does."""
    words = ["the", "a", "cat", "dog"]
    path = tmp_path / "corpus.txt"
    documents = ["".join(f"{word} " * n + "\n" for n in range(1, 40)) for word in words]
    path.write_text("\n".join(documents) + "\n")
    store = TokenStore.build(Corpus([path], layout="sentences"), small_tokenizer())
    dataset = PretrainingDataset(
        store,
        seq_len=13,
        batch_size=1,
        split="all",
        short_seq_prob=0,
        hard_negative_prob=hard_negative_prob,
        mask_replace_prob=0,
        random_replace_prob=0,
    )
    same = [
        len({*batch.input_ids[0]} - {0, 2, 3}) == 1
        for batch in dataset.epoch(0)
        if batch.next_sentence_label[0] == 1
    ]
    assert len(same) > 5 and all(one == (hard_negative_prob == 1) for one in same)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seq_len": 4}, "sequence length of 4"),
        ({"batch_size": 0}, "batch size must be 1 or more"),
        ({"split": "test"}, "there is no split"),
        ({"validation_fraction": 1.0}, "validation fraction"),
        ({"validation_fraction": 0.0, "split": "validation"}, "no validation batches"),
        ({"short_seq_prob": 1.5}, "short_seq_prob"),
        ({"masked_lm_prob": 0.0}, "masked_lm_prob"),
        ({"max_predictions_per_seq": 0}, "max_predictions_per_seq"),
        ({"objective": "sop"}, "there is no objective"),
        ({"mask_unit": "letter"}, "there is no mask_unit"),
        ({"hard_negative_prob": 2.0}, "hard_negative_prob must be between"),
        (
            {"hard_negative_prob": 0.5, "objective": "line"},
            "applies to the objective next_sentence",
        ),
        ({"final_masked_lm_prob": 0.0}, "final_masked_lm_prob"),
        ({"masked_lm_prob_epochs": 0.0}, "masked_lm_prob_epochs"),
        ({"mask_replace_prob": 0.9, "random_replace_prob": 0.2}, "add up to more than 1"),
        ({"random_replace_prob": -0.1}, "random_replace_prob must be between"),
        ({"rank": 2, "world_size": 2}, "no rank 2 in a world size of 2"),
        ({"world_size": 0}, "world size of 0"),
        ({"batch_size": 2**31}, "is larger than"),
    ],
)
def test_an_option_out_of_range_is_refused(
    store: TokenStore, options: dict[str, Any], message: str
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
    PretrainingDataset(store, objective="sentence_order", split="all", batch_size=1)
    with pytest.raises(CorpusError, match=r"needs at least two documents.*sentence_order"):
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
from minibert.data.dataset import PretrainingDataset
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.data.token_store import TokenStore
from minibert.config import MASK_UNITS, OBJECTIVES, MaskUnit, Objective
from minibert.corpus import Corpus
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


@pytest.mark.parametrize(
    ("option", "described", "literal"),
    [("objective", OBJECTIVES, Objective), ("mask_unit", MASK_UNITS, MaskUnit)],
)
def test_every_objective_and_mask_unit_of_the_core_is_described(
    store: TokenStore, option: str, described: dict[str, object], literal: object
) -> None:
    with pytest.raises(OptionError) as caught:
        PretrainingDataset(store, **{option: "other"})
    allowed = caught.value.context["allowed"]
    assert re.split(r", | or ", allowed) == list(described)
    assert get_args(literal) == tuple(described)
