"""Run folders as a training leaves them, made without one."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import random
import shutil
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from minibert.config import PretrainOptions
from minibert.config.model import BertConfig
from minibert.runs import metrics
from minibert.runs.manifest import FORMAT, Manifest
from minibert.runs.run import Run
from minibert.tokenizer.wordpiece import WordPieceTokenizer

from helpers.samples import SMALL, SPECIALS, TINY, Silence, training_record, write_corpus

LOG_EVERY, EVALUATE_EVERY = 10, 250
NOW = 1_700_000_000.0  # the moment that all frozen files and clocks show


def manifest(**changes: Any) -> dict[str, Any]:
    """The contents of `minibert.json` of a small training that runs in this process."""
    record = training_record(
        inputs=("texts/small-world.txt",),
        options=PretrainOptions(log_every=LOG_EVERY),
        parameters=1_482_114,
    )
    written = dataclasses.asdict(Manifest.begin(record, "2026-01-01T10:00:00.000+00:00"))
    here = {"host": socket.gethostname(), "pid": os.getpid(), "session": 1}
    found = {"format": FORMAT, **written, **here}
    for key, value in changes.items():
        nested = isinstance(value, dict) and isinstance(found.get(key), dict)
        found[key] = {**found[key], **value} if nested else value
    return found


def rows(count: int) -> list[dict[str, Any]]:
    """`count` training rows and their evaluations: the loss falls from 9 to 3 past a plateau."""
    draw = random.Random(0)
    made: list[dict[str, Any]] = []
    for number in range(1, count + 1):
        step, share = number * LOG_EVERY, number / count
        fall = 2.6 * (1 - math.exp(-share * 25)) + 3.4 / (1 + math.exp(-(share - 0.45) * 11))
        loss = 9.0 - fall
        row = {
            "format": metrics.FORMAT,
            "step": step,
            "split": "train",
            "seconds": round(12.0 + step * 0.24, 3),
            "tokens": step * 4000,
            "mlm_loss": loss + draw.gauss(0, 0.12),
            "mlm_accuracy": max(0.0, 0.06 + 0.36 * max(0.0, share - 0.2) + draw.gauss(0, 0.008)),
            "nsp_loss": 0.69 - 0.5 * share + draw.gauss(0, 0.02),
            "nsp_accuracy": min(1.0, 0.5 + 0.42 * share + draw.gauss(0, 0.02)),
            "learning_rate": 3e-3 * min(share / 0.03, (1 - share) / 0.97),
            "grad_norm": 0.6 + 0.8 * math.exp(-share * 8) + abs(draw.gauss(0, 0.1)),
            "tokens_per_second": 16_600 + draw.gauss(0, 300),
            "wait_share": 0.02 + abs(draw.gauss(0, 0.005)),
        }
        made.append(row)
        if step % EVALUATE_EVERY == 0:
            made.append(evaluation(row, loss + 0.1))
    return made


def evaluation(row: dict[str, Any], loss: float) -> dict[str, Any]:
    """The validation row after a training row."""
    measured = {"split": "validation", "mlm_loss": loss, "nsp_loss": row["nsp_loss"] + 0.02}
    nothing = dict.fromkeys(("learning_rate", "grad_norm", "tokens_per_second", "wait_share"))
    return {**row, **measured, **nothing}


def lines(some: list[dict[str, Any]]) -> bytes:
    """Rows as `metrics.jsonl` has them."""
    return "".join(json.dumps(row) + "\n" for row in some).encode()


class RunFolder:
    """A run folder that a test writes as a training would."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def describe(self, **changes: Any) -> RunFolder:
        """Write `minibert.json`."""
        self.path.mkdir(parents=True, exist_ok=True)
        temporary = self.path / "minibert.json.tmp"
        temporary.write_text(json.dumps(manifest(**changes)), encoding="utf-8")
        temporary.replace(self.path / "minibert.json")
        return self

    def write(self, data: bytes) -> RunFolder:
        """Write `metrics.jsonl` anew."""
        (self.path / "metrics.jsonl").write_bytes(data)
        return self

    def append(self, data: bytes) -> RunFolder:
        """Append to `metrics.jsonl`."""
        with (self.path / "metrics.jsonl").open("ab") as file:
            file.write(data)
        return self

    def freeze(self) -> RunFolder:
        """Let every file have been written at `NOW`."""
        for file in self.path.iterdir():
            os.utime(file, (NOW, NOW))
        return self


