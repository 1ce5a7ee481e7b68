"""Several processes train as one would, and the end of any of them loses nothing."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import time

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from minibert import PretrainingDataset
from minibert.config import PretrainOptions
from minibert.corpus import Corpus
from minibert.data.token_store import TokenStore
from minibert.errors import OptionError
from minibert.model.folder import checkpoints
from minibert.pretraining.pretrain import pretrain
from minibert.pretraining.run_setup import resolve_run
from minibert.runs.run import Run
from minibert.training.distributed import own_device
from minibert.training.ranks import Ranks

from helpers.killed_runs import rows
from helpers.rank_workers import (
    OBJECTIVES,
    command,
    losing_its_number,
    make_trainer,
    one_step,
    short_of_memory,
    start_together,
    steps_of_a_rank,
)
from helpers.samples import TINY, Silence, small_tokenizer, write_corpus

STEPS = 60


# ---- one step -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def store_path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("store")
    corpus = Corpus([write_corpus(folder / "c.txt", documents=90)])
    TokenStore.build(corpus, small_tokenizer(), folder / "tokens.store")
    return folder / "tokens.store"


@pytest.fixture(scope="module")
def two_ranks(store_path, tmp_path_factory):
    out = tmp_path_factory.mktemp("two")
    processes = start_together(2, steps_of_a_rank, str(store_path), str(out), log=out / "log")
    join(processes)
    assert [p.exitcode for p in processes] == [0, 0], (out / "log.0").read_text()
    return out


def join(processes, seconds=60):
    for process in processes:
        process.join(seconds)
        assert process.exitcode is not None


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.exhaustive
def test_gradients_and_losses_do_not_depend_on_processes_nor_micro_batches(
    store_path, two_ranks, objective
):
    store = TokenStore.open(store_path)
    alone = one_step(make_trainer(store, objective=objective))
    ways = [one_step(make_trainer(store, objective=objective, accumulate=2))]
    for accumulate in (1, 2, 4):
        ways += [load_file(two_ranks / f"{objective}-{accumulate}.{rank}") for rank in (0, 1)]
    for way in ways:
        assert way.keys() == alone.keys()  # what is not used has no gradient, and is not decayed
        for name, value in alone.items():
            torch.testing.assert_close(way[name], value, rtol=1e-5, atol=1e-6, msg=name)


def test_shards_have_different_numbers_of_predictions(store_path):
    """So that a mean of the processes' means would be another number."""
    store = TokenStore.open(store_path)
    shards = [make_shard(store, rank).batch(0, 0) for rank in (0, 1)]
    assert len({len(batch.masked_lm_ids) for batch in shards}) == 2


def make_shard(store, rank, world=2, **options):
    return PretrainingDataset(
        store, seq_len=24, batch_size=8 // world, rank=rank, world_size=world, **options
    )


def test_gradients_are_exchanged_once_per_step(two_ranks):
    exchanges = json.loads((two_ranks / "exchanges.0").read_text())
    assert exchanges == [0] * len(OBJECTIVES) * 3  # one bucket, whatever the micro-batches


@pytest.mark.parametrize("budget", ["steps", "seconds"])
def test_weights_and_optimizer_states_are_bit_identical_in_all_processes(two_ranks, budget):
    """With a budget in seconds by the first one's clock, while the other's says that it is over."""
    first, second = (load_file(two_ranks / f"{budget}.{rank}") for rank in (0, 1))
    assert any(name.startswith("optimizer.momentum_buffer") for name in first)
    assert first.keys() == second.keys()
    assert first["step"] > 3
    for name in first.keys() - {"drawn"}:
        assert torch.equal(first[name], second[name]), name


def test_each_process_has_its_own_dropout(two_ranks):
    first, second = (load_file(two_ranks / f"steps.{rank}")["drawn"] for rank in (0, 1))
    assert not torch.equal(first, second)


def test_a_value_that_differs_between_processes_is_named(two_ranks):
    said = [(two_ranks / f"unlike.{rank}").read_text() for rank in (0, 1)]
    assert said[0].startswith("RunError: the number of threads is 1 in rank 1 and 0 in rank 0")
    assert said[1].startswith("ReportedByPeerError")


