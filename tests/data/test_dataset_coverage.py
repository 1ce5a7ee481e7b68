"""What an epoch holds, and what it never may: followed token by token through the batches.

Every token of these corpora has an id of its own, so that a batch says where its text is from.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from minibert.data.dataset import Objective, PretrainingDataset
from minibert.data.token_store import TokenStore

from helpers.samples import SPECIALS, own_word_store

PAIRS: list[Objective] = ["next_sentence", "sentence_order"]
SINGLES: list[Objective] = ["full_sentences", "doc_sentences", "line"]
FIRST = len(SPECIALS)
"""The id of the first token of the store."""


@pytest.fixture(scope="module")
def lengths() -> list[list[int]]:
    rng = np.random.default_rng(6)
    return [list(rng.integers(2, 15, rng.integers(1, 9))) for _ in range(150)]


@pytest.fixture(scope="module")
def own_words(tmp_path_factory: pytest.TempPathFactory, lengths: list[list[int]]) -> TokenStore:
    return own_word_store(tmp_path_factory.mktemp("store"), lengths)


def shards(store: TokenStore, world_size: int, **options: Any) -> Iterator[PretrainingDataset]:
    for rank in range(world_size):
        yield PretrainingDataset(
            store,
            batch_size=4,
            drop_last=False,
            rank=rank,
            world_size=world_size,
            **options,
        )


def padded_text(dataset: PretrainingDataset, epoch: int) -> Iterator[np.ndarray]:
    """The places in the store that each batch's tokens are from, as they were before the masks."""
    for batch in dataset.epoch(epoch):
        ids = batch.input_ids.ravel().copy()
        ids[batch.masked_lm_positions] = batch.masked_lm_ids
        yield ids[ids >= FIRST] - FIRST


def unpadded_text(dataset: PretrainingDataset, epoch: int) -> Iterator[np.ndarray]:
    for index in range(dataset.batches_per_epoch(epoch)):
        batch = dataset.unpadded_batch(epoch, index)
        ids = batch.input_ids.copy()
        ids[batch.masked_lm_positions] = batch.masked_lm_ids
        yield ids[ids >= FIRST] - FIRST


@pytest.mark.parametrize("text_of", [padded_text, unpadded_text])
@pytest.mark.parametrize("world_size", [1, 3])
@pytest.mark.parametrize(
    ("objective", "hard_negative_prob"),
    [("next_sentence", 0.5), *((objective, 0.0) for objective in [*PAIRS, *SINGLES])],
)
def test_no_validation_document_is_in_any_training_batch(
    own_words: TokenStore,
    lengths: list[list[int]],
    objective: Objective,
    hard_negative_prob: float,
    world_size: int,
    text_of: Callable[[PretrainingDataset, int], Iterator[np.ndarray]],
) -> None:
    """And none of training in a held-out batch; each set shows all of its own documents."""
    document_of = np.repeat(np.arange(len(lengths)), [sum(document) for document in lengths])
    seen = {}
    for split in ("train", "validation"):
        parts = shards(
            own_words,
            world_size,
            objective=objective,
            split=split,
            validation_fraction=0.25,
            seq_len=32,
            hard_negative_prob=hard_negative_prob,
        )
        seen[split] = set()
        for dataset in parts:
            for epoch in range(3):
                for places in text_of(dataset, epoch):
                    seen[split].update(document_of[places].tolist())
            documents = dataset.documents
        assert seen[split] == set(documents)
    assert not seen["train"] & seen["validation"]
    assert len(seen["train"] | seen["validation"]) == len(lengths)
    assert 15 < len(seen["validation"]) < 60


def times_seen(store: TokenStore, world_size: int, epoch: int, **options: Any) -> np.ndarray:
    """How often each token of the store is in the epoch, the random segments left out."""
    times = np.zeros(store.tokens, dtype=int)
    for dataset in shards(store, world_size, split="all", **options):
        for batch in dataset.epoch(epoch):
            ids = batch.input_ids.copy()
            ids.ravel()[batch.masked_lm_positions] = batch.masked_lm_ids
            if dataset.objective == "next_sentence":
                is_random = batch.next_sentence_label[:, None] == 1
                ids[is_random & (batch.token_type_ids == 1)] = 0
            np.add.at(times, ids[ids >= FIRST] - FIRST, 1)
    return times


@pytest.mark.parametrize("world_size", [1, 3])
@pytest.mark.parametrize("objective", [*PAIRS, *SINGLES])
def test_every_token_comes_once_per_epoch_unless_pairs_are_truncated(
    own_words: TokenStore, objective: Objective, world_size: int
) -> None:
    for epoch in range(3):
        times = times_seen(own_words, world_size, epoch, objective=objective, seq_len=512)
        assert (times == 1).all()


@pytest.mark.parametrize("seq_len", [6, 9, 16])
@pytest.mark.parametrize("objective", SINGLES)
def test_single_segments_of_any_length_have_every_token_once(
    own_words: TokenStore, objective: Objective, seq_len: int
) -> None:
    assert (times_seen(own_words, 3, 1, objective=objective, seq_len=seq_len) == 1).all()


@pytest.mark.parametrize("objective", PAIRS)
def test_truncated_pairs_have_no_token_twice(own_words: TokenStore, objective: Objective) -> None:
    times = times_seen(own_words, 3, 1, objective=objective, seq_len=16)
    assert times.max() == 1 and times.mean() > 0.7


def test_many_epochs_have_every_token_although_pairs_are_truncated(own_words: TokenStore) -> None:
    """What is cut off depends on the epoch."""
    for objective in PAIRS:
        options = {"objective": objective, "seq_len": 32}
        assert sum(times_seen(own_words, 1, epoch, **options) for epoch in range(60)).min() > 0


def test_a_pair_is_in_order_exactly_if_its_label_is_0(own_words: TokenStore) -> None:
    """No pair is truncated, so that B begins at the very token behind A or somewhere else."""
    for hard_negative_prob in (0.0, 0.5):
        dataset = PretrainingDataset(
            own_words, split="all", seq_len=512, hard_negative_prob=hard_negative_prob, batch_size=4
        )
        for batch in (batch for epoch in range(5) for batch in dataset.epoch(epoch)):
            ids = batch.input_ids.copy()
            ids.ravel()[batch.masked_lm_positions] = batch.masked_lm_ids
            first_of_b = batch.token_type_ids.argmax(1)
            rows = np.arange(len(ids))
            is_next = ids[rows, first_of_b] == ids[rows, first_of_b - 2] + 1
            np.testing.assert_array_equal(is_next, batch.next_sentence_label == 0)