@pytest.fixture
def make_run(tmp_path: Path) -> Callable[..., RunFolder]:
    """Make a run folder of so many training rows: `make_run(120, name="a", state="finished")`."""

    def make(count: int, name: str = "small-world-tiny", **changes: Any) -> RunFolder:
        run = RunFolder(tmp_path / name).describe(**changes)
        return run.write(lines(rows(count))).freeze()

    return make


@pytest.fixture
def make_rows() -> Callable[[int], list[dict[str, Any]]]:
    """The rows that `make_run` writes."""
    return rows


@pytest.fixture
def as_lines() -> Callable[[list[dict[str, Any]]], bytes]:
    """Rows as the bytes of `metrics.jsonl`."""
    return lines


@pytest.fixture
def clock() -> Callable[[], float]:
    """A clock that stands still at the moment the files were written."""
    return lambda: NOW


@pytest.fixture(scope="session")
def short_run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """A run of two steps: its text, its batches and its vocabulary are real."""
    from minibert.pretraining.pretrain import pretrain

    folder = tmp_path_factory.mktemp("short")
    options = PretrainOptions(**TINY, steps=2, out=str(folder / "animals"))
    return pretrain([str(write_corpus(folder / "animals.txt"))], options, Silence()).run


OWN_WORDS = ["the", "old", "man", "sat", "by", "fire", "was", "warm", "and", "slept", ".", ",",
             "cat", "un", "##able", "##s", "今", "日", "שלום"]  # fmt: skip


def write_model(folder: Path, seed: int, config: BertConfig = SMALL) -> Path:
    """A model of drawn weights whose heads differ, in a folder of its own, without a vocabulary."""
    import torch

    from minibert.model.fast.bert import BertForPreTraining
    from minibert.model.files import save_model

    torch.manual_seed(seed)
    model = BertForPreTraining(config)
    with torch.no_grad():
        for name, weights in model.named_parameters():
            if "query.weight" in name or "key.weight" in name or "word_embeddings" in name:
                weights.normal_(0, 0.4)
    folder.mkdir(parents=True, exist_ok=True)
    save_model(folder, model)
    return folder


def write_model_run(path: Path, config: BertConfig = SMALL, steps: tuple[int, ...] = ()) -> Path:
    """A run with a model, and checkpoints after so many steps, each with weights of its own."""
    run = RunFolder(path).describe(state="finished").write(lines(rows(20)))
    write_model(run.path, 0, config)
    for step in steps:
        checkpoint = run.path / "checkpoints" / f"step-{step:08}"
        write_model(checkpoint, step, config)
        (checkpoint / "config.json").unlink()
    words = WordPieceTokenizer.from_vocab([*SPECIALS, *OWN_WORDS])
    words.save_pretrained(run.path)
    return run.path


@pytest.fixture(scope="session")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with a small model and three checkpoints, to look into and never to write to."""
    return write_model_run(tmp_path_factory.mktemp("looked") / "looked-at", steps=(250, 500, 750))


@pytest.fixture
def give_weights(looked_at: Path) -> Callable[[Path], None]:
    """Put the model and the checkpoints of `looked_at` into a run that has none."""

    def give(run: Path) -> None:
        for name in ("config.json", "tokenizer.json", "vocab.txt", "model.safetensors"):
            shutil.copy(looked_at / name, run / name)
        shutil.copytree(looked_at / "checkpoints", run / "checkpoints")

    return give


@pytest.fixture
def make_model_run() -> Callable[..., Path]:
    """`write_model_run`, for what a test changes."""
    return write_model_run
