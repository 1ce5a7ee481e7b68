"""The options of `minibert pretrain`, `minibert prepare` and `minibert vocab`, defined once.

The command line and the application's form are made from these dataclasses: a field's name is the
option's name, its default the default, and its metadata what a person reads.
"""

from __future__ import annotations

import dataclasses
import difflib
from dataclasses import dataclass
from typing import Any, Literal, get_args

from minibert.config import PRESETS, BertConfig
from minibert.durations import parse_duration
from minibert.errors import OptionError
from minibert.recipe import RECIPES, Budget, Recipe
from minibert.sizes import parse_size

Objective = Literal["next_sentence", "sentence_order", "full_sentences", "doc_sentences", "line"]
MaskUnit = Literal["token", "whole_word", "span", "ngram"]
PAIR_TASKS = {"next_sentence": "NSP", "sentence_order": "SOP"}
"""What the second head learns, as people call it, by the objective. The others have no pairs, and
with them it learns nothing."""

LAYOUTS = ("auto", "sentences", "paragraphs", "wrapped", "files")
"""`sentences`: a sentence a line, blank lines between documents (BERT's own format). `paragraphs`:
a paragraph a line. `wrapped`: lines wrapped at a width. `files`: each file is a document. `auto`:
found by looking at each file."""
ALGORITHMS = ("count", "likelihood")
"""Which two pieces of a vocabulary become one: those that occur side by side most, or most for how
common they are."""
TRACKERS = ("tensorboard", "wandb")
DEFAULT_STEPS = 2000
DEFAULT_KEEP = 2
"""Checkpoints: the newest, and the one before in case the newest is damaged. More take disk, each
three times the weights, and one alone leaves nothing to fall back on."""
LEAST_MEMORY = 128 << 20
"""Less than this, in bytes, no token store is made in."""

CORPUS, MODEL, TRAINING, RUN, MACHINE = "Corpus", "Model", "Training", "Run", "Machine"
TASK, VOCABULARY = "Task", "Vocabulary"


def _option(
    default: Any, panel: str, help: str, choices: tuple[str, ...] = (), short: str | None = None
) -> Any:
    metadata = {"panel": panel, "help": help, "choices": choices, "short": short}
    return dataclasses.field(default=default, metadata=metadata)


def _layout() -> Any:
    return _option("auto", CORPUS, "How the text is laid out.", LAYOUTS)


def _errors() -> Any:
    return _option(
        "strict", CORPUS, "What to do with bytes that are not UTF-8.", ("strict", "replace")
    )


def _cased() -> Any:
    return _option(False, CORPUS, "Keep capitals and accents; by default both are dropped.")


def _vocab_size(panel: str) -> Any:
    return _option(8192, panel, "Pieces in the vocabulary, at most.")


