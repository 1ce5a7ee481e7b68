"""Batches for PyTorch: tensors, data loaders with any number of workers, and the recipe."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.utils.data import DataLoader

from minibert.corpus import Corpus
from minibert.data.dataloader import EpochBatches, batch_to_device, pack, unpack
from minibert.data.dataset import Batch, PretrainingDataset
from minibert.data.token_store import TokenStore
from minibert.errors import OptionError, StoreError

from helpers.samples import small_tokenizer, write_corpus

DOCS = Path(__file__).parents[2] / "docs"

can_fork = pytest.mark.skipif(sys.platform != "linux", reason="forks")
forking = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


@pytest.fixture(scope="module")
def dataset(store: TokenStore) -> PretrainingDataset:
    return PretrainingDataset(store, seq_len=32, batch_size=4, seed=5, drop_last=False)


def assert_same(found, expected) -> None:
    found, expected = list(found), list(expected)
    assert len(found) == len(expected)
    for one, two in zip(found, expected, strict=True):
        assert isinstance(one, Batch)
        for left, right in zip(one, two, strict=True):
            np.testing.assert_array_equal(np.asarray(left), np.asarray(right))


# ---- to the device ------------------------------------------------------------------------------


def test_tensors_on_the_cpu_share_the_memory_of_the_arrays(dataset: PretrainingDataset) -> None:
    batch = dataset.batch(0, 0)
    tensors = batch_to_device(batch, torch.device("cpu"))
    assert list(tensors) == list(Batch._fields)
    for name, array in batch._asdict().items():
        assert tensors[name].data_ptr() == array.ctypes.data


shapes = st.lists(st.integers(0, 7), min_size=1, max_size=3).map(tuple)
types = st.sampled_from([torch.int64, torch.int32, torch.int8, torch.bool])


@settings(deadline=None)
@given(st.lists(st.tuples(shapes, types), min_size=1, max_size=7))
def test_packed_tensors_are_unpacked_unchanged(kinds) -> None:
    tensors = {
        str(n): torch.randint(0, 100, shape).to(dtype) for n, (shape, dtype) in enumerate(kinds)
    }
    buffer = torch.empty(sum(t.nbytes + 16 for t in tensors.values()), dtype=torch.uint8)
    unpacked = unpack(pack(tensors, buffer).clone(), tensors)
    for name, tensor in tensors.items():
        assert torch.equal(unpacked[name], tensor) and unpacked[name].dtype == tensor.dtype


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_tensors_on_a_gpu_are_those_of_the_batch(dataset: PretrainingDataset) -> None:
    device = torch.device("cuda")
    batches = [dataset.batch(0, index) for index in range(30)]
    sent = [batch_to_device(batch, device) for batch in batches]
    for batch, tensors in zip(batches, sent, strict=True):
        for name, array in batch._asdict().items():
            np.testing.assert_array_equal(tensors[name].cpu().numpy(), array)


# ---- in a DataLoader ----------------------------------------------------------------------------


@can_fork
@forking
@pytest.mark.filterwarnings("ignore:This DataLoader will create:UserWarning")
@pytest.mark.parametrize("workers", [0, 1, 2, 3])
def test_every_batch_comes_once_and_in_order_for_any_number_of_workers(
    dataset: PretrainingDataset, workers: int
) -> None:
    batches = EpochBatches(dataset)
    batches.set_epoch(2)
    loader = DataLoader(
        batches,
        batch_size=None,
        num_workers=workers,
        multiprocessing_context="fork" if workers else None,
    )
    found = list(loader)
    assert all(isinstance(tensor, torch.Tensor) for tensor in found[0])
    assert_same(found, dataset.epoch(2))


@pytest.mark.parametrize(
    ("start_method", "workers"),
    [
        pytest.param("fork", 2, marks=can_fork),
        pytest.param("spawn", 1, marks=pytest.mark.exhaustive),
    ],
)
@forking
def test_persistent_workers_see_the_epoch(tmp_path: Path, start_method: str, workers: int) -> None:
    corpus = Corpus([write_corpus(tmp_path / "c.txt")])
    store = TokenStore.build(corpus, small_tokenizer(), tmp_path / "tokens.store")
    dataset = PretrainingDataset(store, seq_len=24, batch_size=8, seed=2, drop_last=False)
    batches = EpochBatches(dataset)
    loader = DataLoader(
        batches,
        batch_size=None,
        num_workers=workers,
        persistent_workers=True,
        multiprocessing_context=start_method,
    )
    for epoch in (0, 3):
        batches.set_epoch(epoch)
        assert_same(loader, dataset.epoch(epoch))


def test_a_temporary_store_is_refused_by_spawned_workers(
    dataset: PretrainingDataset,
) -> None:
    loader = DataLoader(
        EpochBatches(dataset), batch_size=None, num_workers=1, multiprocessing_context="spawn"
    )
    with pytest.raises(StoreError, match=r"give TokenStore\.build a path"):
        iter(loader)


def test_a_negative_epoch_is_refused(dataset: PretrainingDataset) -> None:
    with pytest.raises(OptionError, match="0 or more, not -1"):
        EpochBatches(dataset).set_epoch(-1)


# ---- the recipe ---------------------------------------------------------------------------------


def recipe(name: str) -> str:
    """The Python of a section of the page."""
    page = (DOCS / "reference" / "data-loading.md").read_text(encoding="utf-8")
    section = page.split(f"## {name}\n")[1].split("\n## ")[0]
    return re.search(r"```python\n(.*?)```", section, re.DOTALL)[1]


def test_the_loop_of_the_docs_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path / "corpus.txt", documents=40)
    found: dict = {}
    exec(recipe("In your own loop"), found)
    assert found["stream"].epoch > 0
    assert found["loss"].isfinite()


@pytest.mark.filterwarnings("default")  # those of other people's trainer are theirs
def test_the_recipe_for_the_trainer_of_transformers_trains(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WANDB_DISABLED", "true")
    write_corpus(tmp_path / "corpus.txt", documents=40)
    found: dict = {"__name__": "recipe"}
    exec(recipe("In Hugging Face's `Trainer`"), found)
    trainer, batches = found["trainer"], found["batches"]
    assert batches.epoch == 1  # it was told
    assert trainer.state.global_step == sum(map(batches.dataset.batches_per_epoch, range(2)))
    losses = [row["loss"] for row in trainer.state.log_history if "loss" in row]
    assert len(losses) == trainer.state.global_step and losses[-1] < losses[0]
