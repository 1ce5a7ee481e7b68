"""The options of `minibert pretrain`."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal, get_args

from minibert.config.fields import (
    cased,
    check,
    check_positive,
    check_share,
    device,
    errors,
    flag,
    layout,
    nearest_multiple,
    option,
    vocab_size,
)
from minibert.config.model import PRESETS, BertConfig
from minibert.config.recipe import DEFAULT_RECIPE, RECIPES, Budget, Recipe
from minibert.errors import OptionError
from minibert.io.units import parse_duration

Objective = Literal["next_sentence", "sentence_order", "full_sentences", "doc_sentences", "line"]

MaskUnit = Literal["token", "whole_word", "span", "ngram"]

PAIR_TASKS = {"next_sentence": "NSP", "sentence_order": "SOP"}

"""What the second head learns, as people call it, by the objective. The others have no pairs, and
with them it learns nothing."""

TRACKERS = ("tensorboard", "wandb")

DEFAULT_STEPS = 2000

DEFAULT_KEEP = 2

"""Checkpoints: the newest, and the one before in case the newest is damaged. More take disk, each
three times the weights, and one alone leaves nothing to fall back on."""

GOING_ON = 3

"""By what the recipe's learning rates are divided where a model has learned already: see
`docs/guides/hugging-face.md` for what was measured."""

CORPUS, MODEL, TASK = "Corpus", "Model", "Task"
TRAINING, RUN, MACHINE = "Training", "Run", "Machine"


@dataclass(frozen=True, slots=True)
class PretrainOptions:
    """What to train on, what to train, how long, and where to put it."""

    layout: str = layout()
    errors: str = errors()
    cased: bool = cased()
    validation_corpus: str | None = option(
        None, CORPUS, "Evaluate on this text instead of documents held out of the corpus."
    )

    init_from: str | None = option(
        None,
        MODEL,
        "Start from this model: its shape, tokenizer and weights. A run, or any BERT's.",
    )
    preset: str = option("tiny", MODEL, "A published shape.", tuple(PRESETS))
    layers: int | None = option(None, MODEL, "Layers, instead of the preset's.")
    hidden_size: int | None = option(None, MODEL, "Hidden size, instead of the preset's.")
    heads: int | None = option(None, MODEL, "Attention heads, instead of the preset's.")
    vocab_size: int = vocab_size(MODEL)
    seq_len: int = option(128, MODEL, "Positions: pieces in an example.")

    objective: str = option(
        "next_sentence",
        TASK,
        "What an example is, and what is learned beside the masked words. next_sentence: whether "
        "one segment follows another (BERT). sentence_order: which of two comes first (ALBERT). "
        "The others learn masked words alone: full_sentences, doc_sentences (RoBERTa; within a "
        "document), line (a sentence each).",
        get_args(Objective),
    )
    mask_unit: str = option(
        "token",
        TASK,
        "What is masked as a whole: pieces, words or runs of words.",
        get_args(MaskUnit),
    )
    masked_lm_prob: float | None = option(
        None, TASK, "Share of the pieces that are predicted, instead of the recipe's."
    )
    final_masked_lm_prob: float | None = option(
        None, TASK, "What that share becomes by the end of the run, in a straight line."
    )
    max_predictions_per_seq: int | None = option(
        None, TASK, "Predictions in an example, at most; as many as the share gives by default."
    )

    steps: int | None = option(
        None, TRAINING, f"Train for this many steps ({DEFAULT_STEPS:,} when nothing is said)."
    )
    epochs: float | None = option(None, TRAINING, "Train for this many passes over the corpus.")
    time: str | None = option(
        None, TRAINING, "Train for this long, all told: 90s, 10m, 1h30m. The schedule follows."
    )
    batch_size: int = option(32, TRAINING, "Examples in a step.")
    accumulate: int = option(
        1, TRAINING, "Micro-batches that a step's examples come in: less memory, the same step."
    )
    lr: float | None = option(None, TRAINING, "Peak learning rate, instead of the recipe's.")
    recipe: str = option(
        DEFAULT_RECIPE, TRAINING, "What is fast here, or the BERT paper's own.", tuple(RECIPES)
    )
    seed: int = option(0, TRAINING, "Seed of everything drawn at random.")

    out: str | None = option(None, RUN, "The run's folder; runs/<corpus>-<preset> by default.")
    resume: bool = option(False, RUN, "Go on from the newest checkpoint of --out, or of any run.")
    checkpoint_every: int = option(250, RUN, "Steps between checkpoints, each with an evaluation.")
    keep: int = option(DEFAULT_KEEP, RUN, "Checkpoints that are kept, the newest ones.")
    log_every: int = option(10, RUN, "Steps between rows of metrics.jsonl.")

    log_to: str | None = option(
        None, RUN, "Send the metrics elsewhere too, to an optional extra.", TRACKERS
    )

    device: str = device()
    threads: int | None = option(None, MACHINE, "Threads to compute with; all cores by default.")
    compile: bool = option(
        False, MACHINE, "Compile the layers (torch.compile); for long runs on a GPU."
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
                f"--batch-size is {self.batch_size}, which --accumulate {self.accumulate} does not "
                f"divide; give --batch-size {near}"
            )
        given = [flag(n) for n in ("steps", "epochs", "time") if getattr(self, n) is not None]
        if len(given) > 1:
            raise OptionError(f"{' and '.join(given)} are given; they exclude one another")
        if self.time is not None:
            parse_duration(self.time)
            if self.final_masked_lm_prob is not None:
                raise OptionError(
                    "--final-masked-lm-prob is reached at the last step, and --time does not say "
                    "which that is; give --steps or --epochs instead of --time"
                )
        self.config(self.vocab_size)

    def config(self, vocab_size: int) -> BertConfig:
        """The model's shape, with a vocabulary of the size that training it gave."""
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
        """The recipe, with the options that stand for parts of it; `lr` scales its learning rates.

        A model that has learned already goes on at lower rates, and keeps the weights it has.
        """
        recipe = RECIPES[self.recipe]
        if self.masked_lm_prob is not None:
            recipe = dataclasses.replace(recipe, masked_lm_prob=self.masked_lm_prob)
        lr = self.lr
        if self.init_from is not None:
            recipe = dataclasses.replace(
                recipe,
                position_amplitude=None,
                neighbour_gain=None,
                context_scale=None,
                zero_outputs=False,
            )
            lr = recipe.learning_rate / GOING_ON if lr is None else lr
        if lr is None:
            return recipe
        muon = recipe.muon_learning_rate
        return dataclasses.replace(
            recipe,
            learning_rate=lr,
            muon_learning_rate=None if muon is None else muon * lr / recipe.learning_rate,
        )

    def budget(self, steps_per_epoch: int) -> Budget:
        """How long to train, given the steps that one pass over the corpus takes."""
        if self.time is not None:
            return Budget(seconds=parse_duration(self.time))
        if self.epochs is not None:
            return Budget(steps=max(1, round(self.epochs * steps_per_epoch)))
        return Budget(steps=DEFAULT_STEPS if self.steps is None else self.steps)
