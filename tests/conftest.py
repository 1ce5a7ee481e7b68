"""What many tests share: a small corpus, a run trained on it, and a store of drawn words."""

from __future__ import annotations

import os
import signal

import hypothesis
import numpy as np
import pytest

from minibert.cli import main
from minibert.config import PretrainOptions
from minibert.data.token_store import TokenStore

from helpers.samples import TINY, Silence, store_of, write_corpus

# Before PyTorch is imported, also by the processes that tests start: models as small as these are
# fastest on one thread, and threads that wait for each other on busy cores take many times as long.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# Jobs in the background ignore Ctrl-C, those that outlive their terminal that it hangs up, and so
# would every process that a test starts.
signal.signal(signal.SIGINT, signal.default_int_handler)
if hasattr(signal, "SIGHUP"):
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


# On a busy machine a single example may take many times its usual time.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """A cache of the tests' own, also for the processes that they start."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("cache")
        for name in ("XDG_CACHE_HOME", "HOME", "LOCALAPPDATA"):
            patch.setenv(name, str(folder))
        yield folder


@pytest.fixture
def call(capsys, monkeypatch, tmp_path):
    """Run a command in an empty folder; its exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments):
        with pytest.raises(SystemExit) as caught:
            main([str(a) for a in arguments])
        out, err = capsys.readouterr()
        return caught.value.code or 0, out, err

    return run


@pytest.fixture(scope="session")
def small_corpus(tmp_path_factory):
    return write_corpus(tmp_path_factory.mktemp("corpus") / "animals.txt")


@pytest.fixture(scope="session")
def small_run(small_corpus, tmp_path_factory):
    """A finished run, trained just enough to have learned something."""
    from minibert.pretraining.pretrain import pretrain

    out = tmp_path_factory.mktemp("runs") / "small"
    options = PretrainOptions(**{**TINY, "checkpoint_every": 400}, steps=800, out=str(out))
    return pretrain([str(small_corpus)], options, Silence())


@pytest.fixture(scope="session")
def scripts_model(tmp_path_factory):
    """A model with words of several scripts in its vocabulary; it has learned nothing."""
    from helpers.explain_samples import save_model_of_scripts

    return save_model_of_scripts(tmp_path_factory.mktemp("models") / "scripts")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> TokenStore:
    rng = np.random.default_rng(1)
    documents = [list(rng.integers(2, 15, rng.integers(1, 9))) for _ in range(120)]
    return store_of(tmp_path_factory.mktemp("store"), documents)
