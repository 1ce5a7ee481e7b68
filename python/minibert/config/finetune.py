"""The options of `minibert finetune`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from minibert.config.fields import check, check_positive, device, option, table_format, table_header
from minibert.errors import OptionError

TASKS = ("auto", "classification", "regression", "tokens")
"""The label of a text is one of several classes, a number, or a label for each word. `auto`:
inferred from the labels."""

DATA, TRAINING, COMPARISON, RUN = "Data", "Training", "Comparison", "Run"

MIN_EPOCHS, MAX_EPOCHS, WANTED_STEPS = 3, 20, 500
"""The default number of epochs is the smallest that gives `WANTED_STEPS` steps, between
`MIN_EPOCHS` and `MAX_EPOCHS`. With few examples, fine-tuning fails from too few steps rather than
from too many epochs (Mosbach et al. 2021, section 6)."""

_WEIGHTS = re.compile(r".+=\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class FinetuneOptions:
    """The options of `minibert finetune`."""

    train: str | None = option(None, DATA, "Training file of labelled texts.")
    dev: str | None = option(None, DATA, "Validation file; default: a tenth of --train.")
    task: str = option("auto", DATA, "Kind of labels.", TASKS)
    format: str = table_format()
    header: str = table_header()
    text: str | None = option(None, DATA, "Column of the text: a name, or a number counted from 1.")
    pair: str | None = option(None, DATA, "Column of the second text, for pairs.")
    label: str | None = option(None, DATA, "Column of the label.")

    epochs: int | None = option(
        None,
        TRAINING,
        f"Maximum number of epochs; default: {MIN_EPOCHS}, up to {MAX_EPOCHS} for small datasets.",
        minimum=1,
    )
    lr: float = option(5e-4, TRAINING, "Peak learning rate.")
    batch_size: int = option(16, TRAINING, "Examples per step.", minimum=1)
    dropout: float = option(0.1, TRAINING, "Dropout probability.")
    class_weights: str | None = option(
        None, TRAINING, "Weights of the labels in the loss: balanced, or such as spam=3,ham=1."
    )
    patience: int = option(
        2, TRAINING, "Early stopping: epochs in a row without a better validation score.", minimum=1
    )
    seed: int = option(0, TRAINING, "Random seed; the first one with --seeds.", minimum=0)

    seeds: int = option(1, COMPARISON, "Number of trainings, with consecutive seeds.", minimum=1)
    folds: int | None = option(
        None,
        COMPARISON,
        "Cross-validation: number of folds of --train, instead of --dev.",
        minimum=2,
    )
    from_scratch: bool = option(
        False, COMPARISON, "Also train the same network from random weights, for comparison."
    )

    out: str | None = option(None, RUN, "Folder for the fine-tuned model.", short="-o")
    device: str = device()

    def max_epochs(self, examples: int) -> int:
        """The maximum number of epochs over this number of training examples, at least 1."""
        if self.epochs is not None:
            return self.epochs
        wanted = math.ceil(WANTED_STEPS / math.ceil(examples / self.batch_size))
        return min(max(wanted, MIN_EPOCHS), MAX_EPOCHS)

    def __post_init__(self) -> None:
        check(self)
        check_positive("lr", self.lr)
        if not 0 <= self.dropout < 1:
            raise OptionError(f"`dropout` is {self.dropout:g}; it must be 0 or more and below 1")
        if self.folds is not None and self.dev is not None:
            raise OptionError(
                "`folds` validates on parts of `train`, and `dev` is a validation file; "
                "leave one of them out"
            )
        if self.class_weights is None or self.class_weights == "balanced":
            return
        for part in self.class_weights.split(","):
            if not _WEIGHTS.fullmatch(part):
                raise OptionError(
                    f"`class_weights` has {part!r}; give balanced, or each label with its "
                    "weight, such as spam=3,ham=1"
                )