@dataclass(frozen=True, slots=True)
class PretrainOptions:
    """What to train on, what to train, how long, and where to put it."""

    layout: str = _layout()
    errors: str = _errors()
    cased: bool = _cased()
    eval_corpus: str | None = _option(
        None, CORPUS, "Evaluate on this text instead of documents held out of the corpus."
    )

    preset: str = _option("tiny", MODEL, "A published shape.", tuple(PRESETS))
    layers: int | None = _option(None, MODEL, "Layers, instead of the preset's.")
    hidden: int | None = _option(None, MODEL, "Width, instead of the preset's.")
    heads: int | None = _option(None, MODEL, "Attention heads, instead of the preset's.")
    vocab_size: int = _vocab_size(MODEL)
    seq_len: int = _option(128, MODEL, "Positions: pieces in an example.")

    objective: str = _option(
        "next_sentence",
        TASK,
        "What an example is, and what is learned beside the masked words. next_sentence: whether "
        "one segment follows another (BERT). sentence_order: which of two comes first (ALBERT). "
        "The others learn masked words alone: full_sentences, doc_sentences (RoBERTa; within a "
        "document), line (a sentence each).",
        get_args(Objective),
    )
    mask_unit: str = _option(
        "token",
        TASK,
        "What is masked as a whole: pieces, words or runs of words.",
        get_args(MaskUnit),
    )
    masked_lm_prob: float = _option(0.15, TASK, "Share of the pieces that are predicted.")
    final_masked_lm_prob: float | None = _option(
        None, TASK, "What that share becomes by the end of the run, in a straight line."
    )
    max_predictions_per_seq: int | None = _option(
        None, TASK, "Predictions in an example, at most; as many as the share gives by default."
    )

    steps: int | None = _option(
        None, TRAINING, f"Train for this many steps ({DEFAULT_STEPS:,} when nothing is said)."
    )
    epochs: float | None = _option(None, TRAINING, "Train for this many passes over the corpus.")
    time: str | None = _option(
        None, TRAINING, "Train for this long, all told: 90s, 10m, 1h30m. The schedule follows."
    )
    batch_size: int = _option(32, TRAINING, "Examples in a step.")
    accumulate: int = _option(
        1, TRAINING, "Micro-batches that a step's examples come in: less memory, the same step."
    )
    lr: float | None = _option(None, TRAINING, "Peak learning rate, instead of the recipe's.")
    recipe: str = _option(
        "minibert", TRAINING, "What is fast here, or the BERT paper's own.", tuple(RECIPES)
    )
    seed: int = _option(0, TRAINING, "Seed of everything drawn at random.")

    out: str | None = _option(None, RUN, "The run's folder; runs/<corpus>-<preset> by default.")
    resume: bool = _option(False, RUN, "Go on from the newest checkpoint of --out, or of any run.")
    checkpoint_every: int = _option(250, RUN, "Steps between checkpoints, each with an evaluation.")
    keep: int = _option(DEFAULT_KEEP, RUN, "Checkpoints that are kept, the newest ones.")
    log_every: int = _option(10, RUN, "Steps between rows of metrics.jsonl.")

    log_to: str | None = _option(
        None, RUN, "Send the metrics elsewhere too, to an optional extra.", TRACKERS
    )

    device: str = _option("auto", MACHINE, "cpu, cuda, mps or auto.")
    threads: int | None = _option(None, MACHINE, "Threads to compute with; all cores by default.")
    compile: bool = _option(
        False, MACHINE, "Compile the layers (torch.compile); for long runs on a GPU."
    )

    def __post_init__(self) -> None:
        _check(self)
        for name in ("epochs", "lr"):
            value = getattr(self, name)
            if value is not None and not 0 < value < float("inf"):
                raise OptionError(f"{flag(name)} is {value}; it must be a number above 0")
        for name in ("masked_lm_prob", "final_masked_lm_prob"):
            _check_share(name, getattr(self, name))
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
        hidden = preset.hidden if self.hidden is None else self.hidden
        recipe = self.training_recipe()
        return BertConfig(
            vocab_size=vocab_size,
            hidden_size=hidden,
            num_hidden_layers=preset.layers if self.layers is None else self.layers,
            num_attention_heads=preset.heads if self.heads is None else self.heads,
            intermediate_size=4 * hidden,
            hidden_dropout_prob=recipe.dropout,
            attention_probs_dropout_prob=recipe.dropout,
            max_position_embeddings=self.seq_len,
            initializer_range=recipe.initializer_range,
        )

    def training_recipe(self) -> Recipe:
        """The recipe, its learning rates scaled to `lr` when that is given."""
        recipe = RECIPES[self.recipe]
        if self.lr is None:
            return recipe
        muon = recipe.muon_learning_rate
        return dataclasses.replace(
            recipe,
            learning_rate=self.lr,
            muon_learning_rate=None if muon is None else muon * self.lr / recipe.learning_rate,
        )

    def budget(self, steps_per_epoch: int) -> Budget:
        """How long to train, given the steps that one pass over the corpus takes."""
        if self.time is not None:
            return Budget(seconds=parse_duration(self.time))
        if self.epochs is not None:
            return Budget(steps=max(1, round(self.epochs * steps_per_epoch)))
        return Budget(steps=DEFAULT_STEPS if self.steps is None else self.steps)