@pytest.mark.parametrize("world", [2, 4])
def test_the_shards_of_a_batch_make_up_the_whole_batch(store_path, world):
    store = TokenStore.open(store_path)
    options = {"final_masked_lm_prob": 0.4, "masked_lm_prob_epochs": 2.0}
    shards = [make_shard(store, rank, world, **options) for rank in range(world)]
    whole = make_shard(store, 0, 1, **options)
    assert {shard.batches_per_epoch(1) for shard in shards} == {whole.batches_per_epoch(1)}
    for index in (0, 5, whole.batches_per_epoch(1) - 1):
        batches = [shard.batch(1, index) for shard in shards]
        one = whole.batch(1, index)
        for rank, batch in enumerate(batches):
            np.testing.assert_array_equal(batch.input_ids, one.input_ids[rank::world])
            np.testing.assert_array_equal(batch.labels(), one.labels()[rank::world])
        again = shards[-1].whole().batch(1, index)
        assert all((a == b).all() for a, b in zip(again, one, strict=True))


# ---- whole runs ---------------------------------------------------------------------------------


def words(corpus, out, **options):
    """A command line."""
    given = {**TINY, "batch_size": 8, "checkpoint_every": 25, "out": out, **options}
    flags = [w for k, v in given.items() for w in ("--" + k.replace("_", "-"), str(v))]
    return ["pretrain", str(corpus), *flags]


def train_together(world, corpus, out, *more, **options):
    log = out.with_name(out.name + ".log")
    processes = start_together(world, command, [*words(corpus, out, **options), *more], log=log)
    return processes, lambda rank: log.with_name(f"{log.name}.{rank}").read_text()


def finish(*arguments, **options):
    processes, said = train_together(*arguments, **options)
    join(processes, 120)
    assert {p.exitcode for p in processes} == {0}, said(0) + said(1)
    return processes


def losses(run):
    kept = [row for row in Run.open(run).metrics() if row.split == "train"]
    return {row.step: (row.mlm_loss, row.nsp_loss, row.grad_norm) for row in kept}


def tokens(run):
    return [(row.step, row.split, row.tokens, row.epoch) for row in Run.open(run).metrics()]


