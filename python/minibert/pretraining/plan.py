"""What is about to be trained, and who is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from minibert.io.reporter import Reporter, SilentReporter

if TYPE_CHECKING:
    from pathlib import Path

    from minibert.config import PretrainOptions
    from minibert.config.model import BertConfig
    from minibert.config.recipe import Budget
    from minibert.runs.metrics import Metrics
    from minibert.training.trainer import Trainer


@dataclass(frozen=True, slots=True)
class Plan:
    """What is about to be trained, on what, how long and where."""

    run: Path
    options: PretrainOptions
    config: BertConfig
    budget: Budget
    steps_per_epoch: int
    documents: int
    sentences: int
    tokens: int
    validation_documents: int
    random_next_share: float  # of the pairs: random next, or swapped
    uniform_loss: float  # ln V: guessing every piece with the same probability, in nats
    unigram_entropy: float  # guessing by frequency alone, in nats
    device: str
    dtype: str
    threads: int  # of each process
    processes: int


class TrainingReporter(Reporter, Protocol):
    """Receives the progress of a training."""

    def plan(self, plan: Plan) -> None:
        """Training is about to begin."""

    def row(self, row: Metrics, trainer: Trainer) -> None:
        """A row of metrics was logged."""


class SilentTrainingReporter(SilentReporter):
    """A training reporter that discards everything."""

    def plan(self, plan: Plan) -> None:
        """Do nothing."""

    def row(self, row: Metrics, trainer: Trainer) -> None:
        """Do nothing."""
