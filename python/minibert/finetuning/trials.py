"""Fine-tuning a network from two starting points on the same examples, and a baseline beside it."""

from __future__ import annotations

import copy
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from minibert.config.recipe import RECIPES
from minibert.finetuning.baseline import baseline_is_installed, baseline_logits
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

PRETRAINED, SCRATCH, BASELINE = "pretrained", "from scratch", "tf-idf"
NO_BASELINE = "no tf-idf baseline beside the scores: pip install 'minibert[baseline]' adds it"


@dataclass(frozen=True, slots=True)
class Scores:
    """The scores of one kind of model over all splits and seeds.

    Attributes:
        name: `pretrained`, `from scratch` or `tf-idf`.
        values: by metric, a value per split and seed.
    """

    name: str
    values: dict[str, list[float]]

    def mean(self, metric: str) -> float:
        """The mean over splits and seeds."""
        return float(np.mean(self.values[metric]))

    def std(self, metric: str) -> float | None:
        """The sample standard deviation over splits and seeds; None for a single value."""
        values = self.values[metric]
        return float(np.std(values, ddof=1)) if len(values) > 1 else None


@dataclass(frozen=True, slots=True)
class Trial:
    """A model that was trained once, and its scores by metric."""

    model: BertClassifier
    scores: dict[str, float]


@dataclass(frozen=True, slots=True)
class Trials:
    """Trains and evaluates models on the same data with the same options.

    Attributes:
        pretrained: the model to start from.
        data: the labelled examples and their splits.
        options: the options of fine-tuning.
        reporter: receives stages, progress and notes.
    """

    pretrained: Pretrained
    data: LabelledDataset
    options: FinetuneOptions
    reporter: Reporter

    def compare(self) -> tuple[list[Scores], Trial]:
        """Train and evaluate on each split with each seed.

        The baseline has no seeds, and is fitted once for each split.

        Returns:
            The scores, and the best trial that began from the pretrained model.
        """
        names = [PRETRAINED, SCRATCH] if self.options.from_scratch else [PRETRAINED]
        with_baseline = baseline_is_installed()
        if not with_baseline:
            self.reporter.note(NO_BASELINE)
        found = defaultdict(list)
        best: Trial | None = None
        for split in self.data.splits:
            for seed in range(self.options.seed, self.options.seed + self.options.seeds):
                for name in names:
                    trial = self.train(name, split, seed)
                    found[name].append(trial.scores)
                    if name == PRETRAINED and (
                        best is None or trial.scores[self._metric] > best.scores[self._metric]
                    ):
                        best = trial
            if with_baseline:
                found[BASELINE].append(self.baseline(split))
        assert best is not None
        return [Scores(name, _by_metric(rows)) for name, rows in found.items()], best

    def train(self, name: str, split: Split, seed: int) -> Trial:
        """Train a network once.

        The model is evaluated after each epoch, the best state is kept, and training stops after
        `patience` worse epochs in a row. With folds only the last epoch is evaluated: the best of
        several, chosen by the scores that it reports, would look better than it is.

        Args:
            name: `PRETRAINED` or `SCRATCH`: the starting point of the network.
            split: the examples to train on and to evaluate on; there may be none of the latter.
            seed: of all random numbers.

        Raises:
            DivergedError: the loss was not finite for several batches in a row.
        """
        label = self._label(name, split, seed)
        self.reporter.stage(label)
        device = self.pretrained.device
        with torch.random.fork_rng([device] if device.type == "cuda" else []):
            torch.manual_seed(seed)
            model = self._initial_model(name)
            scores, epoch, skipped = self._train(model, split, seed)
        if skipped:
            self.reporter.note(f"{label}: skipped {skipped} batches whose loss was not finite")
        if scores:
            shown = ", ".join(f"{metric} {value:.4f}" for metric, value in scores.items())
            self.reporter.note(f"{label}: {shown}, after epoch {epoch}")
        return Trial(model, scores)

    def baseline(self, split: Split) -> dict[str, float]:
        """The scores of the tf-idf baseline, fitted and evaluated on the same split."""
        self.reporter.stage(BASELINE)
        task = self.data.task
        _, targets, _ = self.data.part(split.train)
        _, wanted, lengths = self.data.part(split.test)
        train, test = ([self.data.examples[n] for n in numbers] for numbers in split)
        labels, weights = len(task.labels), self._class_weights(targets)
        return task.scores(baseline_logits(train, targets, labels, test, weights), wanted, lengths)

    # ---- one training ---------------------------------------------------------------------------

    def _initial_model(self, name: str) -> BertClassifier:
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
    ) -> tuple[dict[str, float], int, int]:
        """Train a model and load its best state; the scores, epoch, and skipped batches."""
        options = self.options
        training, mean, std = self._training_set(split)
        epochs = train_epochs(
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
        state, best, skipped = model.state_dict(), 0, 0
        for epoch in epochs:
            skipped += epoch.skipped
            if not self._is_evaluated(split, epoch.number):
                continue
            now = self._evaluate(model, split, mean, std)
            # Of equally good states the later one is more confident.
            if best == 0 or now[self._metric] >= scores[self._metric]:
                scores, best, state = now, epoch.number, copy.deepcopy(model.state_dict())
            elif epoch.number - best == options.patience:
                break
        model.load_state_dict(state)
        rescale_head(model, mean, std)
        return scores, best, skipped

    def _is_evaluated(self, split: Split, epoch: int) -> bool:
        last = epoch == self.options.max_epochs(len(split.train))
        return len(split.test) > 0 and (self.options.folds is None or last)

    @property
    def _metric(self) -> str:
        return self.data.task.metrics[0]

    def _training_set(self, split: Split) -> tuple[TrainingSet, float, float]:
        """The training examples; values standardized, with their mean and standard deviation."""
        features, targets, _ = self.data.part(split.train)
        if self.data.task.kind != REGRESSION:
            return TrainingSet(features, targets, self._class_weights(targets)), 0.0, 1.0
        mean, std = float(targets.mean()), float(targets.std()) or 1.0
        return TrainingSet(features, (targets - mean) / np.float32(std)), mean, std

    def _class_weights(self, targets: NDArray[Any]) -> NDArray[Any] | None:
        return class_weights(self.options.class_weights, self.data.task, targets)

    def _evaluate(
        self, model: BertClassifier, split: Split, mean: float, std: float
    ) -> dict[str, float]:
        features, targets, lengths = self.data.part(split.test)
        logits = all_logits(model, features, self.pretrained.tokenizer.pad_token_id)
        return self.data.task.scores(mean + std * logits, targets, lengths)

    def _label(self, name: str, split: Split, seed: int) -> str:
        splits = self.data.splits
        if split not in splits:
            return f"{name}, all examples, seed {seed}"
        fold = f", fold {splits.index(split) + 1} of {len(splits)}" if len(splits) > 1 else ""
        return f"{name}{fold}, seed {seed}"


def _by_metric(rows: Sequence[dict[str, float]]) -> dict[str, list[float]]:
    return {metric: [row[metric] for row in rows] for metric in rows[0]}
