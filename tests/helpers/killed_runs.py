"""Trainings in processes of their own, to be killed; apart from the tests, to be imported there."""

from __future__ import annotations

import multiprocessing
import os
from pathlib import Path

# Each process is forked from one that has imported PyTorch already, and what
# DistributedDataParallel imports when it is made, which takes seconds.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["minibert.pretraining.pretrain", "torch._dynamo"])


def train(corpus: str, options: dict[str, object]) -> None:
    """Train, or go on, as `minibert pretrain` does; ends with its exit code."""
    from minibert.config import PretrainOptions
    from minibert.pretraining.pretrain import pretrain

    from helpers.samples import Silence

    outcome = pretrain([corpus], PretrainOptions(**options), Silence())
    os._exit(0 if outcome.finished else 128 + (outcome.stopped_by or 2))


def start(corpus: Path, **options: object) -> multiprocessing.process.BaseProcess:
    process = PROCESSES.Process(target=train, args=(str(corpus), options), daemon=True)
    process.start()
    return process


def rows(run: Path) -> int:
    """How many rows of metrics a run has by now."""
    try:
        return (run / "metrics.jsonl").read_bytes().count(b"\n")
    except OSError:
        return 0
