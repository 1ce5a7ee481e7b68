"""What is about to be trained, and who is told of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from minibert import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from minibert.config import BertConfig
    from minibert.metrics import Metrics
    from minibert.options import PretrainOptions
    from minibert.recipe import Budget
    from minibert.trainer import Trainer


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
    held_out_documents: int
    random_next_share: float  # of the pairs: random next, or swapped
    uniform_loss: float  # ln V: guessing every piece with the same probability, in nats
    unigram_entropy: float  # guessing by frequency alone, in nats
    device: str
    dtype: str
    threads: int  # of each process
    processes: int


class Reporter(prepare.Reporter, Protocol):
    """Tells a person what goes on."""

    def plan(self, plan: Plan) -> None:
        """Training is about to begin."""

    def row(self, row: Metrics, trainer: Trainer) -> None:
        """A row of metrics has come."""


class Silence:
    """A reporter to nobody."""

    def stage(self, text: str) -> None:
        """Nothing."""

    def advance(self, share: float) -> None:
        """Nothing."""

    def note(self, text: str) -> None:
        """Nothing."""

    def plan(self, plan: Plan) -> None:
        """Nothing."""

    def row(self, row: Metrics, trainer: Trainer) -> None:
        """Nothing."""