@dataclass(frozen=True, slots=True)
class VocabOptions:
    """What to learn a vocabulary from, how large, by what rule, and where to put it."""

    layout: str = _layout()
    errors: str = _errors()
    cased: bool = _cased()

    size: int = _option(8192, VOCABULARY, "Pieces in the vocabulary, at most.")
    algorithm: str = _option(
        "count",
        VOCABULARY,
        "Which two pieces become one: those that occur side by side most, or most for how common "
        "they are.",
        ALGORITHMS,
    )
    min_frequency: int = _option(
        2, VOCABULARY, "Two pieces that occur side by side less often do not become one."
    )
    limit_alphabet: int | None = _option(
        None,
        VOCABULARY,
        "Different characters that are kept, the commonest; half of --size, and at least 1,000, "
        "by default.",
    )
    out: str | None = _option(None, VOCABULARY, "The tokenizer's folder.", short="-o")

    def __post_init__(self) -> None:
        _check(self)

    @property
    def alphabet(self) -> int:
        """How many characters are kept.

        Writing systems of thousands of characters need more than the reference's 1,000.
        """
        if self.limit_alphabet is not None:
            return self.limit_alphabet
        return max(1000, self.size // 2)


@dataclass(frozen=True, slots=True)
class PrepareOptions:
    """What to cut into tokens, by what tokenizer, in how much memory, and where to put them."""

    layout: str = _layout()
    errors: str = _errors()
    cased: bool = _cased()

    tokenizer: str | None = _option(
        None, VOCABULARY, "A tokenizer's folder; by default one is learned from the corpus."
    )
    vocab_size: int = _vocab_size(VOCABULARY)
    memory: str = _option(
        "512M", MACHINE, "What the tokens are made in, about: 512M, 2G; at least 128M."
    )
    out: str | None = _option(None, RUN, "The folder of tokens and tokenizer.", short="-o")

    def __post_init__(self) -> None:
        _check(self)
        if parse_size(self.memory) < LEAST_MEMORY:
            least = f"{LEAST_MEMORY >> 20}M"
            raise OptionError(f"--memory is {self.memory}; it must be {least} or more")
        if self.tokenizer is None:
            return
        for name in ("vocab_size", "cased"):
            if getattr(self, name) != type(self).__dataclass_fields__[name].default:
                raise OptionError(
                    f"{flag(name)} is of a tokenizer that is learned, and --tokenizer names one; "
                    "leave one of them out"
                )


def _check(options: PretrainOptions | VocabOptions | PrepareOptions) -> None:
    """Raises if a field is none of its choices, or too small or large to make sense at all."""
    for field in dataclasses.fields(options):
        value, choices = getattr(options, field.name), field.metadata["choices"]
        if choices and value is not None and value not in choices:
            near = difflib.get_close_matches(value, choices, n=1)
            near += [choice for choice in choices if value and value in choice]
            meant = f"; did you mean {near[0]}?" if near else ""
            raise OptionError(
                f"{flag(field.name)} is {value!r}; it is one of {', '.join(choices)}{meant}"
            )
        if value is None or field.name not in _LEAST:
            continue
        if value < _LEAST[field.name]:
            least = _LEAST[field.name]
            raise OptionError(f"{flag(field.name)} is {value}; it must be {least} or more")
        if value >= 2**63:
            raise OptionError(f"{flag(field.name)} is {value}; it must be below 2**63")


def _check_share(name: str, value: float | None) -> None:
    """Raises if a share of the pieces is not above 0 and at most 1."""
    if value is None or 0 < value <= 1:
        return
    if 1 < value <= 100:
        meant = f"for {value:g} % give {value / 100:g}"
    else:
        meant = "give 1" if value > 1 else "BERT's is 0.15"
    raise OptionError(f"{flag(name)} is {value:g}; it must be above 0 and at most 1: {meant}")


# The smallest value of each number that makes sense at all.
_LEAST = {
    "layers": 1,
    "hidden": 1,
    "heads": 1,
    "vocab_size": 6,
    "seq_len": 8,
    "max_predictions_per_seq": 1,
    "steps": 1,
    "batch_size": 1,
    "accumulate": 1,
    "seed": 0,
    "checkpoint_every": 1,
    "keep": 1,
    "log_every": 1,
    "threads": 1,
    "size": 6,
    "min_frequency": 1,
    "limit_alphabet": 1,
}


def nearest_multiple(number: int, of: int) -> int:
    """The multiple that is nearest to a number, and not 0."""
    return max(1, round(number / of)) * of


def flag(name: str) -> str:
    """A field's name as the command line has it."""
    return "--" + name.replace("_", "-")
