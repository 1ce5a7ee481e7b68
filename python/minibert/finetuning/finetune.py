"""`minibert finetune`: labelled texts and a pretrained model in, a model that labels out.

Beside the model's scores stand those of a bag of words and, where that is asked for, of the same
network from random weights: much of such a task often needs no pretraining, and this says how much.
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
"""Where models are written when nothing else is said."""


@dataclass(frozen=True, slots=True)
class FineTuned:
    """What came of it.

    Attributes:
        path: the folder of the model.
        task: what it says of texts.
        scores: of the model, and of what it is compared with.
        judged: on what, for a person.
        seconds: all of it took.
    """

    path: Path
    task: Task
    scores: list[Scores]
    judged: str
    seconds: float

    @property
    def from_scratch(self) -> bool:
        """Whether the network from random weights was trained too."""
        return any(one.name == SCRATCH for one in self.scores)

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "path": str(self.path),
            "task": self.task.kind,
            "labels": list(self.task.labels),
            "judged": self.judged,
            "seconds": round(self.seconds, 3),
            "scores": {
                one.name: {
                    metric: {"mean": one.mean(metric), "sd": one.deviation(metric), "all": values}
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

    Of the states after each pass the best on the dev examples stays, and of several seeds the best
    is written. With folds no pass is chosen by what it is judged on: all are done, and what is
    written is trained on all examples with the first seed.

    Args:
        model: a run, or any folder of a BERT.
        options: the rest.
        reporter: is told what goes on.

    Raises:
        MinibertError: something given cannot be used; nothing has been written then.

    Example:
        >>> from minibert import FinetuneOptions, finetune
        >>> tuned = finetune("runs/novels-mini", FinetuneOptions(train="films.tsv", out="films"))
        >>> tuned.scores[0].mean("accuracy")
    """
    started = time.perf_counter()
    if options.train is None:
        raise OptionError("say what to learn from, such as: --train train.tsv")
    path = free_path(FOLDER, _stem(options.train)) if options.out is None else Path(options.out)
    check_free(path)
    with torch.random.fork_rng([]):  # a head that is missing is drawn, and not used
        pretrained = Pretrained.load(model, device=options.device, needs=())
    data = load_dataset(options, pretrained, reporter)
    tuning = Trials(pretrained, data, options, reporter)
    scores, best = tuning.compare()
    if options.folds is not None:
        best = tuning.train(PRETRAINED, Split(range(len(data.examples)), ()), options.seed)
    facts = {
        "pretrained": str(model),
        "options": dataclasses.asdict(options),
        "judged": data.judged,
        "scores": {one.name: one.values for one in scores},
    }
    save_classifier(path, best.model, data.task, pretrained.tokenizer, data.layout, facts)
    return FineTuned(path, data.task, scores, data.judged, time.perf_counter() - started)


def _stem(train: str) -> str:
    return Path(train).name.split(".")[0] or "model"
