"""Whatever happens to a training, it goes on from its last whole checkpoint to the same end."""

import errno
import json
import os
import pty
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch

from minibert import BertConfig, BertForPreTraining, Budget, PretrainingDataset, Trainer
from minibert.cli.advice import command_line_sentence
from minibert.config import PretrainOptions
from minibert.config.recipe import RECIPES
from minibert.corpus import Corpus
from minibert.data.token_store import TokenStore
from minibert.errors import DivergedError, FileError, OutOfMemoryError, RunError
from minibert.model.folder import checkpoints
from minibert.pretraining.pretrain import pretrain
from minibert.runs.manifest import RunState
from minibert.runs.run import Run
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.training.checkpoint import load_newest_checkpoint, save_checkpoint
from minibert.training.distributed import ProcessGroup
from minibert.training.out_of_memory import is_out_of_memory, out_of_memory_error
from minibert.training.ranks import Ranks

from helpers.killed_runs import rows, start
from helpers.samples import TINY, Silence, training_record

STEPS = 90
# Neither divides the other, so that checkpoints fall between rows of metrics.
OPTIONS = {**TINY, "steps": STEPS, "checkpoint_every": 7, "log_every": 3}
MAY_CHANGE = {name: OPTIONS[name] for name in ("checkpoint_every", "log_every", "threads")}


def weights(run):
    return (run / "model.safetensors").read_bytes()


def figures(run):
    """All that a row says of the model, and nothing that the clock does."""
    clocked = ("seconds", "tokens_per_second", "wait_share", "peak_memory", "peak_gpu_memory")
    return [
        {k: v for k, v in row.as_dict().items() if k not in clocked}
        for row in Run.open(run).metrics()
    ]


@pytest.fixture(scope="module")
def uninterrupted(small_corpus, tmp_path_factory):
    out = tmp_path_factory.mktemp("uninterrupted") / "run"
    process = start(small_corpus, **OPTIONS, out=str(out))
    process.join(120)
    assert process.exitcode == 0
    return out


