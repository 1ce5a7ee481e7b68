"""Training a network from two starts on the same examples, and a bag of words beside both."""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from minibert.config.recipe import RECIPES
from minibert.finetuning.bag_of_words import bag_of_words
from minibert.finetuning.logits import all_logits
from minibert.finetuning.task import REGRESSION, TOKENS, class_weights
from minibert.finetuning.trainer import TrainingSet, fine_tuning_recipe, train_epochs
from minibert.model.classification import (
    BertForSequenceClassification,
    BertForTokenClassification,
    add_classification_head,
    rescale_head,
)
from minibert.model.initialization import new_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from minibert.config import FinetuneOptions
    from minibert.finetuning.dataset import LabelledDataset, Split
    from minibert.io.reporter import Reporter
    from minibert.model.classification import BertClassifier
    from minibert.model.pretrained import Pretrained

PRETRAINED, SCRATCH, WORDS = "pretrained", "from scratch", "bag of words"


@dataclass(frozen=True, slots=True)
class Scores:
    """What one kind of model scored, each time that it was trained and judged.

    Attributes:
        name: `pretrained`, `from scratch` or `bag of words`.
        values: by metric, a value for each part held out and each seed.
    """

    name: str
    values: dict[str, list[float]]

    def mean(self, metric: str) -> float:
        """Over all of them."""
        return float(np.mean(self.values[metric]))

    def deviation(self, metric: str) -> float | None:
        """The standard deviation over all of them, as of a sample; None of one value."""
        values = self.values[metric]
        return float(np.std(values, ddof=1)) if len(values) > 1 else None


@dataclass(frozen=True, slots=True)
class Trial:
    """A model that was trained once, and its scores by metric."""

    model: BertClassifier
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Trials:
    """What stays the same from one training to the next.

    Attributes:
        pretrained: where it starts.
        data: what is learned from and judged on.
        options: how.
        reporter: is told how far it is.
    """

    pretrained: Pretrained
    data: LabelledDataset
    options: FinetuneOptions
    reporter: Reporter

    def compare(self) -> tuple[list[Scores], Trial]:
        """Train and judge on each split, with each seed; the scores, and the best pretrained one.

        A bag of words has no seeds, and is fitted once for each split.
        """
        names = [PRETRAINED, SCRATCH] if self.options.from_scratch else [PRETRAINED]
        metric = self.data.task.metrics[0]
        found = defaultdict(list)
        best: Trial | None = None
        for split in self.data.splits:
            for seed in range(self.options.seed, self.options.seed + self.options.seeds):
                for name in names:
                    trained = self.train(name, split, seed)
                    found[name].append(trained.scores)
                    if name == PRETRAINED and (
                        best is None or trained.scores[metric] > best.scores[metric]
                    ):
                        best = trained
            found[WORDS].append(self.bag_of_words(split))
        assert best is not None
        return [Scores(name, _by_metric(rows)) for name, rows in found.items()], best

    def train(self, name: str, split: Split, seed: int) -> Trial:
        """Train a network once.

        Passes are judged, the state after the best stays, and training ends when `patience` passes
        in a row were worse. With folds only the last pass is judged: the best of several on
        what it is chosen by would look better than it is.

        Args:
            name: `PRETRAINED` or `SCRATCH`: where the network starts.
            split: what to train on, and what to judge by; perhaps nothing.
            seed: of all that is drawn.
        """
        called = self._called(name, split, seed)
        self.reporter.stage(called)
        device = self.pretrained.device
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            model = self._start(name)
            scores, epoch = self._train(model, split, seed)
        if scores:
            said = ", ".join(f"{metric} {value:.4f}" for metric, value in scores.items())
            self.reporter.note(f"{called}: {said}, after pass {epoch}")
        return Trial(model, scores)

    def bag_of_words(self, split: Split) -> dict[str, float]:
        """The scores of a bag of words that is fitted and judged as the networks are."""
        self.reporter.stage(WORDS)
        task = self.data.task
        _, targets, _ = self.data.part(split.train)
        _, wanted, lengths = self.data.part(split.test)
        train, test = ([self.data.examples[n] for n in numbers] for numbers in split)
        labels, weights = len(task.labels), self._class_weights(targets)
        return task.scores(bag_of_words(train, targets, labels, test, weights), wanted, lengths)

    # ---- one training ---------------------------------------------------------------------------

    def _start(self, name: str) -> BertClassifier:
        source = self.pretrained.model
        if name == SCRATCH:
            source = new_model(source.config, RECIPES["minibert"])
        tokens = self.data.task.kind == TOKENS
        head = BertForTokenClassification if tokens else BertForSequenceClassification
        labels = len(self.data.task.labels)
        return add_classification_head(source, head, labels, self.options.dropout).to(
            self.pretrained.device
        )

    def _train(
        self, model: BertClassifier, split: Split, seed: int
    ) -> tuple[dict[str, float], int]:
        """Train a model, which is then in its best state; that state's scores, and its pass."""
        options = self.options
        training, mean, deviation = self._training_set(split)
        rounds = train_epochs(
            model,
            training,
            fine_tuning_recipe(options.lr),
            epochs=options.max_epochs(len(split.train)),
            batch_size=options.batch_size,
            pad_token_id=self.pretrained.tokenizer.pad_token_id,
            seed=seed,
            advance=self.reporter.advance,
        )
        scores: dict[str, float] = {}
        state, best = model.state_dict(), 0
        for epoch in rounds:
            if not self._is_judged(split, epoch):
                continue
            now = self._judge(model, split, mean, deviation)
            # Of equally good states the later is the more certain of itself.
            if best == 0 or now[self._metric] >= scores[self._metric]:
                scores, best, state = now, epoch, copy.deepcopy(model.state_dict())
            elif epoch - best == options.patience:
                break
        model.load_state_dict(state)
        rescale_head(model, mean, deviation)
        return scores, best

    def _is_judged(self, split: Split, epoch: int) -> bool:
        last = epoch == self.options.max_epochs(len(split.train))
        return len(split.test) > 0 and (self.options.folds is None or last)

    @property
    def _metric(self) -> str:
        return self.data.task.metrics[0]

    def _training_set(self, split: Split) -> tuple[TrainingSet, float, float]:
        """What is learned from; values in units of their deviation from their mean."""
        pieces, targets, _ = self.data.part(split.train)
        if self.data.task.kind != REGRESSION:
            return TrainingSet(pieces, targets, self._class_weights(targets)), 0.0, 1.0
        mean, deviation = float(targets.mean()), float(targets.std()) or 1.0
        return TrainingSet(pieces, (targets - mean) / np.float32(deviation)), mean, deviation

    def _class_weights(self, targets: NDArray[Any]) -> NDArray[Any] | None:
        return class_weights(self.options.class_weights, self.data.task, targets)

    def _judge(
        self, model: BertClassifier, split: Split, mean: float, deviation: float
    ) -> dict[str, float]:
        pieces, targets, lengths = self.data.part(split.test)
        logits = all_logits(model, pieces, self.pretrained.tokenizer.pad_token_id)
        return self.data.task.scores(mean + deviation * logits, targets, lengths)

    def _called(self, name: str, split: Split, seed: int) -> str:
        splits = self.data.splits
        if split not in splits:
            return f"{name}, all examples, seed {seed}"
        part = f", part {splits.index(split) + 1} of {len(splits)}" if len(splits) > 1 else ""
        return f"{name}{part}, seed {seed}"


def _by_metric(rows: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    return {metric: [row[metric] for row in rows] for metric in rows[0]}
