"""`minibert finetune`: from a pretrained model and labelled texts to a model that labels texts.

Many tasks need little pretraining. To show how much they need, the model's scores are reported with
those of a tf-idf baseline and, with `from_scratch`, of the same network from random weights.
"""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

from minibert.errors import OptionError
from minibert.finetuning.dataset import Split, load_dataset
from minibert.finetuning.files import check_free, save_classifier
from minibert.finetuning.trials import PRETRAINED, SCRATCH, Scores, Trials
from minibert.io.reporter import SilentReporter
from minibert.model.pretrained import Pretrained
from minibert.runs.run import free_path

if TYPE_CHECKING:
    import os

    from minibert.config import FinetuneOptions
    from minibert.finetuning.task import Task
    from minibert.io.reporter import Reporter

FOLDER = Path("finetuned")
"""The folder that models are written into by default."""


@dataclass(frozen=True, slots=True)
class FineTuned:
    """The result of fine-tuning.

    Attributes:
        path: the folder of the model.
        task: the task and its labels.
        scores: the scores of the model and of the baselines.
        evaluated: a description of the examples that the scores are from.
        seconds: the duration.
    """

    path: Path
    task: Task
    scores: list[Scores]
    evaluated: str
    seconds: float

    @property
    def from_scratch(self) -> bool:
        """Whether the same network was also trained from random weights."""
        return any(one.name == SCRATCH for one in self.scores)

    def as_dict(self) -> dict[str, Any]:
        """All fields, for JSON."""
        return {
            "path": str(self.path),
            "task": self.task.kind,
            "labels": list(self.task.labels),
            "evaluated": self.evaluated,
            "seconds": round(self.seconds, 3),
            "scores": {
                one.name: {
                    metric: {"mean": one.mean(metric), "sd": one.std(metric), "all": values}
                    for metric, values in one.values.items()
                }
                for one in self.scores
            },
        }


def finetune(
    model: str | os.PathLike[str],
    options: FinetuneOptions,
    reporter: Reporter = SilentReporter(),  # noqa: B008 - it keeps nothing
) -> FineTuned:
    """Fine-tune a pretrained model on labelled texts, and write it to a folder.

    The epoch with the best score on the validation examples is kept, and of several seeds the best
    is written. With folds no epoch is chosen: all epochs are trained, and the model that is written
    is trained on all examples with the first seed.

    Args:
        model: a run folder, or any folder of a BERT.
        options: the options.
        reporter: receives stages, progress and notes.

    Raises:
        MinibertError: an input cannot be used, or training diverged; nothing was written.

    Example:
        >>> from minibert import FinetuneOptions, finetune
        >>> tuned = finetune("runs/novels-mini", FinetuneOptions(train="films.tsv", out="films"))
        >>> tuned.scores[0].mean("accuracy")
    """
    started = time.perf_counter()
    if options.train is None:
        raise OptionError("`train` is missing; give a file of labelled texts")
    path = free_path(FOLDER, _stem(options.train)) if options.out is None else Path(options.out)
    check_free(path)
    with torch.random.fork_rng([]):  # a missing head is initialized and not used
        pretrained = Pretrained.load(model, device=options.device, needs=())
    data = load_dataset(options, pretrained, reporter)
    trials = Trials(pretrained, data, options, reporter)
    scores, best = trials.compare()
    if options.folds is not None:
        best = trials.train(PRETRAINED, Split(range(len(data.examples)), ()), options.seed)
    facts = {
        "pretrained": str(model),
        "options": dataclasses.asdict(options),
        "evaluated": data.evaluated,
        "scores": {one.name: one.values for one in scores},
    }
    save_classifier(path, best.model, data.task, pretrained.tokenizer, data.layout, facts)
    return FineTuned(path, data.task, scores, data.evaluated, time.perf_counter() - started)


def _stem(train: str) -> str:
    return Path(train).name.split(".")[0] or "model"
