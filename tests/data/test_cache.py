"""The cache of prepared tokens stays below its bound; what is in use stays in it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from minibert.config import PrepareOptions, PretrainOptions
from minibert.data import cache
from minibert.data.prepare import STORE
from minibert.pretraining.pretrain import pretrain

from helpers.samples import TINY, Silence, write_corpus

HOUR = 3600


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A cache of the test's own."""
    monkeypatch.setattr("platformdirs.user_cache_path", lambda name: tmp_path / "cache" / name)
    return tmp_path / "cache" / "minibert" / "tokens"


def put(folder: Path, size: int, hours_ago: float) -> Path:
    """Tokens of a size that were used so long ago."""
    folder.mkdir(parents=True)
    (folder / STORE).write_bytes(bytes(size))
    used = time.time() - hours_ago * HOUR
    for path in (folder / STORE, folder):
        os.utime(path, (used, used))
    return folder


def test_least_recently_used_folders_are_evicted_down_to_the_limit(own: Path) -> None:
    new, old, older = (put(own / name, 1 << 20, h) for name, h in [("n", 2), ("o", 3), ("p", 9)])
    assert cache.evict(4 << 20) == []
    assert cache.evict((2 << 20) + (1 << 18)) == [older]
    assert cache.evict(1) == [old, new]
    assert list(own.iterdir()) == []


def test_folders_used_within_the_hour_are_kept(own: Path) -> None:
    put(own / "recent", 1 << 20, 0.5)
    put(own / "old", 1 << 10, 5)
    cache.evict(1)
    assert [path.name for path in own.iterdir()] == ["recent"]


def test_a_folder_that_is_being_written_counts_as_used(own: Path) -> None:
    folder = put(own / "building", 100, 9)
    (folder / ".tokens.store.x.tmp").write_bytes(bytes(1 << 20))
    used = time.time() - 9 * HOUR
    os.utime(folder, (used, used))
    assert cache.evict(1) == []


def test_use_is_recorded(own: Path) -> None:
    first, second = put(own / "first", 1 << 20, 9), put(own / "second", 1 << 20, 5)
    cache.mark_used(first)
    assert cache.evict(1) == [second]


def test_an_empty_or_missing_cache_is_valid(own: Path) -> None:
    assert cache.evict(1) == []
    cache.mark_used(own / "nothing")


def test_training_limits_the_cache_and_reuses_tokens(
    own: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("minibert.data.prepare.evict", lambda: cache.evict(1 << 20))
    old = put(own / "old", 2 << 20, 9)
    corpus = write_corpus(tmp_path / "c.txt", documents=40)

    def train(name: str) -> list[str]:
        said = Silence()
        options = PretrainOptions(**TINY, steps=1, out=str(tmp_path / name))
        pretrain([str(corpus)], options, said)
        return said.notes

    assert any("evicted the tokens of 1 text" in note for note in train("a"))
    assert not old.exists()
    (kept,) = own.iterdir()
    os.utime(kept, (1, 1))
    assert any("using the tokens of this text" in note for note in train("b"))
    assert time.time() - kept.stat().st_mtime < HOUR


def test_a_run_resumes_after_its_tokens_were_evicted(own: Path, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path / "c.txt", documents=40)
    stopping = Silence()
    stopping.on_row = lambda row, trainer: trainer.stop()
    out = str(tmp_path / "run")
    pretrain([str(corpus)], PretrainOptions(**TINY, steps=10, out=out), stopping)
    (kept,) = own.iterdir()
    for path in (kept, *kept.iterdir()):
        os.utime(path, (1, 1))
    assert cache.evict(0) == [kept]
    assert pretrain([], PretrainOptions(resume=True, threads=1, out=out), Silence()).finished


@pytest.mark.parametrize("memory", ["128M", "1G"])
def test_enough_memory_is_taken(memory: str) -> None:
    assert PrepareOptions(memory=memory).memory == memory
