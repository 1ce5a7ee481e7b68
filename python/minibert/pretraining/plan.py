"""The plan of a training, and the reporters that receive its progress."""

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
    """The model, data, budget and machine of a training."""

    run: Path
    options: PretrainOptions
    config: BertConfig
    budget: Budget
    steps_per_epoch: int
    documents: int
    sentences: int
    tokens: int
    validation_documents: int
    random_next_share: float  # share of pairs with a random next segment, or with swapped segments
    uniform_loss: float  # ln V: loss of a uniform prediction, in nats
    unigram_entropy: float  # loss of predicting by token frequency alone, in nats
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