@pytest.fixture(scope="module")
def alone(small_corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("alone") / "run"
    processes, said = train_together(1, small_corpus, out, steps=STEPS)
    join(processes)
    assert processes[0].exitcode == 0, said(0)
    return out


def assert_near(run, other, tolerance=0.02):
    theirs = losses(other)
    assert losses(run).keys() == theirs.keys()
    for step, figures in losses(run).items():
        np.testing.assert_allclose(figures, theirs[step], rtol=tolerance, err_msg=str(step))
    assert tokens(run) == tokens(other)


@pytest.fixture(scope="module")
def pair(small_corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("pair") / "run"
    finish(2, small_corpus, out, steps=STEPS)
    return out


def test_two_processes_train_the_same_model_as_one(alone, pair):
    assert_near(pair, alone)
    manifest = Run.open(pair).manifest
    assert (manifest.state, manifest.processes) == ("finished", 2)


def wait_for(run, count, processes):
    deadline = time.monotonic() + 60
    while rows(run) < count:
        assert time.monotonic() < deadline and all(p.is_alive() for p in processes)
        time.sleep(0.002)


@pytest.fixture(scope="module")
def bereaved(small_corpus, tmp_path_factory):
    """A run of two, one of which was killed; what was said of it."""
    out = tmp_path_factory.mktemp("bereaved") / "run"
    processes, said = train_together(2, small_corpus, out, steps=STEPS, log_every=1)
    wait_for(out, 20, processes)
    processes[1].kill()
    join(processes)
    return out, processes, said


def test_a_killed_process_ends_the_run_with_a_checkpoint(bereaved):
    out, processes, said = bereaved
    assert [p.exitcode for p in processes] == [2, -signal.SIGKILL]
    run = Run.open(out)
    saved_at = json.loads((checkpoints(out)[-1] / "trainer.json").read_text())["step"]
    assert run.state == "failed"
    assert saved_at >= run.metrics()[-1].step >= 20
    assert f"gone after step {saved_at}, which is saved; continue with --resume" in said(0)
    assert "Traceback" not in said(0)


@pytest.mark.parametrize(
    "world", [2, *(pytest.param(n, marks=pytest.mark.exhaustive) for n in (1, 4))]
)
def test_a_run_with_a_killed_process_resumes_with_any_number_of_processes(
    small_corpus, alone, pair, bereaved, tmp_path, world
):
    out = shutil.copytree(bereaved[0], tmp_path / "run")
    going_on = {"batch_size": 8, "log_every": 1, "checkpoint_every": 25, "out": out, "threads": 1}
    flags = [w for k, v in going_on.items() for w in ("--" + k.replace("_", "-"), str(v))]
    arguments = ["pretrain", str(small_corpus), "--resume", *flags]
    processes = start_together(world, command, arguments, log=tmp_path / "log")
    join(processes)
    assert {p.exitcode for p in processes} == {0}, (tmp_path / "log.0").read_text()
    assert Run.open(out).state == "finished"
    if world == 2:
        assert (out / "model.safetensors").read_bytes() == (pair / "model.safetensors").read_bytes()
    found = losses(out)
    assert list(found) == list(range(1, STEPS + 1))
    for step, (mlm_loss, *_) in losses(alone).items():
        mean = np.mean([found[n][0] for n in range(step - 4, step + 1)])
        assert mean == pytest.approx(mlm_loss, rel=0.03), step


def test_a_signal_to_any_process_stops_all_after_the_same_step(small_corpus, tmp_path):
    out = tmp_path / "run"
    processes, said = train_together(2, small_corpus, out, steps=10**6)
    wait_for(out, 5, processes)
    os.kill(processes[1].pid, signal.SIGTERM)
    join(processes)
    assert [p.exitcode for p in processes] == [130, 128 + signal.SIGTERM], said(0)
    run = Run.open(out)
    saved_at = json.loads((checkpoints(out)[-1] / "trainer.json").read_text())["step"]
    assert run.state == "interrupted"
    assert saved_at >= run.metrics()[-1].step
    assert said(1) == ""


def test_only_rank_0_reports_an_error(small_corpus, tmp_path):
    for corpus, options, sentence in [
        (small_corpus, {"batch_size": 7}, "2 processes do not divide; give --batch-size 8"),
        (tmp_path / "none.txt", {}, "there is no file or folder"),
    ]:
        processes, said = train_together(2, corpus, tmp_path / "run", **options)
        join(processes)
        assert [p.exitcode for p in processes] == [2, 2]
        assert said(0).count("minibert:") == 1 and sentence in said(0)
        assert "Traceback" not in said(0)
        assert said(1) == ""
    assert not (tmp_path / "run").exists()


@pytest.mark.exhaustive
def test_a_process_out_of_memory_names_a_batch_size_that_fits(small_corpus, tmp_path):
    out = tmp_path / "run"
    command_line = words(small_corpus, out, steps=STEPS, log_every=1)
    processes = start_together(2, short_of_memory, command_line, log=tmp_path / "log")
    join(processes)
    assert [p.exitcode for p in processes] == [2, 2]
    said = [(tmp_path / f"log.{rank}").read_text() for rank in (0, 1)]
    assert said[1].startswith(
        "minibert (rank 1): a micro-batch of 4 examples of 48 tokens (--batch-size 8 in 2 proc"
    )
    assert "continue with --resume --accumulate 2 (micro-batches of 2 examples)" in said[1]
    assert "gone after step 11, which is saved" in said[0]
    assert checkpoints(out)[-1].name == "step-00000011"


@pytest.mark.exhaustive
def test_nan_losses_in_one_process_end_all_and_keep_the_whole_batch(small_corpus, tmp_path):
    out = tmp_path / "run"
    processes = start_together(2, losing_its_number, words(small_corpus, out), log=tmp_path / "log")
    join(processes)
    assert [p.exitcode for p in processes] == [2, 2]
    assert "3 batches in a row after step 5" in (tmp_path / "log.0").read_text()
    assert (tmp_path / "log.1").read_text() == ""
    assert load_file(out / "batch-0-7.safetensors")["input_ids"].shape == (8, 48)
    assert Run.open(out).state == "failed"


@pytest.mark.parametrize("state", ["failed", "running", "finished"])
def test_restarted_processes_resume_a_run_in_any_state(alone, tmp_path, monkeypatch, state):
    out = shutil.copytree(alone, tmp_path / "run")
    run = Run.open(out)
    run.set_state(state)
    before = [(row.step, row.split) for row in run.metrics()]
    for name, value in {"RANK": 0, "WORLD_SIZE": 1, "TORCHELASTIC_RESTART_COUNT": 1}.items():
        monkeypatch.setenv(name, str(value))
    options = dataclasses.replace(run.manifest.options, out=str(out))
    assert pretrain(run.manifest.inputs, options, Silence()).finished
    assert Run.open(out).state == "finished"
    assert [(row.step, row.split) for row in Run.open(out).metrics()] == before


# ---- options and environment --------------------------------------------------------------------

TWO = Ranks(world_size=2)


@pytest.mark.parametrize(
    ("inputs", "options", "ranks", "said"),
    [
        (
            ["c"],
            {"batch_size": 10, "accumulate": 2},
            Ranks(world_size=4),
            "which 4 processes times `accumulate` 2 do not divide; give `batch_size` 8$",
        ),
        (["c"], {"batch_size": 31}, TWO, "which 2 processes do not divide; give `batch_size` 32$"),
        (["c"], {"batch_size": 1}, TWO, "give `batch_size` 2$"),
        (["-"], {}, TWO, "standard input cannot be shared by several processes"),
        (["c"], {}, Ranks(world_size=2, max_restarts=3), "`out` is missing"),
    ],
)
def test_options_that_several_processes_cannot_use_are_refused(inputs, options, ranks, said):
    with pytest.raises(OptionError, match=said):
        resolve_run(inputs, PretrainOptions(**options), ranks)


@pytest.mark.parametrize(
    ("environment", "ranks"),
    [
        ({}, Ranks()),
        ({"RANK": "3"}, Ranks()),
        ({"RANK": "1", "WORLD_SIZE": "4"}, Ranks(1, 4, 1, 4)),
        (
            {
                "RANK": "5",
                "WORLD_SIZE": "8",
                "LOCAL_RANK": "1",
                "LOCAL_WORLD_SIZE": "4",
                "TORCHELASTIC_RESTART_COUNT": "2",
                "TORCHELASTIC_MAX_RESTARTS": "3",
            },
            Ranks(5, 8, 1, 4, 2, 3),
        ),
    ],
)
def test_ranks_are_read_from_the_environment(monkeypatch, environment, ranks):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert Ranks.from_environment() == ranks


@pytest.mark.parametrize(
    ("rank", "world", "said"),
    [
        ("two", "4", "RANK is 'two'"),
        ("4", "4", "must be below WORLD_SIZE, .* 4"),
        ("0", "", "WORLD_SIZE is ''"),
    ],
)
def test_an_invalid_environment_is_refused(monkeypatch, rank, world, said):
    monkeypatch.setenv("RANK", rank)
    monkeypatch.setenv("WORLD_SIZE", world)
    with pytest.raises(OptionError, match=said):
        Ranks.from_environment()


def test_each_process_uses_its_own_gpu(monkeypatch):
    chosen = []
    monkeypatch.setattr(torch.cuda, "set_device", chosen.append)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr("minibert.training.distributed.choose_device", torch.device)
    second = Ranks(rank=3, world_size=4, local_rank=1)
    for name in ("auto", "cuda"):
        assert own_device(name, second) == torch.device("cuda:1") == chosen.pop()
    assert own_device("cpu", second) == torch.device("cpu")
    assert own_device("cuda:0", Ranks()) == torch.device("cuda:0")
    for name, ranks, said in [
        ("cuda", Ranks(2, 4, 2), "start 2 processes"),
        ("cuda:0", second, "set it to cuda$"),
        ("mps", second, "set `device` to cpu$"),
    ]:
        with pytest.raises(OptionError, match=said):
            own_device(name, ranks)
