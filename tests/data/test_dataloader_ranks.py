"""Shards of an epoch through data loaders: every example once, whatever the ranks and workers."""

from __future__ import annotations

import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from torch.utils.data import DataLoader

from minibert.corpus import Corpus
from minibert.data.dataloader import EpochBatches
from minibert.data.dataset import PretrainingDataset
from minibert.data.token_store import TokenStore
from minibert.errors import StoreError

from helpers.samples import small_tokenizer, write_corpus

EPOCH = 2


@pytest.fixture(scope="module")
def file_store(tmp_path_factory: pytest.TempPathFactory) -> TokenStore:
    folder = tmp_path_factory.mktemp("ranks")
    corpus = Corpus([write_corpus(folder / "c.txt", documents=90)])
    return TokenStore.build(corpus, small_tokenizer(), folder / "tokens.store")


def shard(store: TokenStore, rank: int = 0, world_size: int = 1, **options) -> PretrainingDataset:
    return PretrainingDataset(
        store, seq_len=24, batch_size=8, seed=2, rank=rank, world_size=world_size, **options
    )


def rows(batches) -> list[bytes]:
    """Each example with its masks, segments and label."""
    return [
        b"".join(np.asarray(array[n]).tobytes() for array in (*batch[:3], batch[5]))
        for batch in batches
        for n in range(len(batch[0]))
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="forks")
@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")
@pytest.mark.parametrize("workers", [0, 1, 3])
@pytest.mark.parametrize("world_size", [2, 3])
def test_ranks_and_their_workers_partition_an_epoch(
    file_store: TokenStore, world_size: int, workers: int
) -> None:
    whole = rows(shard(file_store, drop_last=False).epoch(EPOCH))
    assert len(whole) % (8 * world_size)  # so that the last batches are not full
    for rank in range(world_size):
        batches = EpochBatches(shard(file_store, rank, world_size, drop_last=False))
        batches.set_epoch(EPOCH)
        context = "fork" if workers else None
        loader = DataLoader(
            batches, batch_size=None, num_workers=workers, multiprocessing_context=context
        )
        assert rows(loader) == whole[rank::world_size]


def test_a_pickled_dataset_makes_the_same_batches(file_store: TokenStore) -> None:
    options = {"objective": "sentence_order", "mask_unit": "span", "masked_lm_prob": 0.3}
    dataset = shard(file_store, 1, 3, split="all", **options)
    again = pickle.loads(pickle.dumps(dataset))
    assert rows(again.epoch(EPOCH)) == rows(dataset.epoch(EPOCH))


def test_a_store_that_was_replaced_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tokens.store"

    def build(documents: int) -> TokenStore:
        corpus = Corpus([write_corpus(tmp_path / "c.txt", documents=documents)])
        return TokenStore.build(corpus, small_tokenizer(), path)

    pickled = pickle.dumps(build(20))
    build(30)
    with pytest.raises(StoreError, match="replaced by another store"):
        pickle.loads(pickled)


def test_a_relative_path_works_from_another_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    corpus = Corpus([write_corpus(tmp_path / "c.txt", documents=20)])
    store = TokenStore.build(corpus, small_tokenizer(), "tokens.store")
    pickled = pickle.dumps(TokenStore.open("tokens.store"))
    monkeypatch.chdir("/")
    assert pickle.loads(pickled).fingerprint == store.fingerprint