@pytest.mark.parametrize(
    "kills", [1, pytest.param(20, marks=pytest.mark.exhaustive)], ids=["1 kill", "20 kills"]
)
def test_a_run_killed_at_random_moments_ends_like_an_uninterrupted_one(
    small_corpus, uninterrupted, tmp_path, kills
):
    rng = random.Random(kills)
    out = tmp_path / "run"
    all_rows = rows(uninterrupted)
    moments = sorted(rng.sample(range(all_rows * 3 // 4), kills))
    for moment in moments:
        process = training(small_corpus, out)
        while rows(out) <= moment and process.is_alive():
            time.sleep(0.002)
        time.sleep(rng.uniform(0, 0.03))  # within a step, a row or a checkpoint
        assert process.is_alive()
        process.kill()
        process.join()
    process = training(small_corpus, out)
    process.join(120)
    assert process.exitcode == 0
    assert weights(out) == weights(uninterrupted)
    assert figures(out) == figures(uninterrupted)


def training(corpus, out):
    """A new run, or the one that is there gone on with."""
    if checkpoints(out):
        return start(corpus, **MAY_CHANGE, resume=True, out=str(out))
    shutil.rmtree(out, ignore_errors=True)
    return start(corpus, **OPTIONS, out=str(out))


def test_a_run_stopped_between_two_rows_ends_like_an_uninterrupted_one(
    small_corpus, uninterrupted, tmp_path
):
    out = tmp_path / "run"
    stopping = Silence()
    steps = iter(range(10**6))
    stopping.on_row = lambda row, trainer: trainer.stop() if next(steps) == 20 else None
    pretrain([str(small_corpus)], PretrainOptions(**OPTIONS, out=str(out)), stopping)
    pretrain([], PretrainOptions(**MAY_CHANGE, resume=True, out=str(out)), Silence())
    assert weights(out) == weights(uninterrupted)
    assert figures(out) == figures(uninterrupted)


def test_a_run_killed_after_its_last_checkpoint_has_its_last_evaluation_once(
    small_corpus, uninterrupted, tmp_path
):
    out = shutil.copytree(uninterrupted, tmp_path / "run")
    Run.open(out).set_state(RunState.FAILED)
    pretrain([], PretrainOptions(**MAY_CHANGE, resume=True, out=str(out)), Silence())
    assert Run.open(out).state == "finished"
    assert weights(out) == weights(uninterrupted)
    assert figures(out) == figures(uninterrupted)


# ---- damaged checkpoints ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def dataset(small_corpus):
    corpus = Corpus([small_corpus])
    store = TokenStore.build(corpus, WordPieceTokenizer.train(corpus, 150))
    return PretrainingDataset(store, seq_len=48, batch_size=8, split="all", masked_lm_prob=0.3)


def make_trainer(dataset, recipe="minibert", steps=100, seed=0, **options):
    torch.manual_seed(seed)
    config = BertConfig(
        vocab_size=150,
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=48,
    )
    model = BertForPreTraining(config)
    budget = Budget(steps=steps)
    return Trainer(model, dataset, recipe=RECIPES[recipe], budget=budget, **options)


def saved(folder, dataset, steps=(0, 1, 2), keep=3):
    trainer = make_trainer(dataset, log_every=1)
    training = trainer.train()
    for step in range(max(steps) + 1):
        if step in steps:
            save_checkpoint(folder, trainer, keep)
        next(training)
    training.close()


def cut_short(path):
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def altered(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def removed(path):
    path.unlink()


@pytest.mark.parametrize("damage", [cut_short, altered, removed])
@pytest.mark.parametrize(
    "name", ["model.safetensors", "trainer.safetensors", "trainer.json", "SHA256SUMS"]
)
def test_a_damaged_checkpoint_is_skipped_for_the_one_before(tmp_path, dataset, name, damage):
    saved(tmp_path, dataset)
    damage(tmp_path / "checkpoints" / "step-00000002" / name)
    trainer, notes = make_trainer(dataset, seed=1), []
    assert load_newest_checkpoint(tmp_path, trainer, notes.append).name == "step-00000001"
    assert trainer.step == 1
    assert len(notes) == 1 and "step-00000002 is damaged" in notes[0]
    assert name in notes[0] or name == "SHA256SUMS"
    left = sorted(path.name for path in (tmp_path / "checkpoints").iterdir())
    assert left == ["step-00000000", "step-00000001", "step-00000002.damaged"]


def test_without_any_whole_checkpoint_a_run_is_not_resumed(tmp_path, dataset):
    saved(tmp_path, dataset)
    for checkpoint in checkpoints(tmp_path):
        cut_short(checkpoint / "trainer.json")
    with pytest.raises(RunError, match="no undamaged checkpoint to resume from: all 3 are damaged"):
        load_newest_checkpoint(tmp_path, make_trainer(dataset), print)


def test_the_newest_checkpoints_are_kept(tmp_path, dataset):
    saved(tmp_path, dataset, steps=(0, 1, 2, 3), keep=2)
    assert [path.name for path in checkpoints(tmp_path)] == ["step-00000002", "step-00000003"]


def test_sha256sum_checks_a_checkpoint(tmp_path, dataset):
    if shutil.which("sha256sum") is None:
        pytest.skip("there is no sha256sum")
    saved(tmp_path, dataset, steps=(0,))
    command = ["sha256sum", "--check", "--strict", "SHA256SUMS"]
    done = subprocess.run(command, cwd=checkpoints(tmp_path)[0], capture_output=True, text=True)
    assert done.returncode == 0 and done.stdout.count(": OK") == 3


def test_leftovers_of_a_killed_process_are_removed(tmp_path, dataset):
    left = tmp_path / "checkpoints" / "step-00000009.tmp"
    left.mkdir(parents=True)
    (left / "model.safetensors").write_bytes(b"half")
    saved(tmp_path, dataset, steps=(0,))
    assert [path.name for path in (tmp_path / "checkpoints").iterdir()] == ["step-00000000"]


# ---- a full disk --------------------------------------------------------------------------------


def full_disk(*arguments):
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_stops_the_run_and_keeps_its_checkpoints(
    small_corpus, uninterrupted, tmp_path, monkeypatch
):
    out = tmp_path / "run"
    filling = Silence()
    filling.on_row = lambda row, trainer: (
        monkeypatch.setattr(os, "fsync", full_disk) if row.step == 30 else None
    )
    with pytest.raises(
        FileError, match=r"No space left on device; the saved checkpoints are kept; free disk space"
    ):
        pretrain([str(small_corpus)], PretrainOptions(**OPTIONS, out=str(out)), filling)
    monkeypatch.undo()
    assert [path.name for path in checkpoints(out)] == ["step-00000021", "step-00000028"]
    assert Run.open(out).metrics()[-1].step >= 30
    Run.open(out).set_state(RunState.FAILED)  # in life the process, and with it "running", is gone
    pretrain([], PretrainOptions(**MAY_CHANGE, resume=True, out=str(out)), Silence())
    assert weights(out) == weights(uninterrupted)
    assert figures(out) == figures(uninterrupted)


def test_a_row_that_does_not_fit_leaves_whole_rows(small_run, tmp_path):
    run = Run.create(tmp_path / "run", training_record())
    row = small_run.run.metrics()[0]
    run.log(row)
    size = (run.path / "metrics.jsonl").stat().st_size
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 40, before[1]))
        with pytest.raises(FileError, match=r"metrics\.jsonl cannot be written: File too large"):
            run.log(row)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert (run.path / "metrics.jsonl").stat().st_size == size
    run.log(row)
    assert run.metrics() == [row, row]


# ---- losses that are not finite -----------------------------------------------------------------


def poison(trainer, monkeypatch, batches):
    """Let the loss of some batches, counted from 0, be no number."""
    loss, numbers = trainer.loss.forward, iter(range(10**6))

    def poisoned(batch, *labels):
        value, sums = loss(batch, *labels)
        bad = float("nan") if next(numbers) in batches else 1.0
        return value * bad, sums * bad

    monkeypatch.setattr(trainer.loss, "forward", poisoned)


def test_a_batch_whose_loss_is_not_finite_changes_nothing(dataset, monkeypatch):
    trainer = make_trainer(dataset, log_every=1)
    poison(trainer, monkeypatch, {2, 3})
    training = trainer.train()
    before = [next(training), next(training)]
    state = {name: t.clone() for name, t in trainer.model.state_dict().items()}
    moments, _ = trainer.state()
    moments = {k: t.clone() for k, t in moments.items() if k.startswith("optimizer")}
    third = dataset.batch(0, 2)
    assert not trainer._train_step(third, trainer._agree(third))
    for name, tensor in trainer.model.state_dict().items():
        assert torch.equal(tensor, state[name]), name
    after, _ = trainer.state()
    assert all(torch.equal(after[name], moment) for name, moment in moments.items())
    row = next(training)
    assert (trainer.step, row.step, row.skipped) == (3, 3, 2)
    assert np.isfinite(row.mlm_loss) and before[-1].skipped == 0


def test_three_non_finite_losses_in_a_row_stop_the_run_and_the_last_batch_is_saved(
    small_corpus, tmp_path, monkeypatch
):
    import minibert.training.loss

    loss, count = minibert.training.loss.pretraining_loss, iter(range(10**6))

    def poisoned(output, batch, *labels):
        value, sums = loss(output, batch, *labels)
        return value * (float("inf") if next(count) >= 5 else 1.0), sums

    monkeypatch.setattr(minibert.training.loss, "pretraining_loss", poisoned)
    options = PretrainOptions(**OPTIONS, out=str(tmp_path / "run"))
    with pytest.raises(RunError, match=r"3 batches in a row after step 5.* batch 7 of ") as e:
        pretrain([str(small_corpus)], options, Silence())
    assert "batch-0-7.safetensors" in str(e.value) and "a lower learning rate" in str(e.value)
    failed = Run.open(tmp_path / "run")
    assert failed.state == "failed" and failed.manifest.error == str(e.value)
    from safetensors.numpy import load_file

    kept = load_file(tmp_path / "run" / "batch-0-7.safetensors")
    assert set(kept) == {
        "input_ids",
        "token_type_ids",
        "attention_mask",
        "masked_lm_positions",
        "masked_lm_ids",
        "next_sentence_label",
    }
    assert kept["input_ids"].shape == (8, 48)


def test_a_good_batch_resets_the_count_of_non_finite_losses(dataset, monkeypatch):
    trainer = make_trainer(dataset, steps=6, log_every=6)
    poison(trainer, monkeypatch, {0, 1, 3, 4, 6, 7})
    (row,) = trainer.train()
    assert (row.step, row.skipped) == (6, 6)
    trainer = make_trainer(dataset)
    poison(trainer, monkeypatch, {4, 5, 6})
    with pytest.raises(DivergedError) as caught:
        list(trainer.train())
    assert (caught.value.context, trainer.step) == ({"epoch": 0, "index": 6}, 4)


# ---- signals ------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_saves_a_checkpoint_and_sets_the_exit_code(small_corpus, tmp_path, number):
    out = tmp_path / "run"
    process = start(small_corpus, **{**OPTIONS, "steps": 10**6}, out=str(out))
    wait_for(lambda: rows(out) > 5)
    os.kill(process.pid, number)
    process.join(60)
    assert process.exitcode == 128 + number
    run = Run.open(out)
    assert run.state == "interrupted"
    saved_at = json.loads((checkpoints(out)[-1] / "trainer.json").read_text())["step"]
    assert saved_at >= run.metrics()[-1].step


def test_a_closed_terminal_saves(small_corpus, tmp_path):
    words = [w for k, v in OPTIONS.items() if k != "steps" for w in ("--" + k.replace("_", "-"), v)]
    command = [sys.executable, "-m", "minibert", "pretrain", small_corpus, *words]
    command += ["--steps", 10**6, "--out", tmp_path / "run"]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execv(sys.executable, [str(word) for word in command])
    started = time.monotonic()
    while rows(tmp_path / "run") < 5:
        os.read(terminal, 1 << 16)
        assert time.monotonic() < started + 90
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 128 + signal.SIGHUP
    assert Run.open(tmp_path / "run").state == "interrupted"


@pytest.mark.exhaustive
def test_a_closed_pipe_ends_the_run_after_a_checkpoint(small_corpus, tmp_path):
    words = [w for k, v in OPTIONS.items() if k != "steps" for w in ("--" + k.replace("_", "-"), v)]
    command = [sys.executable, "-m", "minibert", "pretrain", small_corpus, *words]
    command += ["--steps", 3000, "--out", tmp_path / "run"]
    process = subprocess.Popen(
        [str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    while not process.stdout.readline().startswith(b"step 3 "):  # as `2>&1 | head` does
        assert process.poll() is None
    process.stdout.close()
    assert process.wait(60) == 130
    run = Run.open(tmp_path / "run")
    assert run.state == "interrupted"
    assert checkpoints(run.path)[-1].name == f"step-{run.metrics()[-1].step:08}"


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_ignored_signals_stay_ignored():
    from minibert.pretraining.signals import graceful_shutdown

    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with graceful_shutdown(lambda number: None):
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


# ---- memory -------------------------------------------------------------------------------------


@pytest.mark.exhaustive
def test_out_of_memory_is_answered_with_a_batch_size_that_fits(small_corpus, tmp_path, monkeypatch):
    forward = BertForPreTraining.forward

    def small(self, input_ids, *more):
        if len(input_ids) > 2:
            raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")
        return forward(self, input_ids, *more)

    monkeypatch.setattr(BertForPreTraining, "forward", small)
    options = PretrainOptions(**OPTIONS, out=str(tmp_path / "run"))
    found = r"a step on 8 examples of 48 .* `accumulate` 4 .*of 2 .* with `batch_size` 2$"
    with pytest.raises(OutOfMemoryError, match=found):
        pretrain([str(small_corpus)], options, Silence())
    assert [path.name for path in checkpoints(tmp_path / "run")] == ["step-00000000"]
    assert Run.open(tmp_path / "run").state == "failed"
    as_told = {**MAY_CHANGE, "resume": True, "accumulate": 4, "out": str(tmp_path / "run")}
    assert pretrain([], PretrainOptions(**as_told), Silence()).finished


@pytest.mark.parametrize(
    ("accumulate", "world", "said"),
    [
        (1, 1, "a step on 8 .*; continue with --resume --accumulate 4 .* --batch-size 2$"),
        (2, 1, r"of 4 .* \(--batch-size 8 with --accumulate 2\) .* --accumulate 4 .*-size 4$"),
        (1, 4, r"of 8 .* \(--batch-size 32 in 4 processes\) .* --accumulate 4 .*-size 8$"),
        (2, 4, r"\(--batch-size 32 in 4 processes with --accumulate 2\) .* --batch-size 16$"),
    ],
)
def test_an_out_of_memory_error_names_a_batch_size_that_fits(
    dataset, monkeypatch, accumulate, world, said
):
    trainer = make_trainer(dataset, accumulate=accumulate)
    monkeypatch.setattr(trainer, "group", ProcessGroup(Ranks(world_size=world)))
    monkeypatch.setattr(
        "minibert.training.out_of_memory.fits", lambda trainer, examples: examples <= 3
    )
    assert re.search(said, command_line_sentence(out_of_memory_error(trainer, "no memory")))


def test_no_batch_size_is_named_if_none_fits(dataset, monkeypatch):
    trainer = make_trainer(dataset)

    def refused(batch):
        raise torch.OutOfMemoryError("CUDA out of memory.\nMore on that.")

    monkeypatch.setattr(trainer, "loss", refused)
    assert str(out_of_memory_error(trainer, "CUDA out of memory.\nMore on that.")) == (
        "a step on 8 examples of 48 tokens needs more memory than cpu has (CUDA out of memory.); "
        "the last checkpoint is kept; train a smaller model, or with a smaller `batch_size` or "
        "`seq_len`"
    )


def test_out_of_memory_on_a_cpu_is_recognized_by_its_error():
    with pytest.raises((RuntimeError, MemoryError)) as caught:
        torch.empty(1 << 60, dtype=torch.uint8)
    assert is_out_of_memory(caught.value)
    assert not is_out_of_memory(RuntimeError("shapes do not match"))


def test_the_first_examples_of_a_batch_keep_their_predictions(dataset):
    batch = dataset.batch(0, 0)
    few = batch.split(3)[0]
    assert few.input_ids.shape == (3, 48) and len(few.next_sentence_label) == 3
    within = batch.masked_lm_positions < 3 * 48
    np.testing.assert_array_equal(few.masked_lm_positions, batch.masked_lm_positions[within])
    np.testing.assert_array_equal(few.masked_lm_ids, batch.masked_lm_ids[within])


# ---- moving -------------------------------------------------------------------------------------


def test_a_moved_run_is_resumed_with_the_new_path_of_its_corpus(
    small_corpus, uninterrupted, tmp_path
):
    corpus = shutil.copy(small_corpus, tmp_path / "corpus.txt")
    stopping = Silence()
    stopping.on_row = lambda row, trainer: trainer.stop()
    options = PretrainOptions(**OPTIONS, out=str(tmp_path / "run"))
    pretrain([corpus], options, stopping)
    shutil.move(tmp_path / "run", tmp_path / "moved")
    moved = shutil.move(corpus, tmp_path / "elsewhere.txt")
    going_on = PretrainOptions(**MAY_CHANGE, resume=True, out=str(tmp_path / "moved"))
    pretrain([moved], going_on, Silence())
    assert weights(tmp_path / "moved") == weights(uninterrupted)
