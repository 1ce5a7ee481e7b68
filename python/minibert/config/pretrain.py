"""The options of `minibert pretrain`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from minibert.config.fields import (
    cased,
    check,
    check_positive,
    check_share,
    device,
    errors,
    layout,
    nearest_multiple,
    option,
    vocab_size,
)
from minibert.config.model import PRESETS, BertConfig
from minibert.config.objective import MASK_UNITS, OBJECTIVES
from minibert.config.recipe import DEFAULT_RECIPE, RECIPES, Budget, Recipe
from minibert.errors import OptionError
from minibert.io.units import parse_duration

TRACKERS = ("tensorboard", "wandb")

DEFAULT_STEPS = 2000

DEFAULT_KEEP = 2
"""Checkpoints to keep: the latest, and the one before in case the latest is damaged. A checkpoint
takes three times the disk space of the weights."""

CONTINUED_PRETRAINING_LR_DIVISOR = 3
"""The recipe's learning rates are divided by this for a pretrained model;
`docs/guides/hugging-face.md` has the measurements."""

CORPUS, MODEL, TASK = "Corpus", "Model", "Task"
TRAINING, RUN, MACHINE = "Training", "Run", "Machine"


@dataclass(frozen=True, slots=True)
class PretrainOptions:
    """The options of `minibert pretrain`."""

    layout: str = layout()
    errors: str = errors()
    cased: bool = cased()
    validation_corpus: str | None = option(
        None, CORPUS, "Validation text; default: documents held out from the corpus."
    )

    init_from: str | None = option(
        None,
        MODEL,
        "Continue pretraining from this model: its shape, tokenizer and weights. A run, a "
        "checkpoint or a folder of any BERT.",
    )
    preset: str = option("tiny", MODEL, "Published model shape.", tuple(PRESETS))
    layers: int | None = option(
        None, MODEL, "Number of layers, instead of the preset's.", minimum=1
    )
    hidden_size: int | None = option(
        None, MODEL, "Hidden size, instead of the preset's.", minimum=1
    )
    heads: int | None = option(
        None, MODEL, "Number of attention heads per layer, instead of the preset's.", minimum=1
    )
    vocab_size: int = vocab_size(MODEL)
    seq_len: int = option(
        128, MODEL, "Sequence length in tokens, also the number of positions.", minimum=8
    )

    objective: str = option(
        "next_sentence",
        TASK,
        "Pretraining objective beside masked language modeling. "
        + " ".join(f"{name}: {objective.help}." for name, objective in OBJECTIVES.items()),
        tuple(OBJECTIVES),
    )
    mask_unit: str = option(
        "token",
        TASK,
        f"Unit of masking: {', '.join(MASK_UNITS.values())}.",
        tuple(MASK_UNITS),
    )
    masked_lm_prob: float | None = option(
        None, TASK, "Share of the tokens to mask, instead of the recipe's."
    )
    final_masked_lm_prob: float | None = option(
        None, TASK, "Share of the tokens to mask at the last step, reached linearly."
    )
    max_predictions_per_seq: int | None = option(
        None, TASK, "Maximum masked tokens per sequence; default: unlimited.", minimum=1
    )

    steps: int | None = option(
        None,
        TRAINING,
        f"Number of steps; default: {DEFAULT_STEPS:,} without --epochs or --time.",
        minimum=1,
    )
    epochs: float | None = option(None, TRAINING, "Number of epochs.")
    time: str | None = option(
        None,
        TRAINING,
        "Total training time, such as 90s, 10m or 1h30m; the learning rate schedule follows it.",
    )
    batch_size: int = option(32, TRAINING, "Examples per step.", minimum=1)
    accumulate: int = option(
        1, TRAINING, "Micro-batches per step: gradient accumulation, which saves memory.", minimum=1
    )
    lr: float | None = option(None, TRAINING, "Peak learning rate, instead of the recipe's.")
    recipe: str = option(
        DEFAULT_RECIPE,
        TRAINING,
        "Hyperparameters: minibert's, or those of the BERT paper.",
        tuple(RECIPES),
    )
    seed: int = option(0, TRAINING, "Random seed.", minimum=0)

    out: str | None = option(None, RUN, "Run folder; default: runs/<corpus>-<preset>.")
    resume: bool = option(
        False,
        RUN,
        "Resume from the latest checkpoint of --out, or of the newest unfinished run.",
    )
    checkpoint_every: int = option(
        250, RUN, "Steps between checkpoints; each one includes a validation.", minimum=1
    )
    keep: int = option(
        DEFAULT_KEEP, RUN, "Number of checkpoints to keep, the latest ones.", minimum=1
    )
    log_every: int = option(10, RUN, "Steps between rows of metrics.jsonl.", minimum=1)

    log_to: str | None = option(
        None,
        RUN,
        "Also log the metrics to this tracker (requires the extra of that name).",
        TRACKERS,
    )

    device: str = device()
    threads: int | None = option(None, MACHINE, "CPU threads; default: one per core.", minimum=1)
    compile: bool = option(
        False, MACHINE, "Compile the layers with torch.compile; for long runs on a GPU."
    )

    def __post_init__(self) -> None:
        check(self)
        for name in ("epochs", "lr"):
            check_positive(name, getattr(self, name))
        for name in ("masked_lm_prob", "final_masked_lm_prob"):
            check_share(name, getattr(self, name))
        if self.batch_size % self.accumulate:
            near = nearest_multiple(self.batch_size, self.accumulate)
            raise OptionError(
                f"`batch_size` is {self.batch_size}, which `accumulate` {self.accumulate} does not "
                f"divide; give `batch_size` {near}"
            )
        given = [f"`{n}`" for n in ("steps", "epochs", "time") if getattr(self, n) is not None]
        if len(given) > 1:
            raise OptionError(f"{' and '.join(given)} cannot be combined; give one of them")
        if self.time is not None:
            parse_duration(self.time)
            if self.final_masked_lm_prob is not None:
                raise OptionError(
                    "`final_masked_lm_prob` is reached at the last step, which `time` does not "
                    "determine; give `steps` or `epochs` instead of `time`"
                )
        self.config(self.vocab_size)

    def config(self, vocab_size: int) -> BertConfig:
        """The shape of the model, with the size of the trained vocabulary."""
        preset = PRESETS[self.preset]
        hidden_size = preset.hidden_size if self.hidden_size is None else self.hidden_size
        recipe = self.training_recipe()
        return BertConfig(
            vocab_size=vocab_size,
            hidden_size=hidden_size,
            num_hidden_layers=preset.layers if self.layers is None else self.layers,
            num_attention_heads=preset.heads if self.heads is None else self.heads,
            intermediate_size=4 * hidden_size,
            hidden_dropout_prob=recipe.dropout,
            attention_probs_dropout_prob=recipe.dropout,
            max_position_embeddings=self.seq_len,
            initializer_range=recipe.initializer_range_at(hidden_size),
        )

    def training_recipe(self) -> Recipe:
        """The recipe with the options that replace parts of it; `lr` scales both learning rates.

        A pretrained model keeps its weights and gets lower learning rates.
        """
        recipe = RECIPES[self.recipe]
        if self.masked_lm_prob is not None:
            recipe = dataclasses.replace(recipe, masked_lm_prob=self.masked_lm_prob)
        lr = self.lr
        if self.init_from is not None:
            recipe = dataclasses.replace(
                recipe,
                position_amplitude=None,
                neighbor_gain=None,
                context_scale=None,
                zero_outputs=False,
            )
            lr = recipe.learning_rate / CONTINUED_PRETRAINING_LR_DIVISOR if lr is None else lr
        if lr is None:
            return recipe
        muon = recipe.muon_learning_rate
        return dataclasses.replace(
            recipe,
            learning_rate=lr,
            muon_learning_rate=None if muon is None else muon * lr / recipe.learning_rate,
        )

    def budget(self, steps_per_epoch: int) -> Budget:
        """The length of the training, given the number of steps in an epoch."""
        if self.time is not None:
            return Budget(seconds=parse_duration(self.time))
        if self.epochs is not None:
            return Budget(steps=max(1, round(self.epochs * steps_per_epoch)))
        return Budget(steps=DEFAULT_STEPS if self.steps is None else self.steps)
