"""The options of `minibert finetune`."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from minibert.config.fields import check, device, option, table_format, table_header
from minibert.errors import OptionError

TASKS = ("auto", "classification", "regression", "tokens")

"""What is said of a text: one of some labels, a number, or a label of each word. `auto`: found by
looking at the labels."""

DATA, TRAINING, COMPARISON, RUN = "Data", "Training", "Comparison", "Run"

PASSES, MOST_PASSES, STEPS = 3, 20, 500

"""How many passes there are when nothing is said: as many as make so many steps, but at least and
at most so many. A model that is fine-tuned on few examples fails by too few steps more than by too
many passes (Mosbach et al. 2021, section 6)."""

_WEIGHTS = re.compile(r".+=\d+(\.\d+)?")


@dataclass(frozen=True, slots=True)
class FinetuneOptions:
    """What to learn from, how, what to compare with, and where to put it."""

    train: str | None = option(None, DATA, "The file of labelled texts to learn from.")
    dev: str | None = option(
        None, DATA, "The file to judge by; a tenth of --train, held out, by default."
    )
    task: str = option("auto", DATA, "What is said of a text.", TASKS)
    format: str = table_format()
    header: str = table_header()
    text: str | None = option(None, DATA, "The text's column, by its name or its number from 1.")
    pair: str | None = option(None, DATA, "The second text's column, where there are two.")
    label: str | None = option(None, DATA, "The label's column.")

    epochs: int | None = option(
        None,
        TRAINING,
        f"Passes over the examples, at most; {PASSES}, or up to {MOST_PASSES} where there are few.",
    )
    lr: float = option(5e-4, TRAINING, "Peak learning rate.")
    batch_size: int = option(16, TRAINING, "Examples in a step.")
    dropout: float = option(0.1, TRAINING, "Dropout while fine-tuning.")
    class_weights: str | None = option(
        None, TRAINING, "What labels count: balanced, or such as spam=3,ham=1."
    )
    patience: int = option(
        2, TRAINING, "Passes in a row with a worse score on --dev after which training ends."
    )
    seed: int = option(0, TRAINING, "The first seed.")

    seeds: int = option(1, COMPARISON, "Train so many times, with seeds one after the other.")
    folds: int | None = option(
        None, COMPARISON, "Cross-validate over so many parts of --train, instead of --dev."
    )
    from_scratch: bool = option(
        False, COMPARISON, "Train the same network from random weights too, for comparison."
    )

    out: str | None = option(None, RUN, "The folder of the fine-tuned model.", short="-o")
    device: str = device()

    def passes(self, examples: int) -> int:
        """Over how many examples how many passes are made, at most."""
        if self.epochs is not None:
            return self.epochs
        wanted = math.ceil(STEPS / math.ceil(examples / self.batch_size))
        return min(max(wanted, PASSES), MOST_PASSES)

    def __post_init__(self) -> None:
        check(self)
        if self.epochs is not None and self.epochs < 1:
            raise OptionError(f"--epochs is {self.epochs}; it must be 1 or more")
        if not 0 < self.lr < math.inf:
            raise OptionError(f"--lr is {self.lr}; it must be a number above 0")
        if not 0 <= self.dropout < 1:
            raise OptionError(f"--dropout is {self.dropout:g}; it must be 0 or more and below 1")
        if self.folds is not None and self.dev is not None:
            raise OptionError(
                "--folds takes turns with parts of --train, and --dev is a file of its own; "
                "leave one of them out"
            )
        for part in self.class_weights.split(",") if self.class_weights else ():
            if self.class_weights != "balanced" and not _WEIGHTS.fullmatch(part):
                raise OptionError(
                    f"--class-weights has {part!r}; write balanced, or each label with "
                    "what it counts, such as spam=3,ham=1"
                )
