"""A small corpus that the tests make themselves, and one small run trained on it."""

import pytest

from minibert.options import PretrainOptions

from samples import TINY, Silence, write_corpus


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("corpus") / "animals.txt")


@pytest.fixture(scope="session")
def small_run(small_corpus, tmp_path_factory):
    """A finished run, trained just enough to have learned something."""
    from minibert.pretrain import pretrain

    out = tmp_path_factory.mktemp("runs") / "small"
    options = PretrainOptions(**TINY, steps=400, out=str(out))
    return pretrain([str(small_corpus)], options, Silence())
