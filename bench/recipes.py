"""What a change to the default recipe does to a model that costs the same to train.

    python bench/recipes.py VARIANT ... --text novels.txt --validation others.txt [--preset tiny]
        [--steps 1200] [--seeds 0 1 2] [--results FILE]

Without variants, their names and what each is. A budget is what `--steps` steps of the default
recipe cost; a variant whose step costs another amount takes more steps or fewer. The cost is
processor time of one thread, taken in turns with the default's, so that the figures do not depend
on what else the machine does. The loss is that of the held-out text with its masks at 15 %, which
are always the same. A result is a line of JSON in `--results`; the table is of all that it holds.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import math
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from minibert import BertForPreTraining, Budget, Corpus, PretrainingDataset, TokenStore, Trainer
from minibert.config import PretrainOptions
from minibert.model.initialization import WAVES, init_neighbour_heads, new_model
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.training import optimization as optimizers
from minibert.training import trainer


@dataclass(frozen=True)
class Variant:
    what: str
    recipe: dict[str, Any] = field(default_factory=dict)  # of the Recipe's fields
    data: dict[str, Any] = field(default_factory=dict)  # of the training set's options
    ramp: dict[str, Any] = field(default_factory=dict)  # of the training set's, in the first third
    schedule: Callable[[float, float], float] | None = None  # share done, warm-up: the factor
    start: Callable[[BertForPreTraining, TokenStore], None] | None = None  # changes the weights
    polynomials: tuple[tuple[float, float, float], ...] | None = None  # of Muon
    momentum: float | None = None  # of Muon
    muon_takes: Callable[[str], bool] | None = None  # the matrices by name, the default's or none
    pair_rate: float | None = None  # AdamW's rate for pooler and NSP head, as a share of its rate
    average: float | None = None  # share of the last steps whose weights are averaged
    vocab: int = 8192
    same_cost: bool = True


def cosine(done: float, warmup: float) -> float:
    if done < warmup:
        return done / warmup
    return 0.5 + 0.5 * math.cos(math.pi * (done - warmup) / (1 - warmup))


def late(fall: float) -> Callable[[float, float], float]:
    """Constant, and a linear fall in the last share."""
    return lambda done, warmup: min(1.0, done / warmup, (1 - done) / fall)


@torch.no_grad()
def keys_as_queries(model: BertForPreTraining, _: TokenStore) -> None:
    for layer in model.bert.encoder.layer:
        layer.attention.self.key.weight.copy_(layer.attention.self.query.weight)


@torch.no_grad()
def small_outputs(model: BertForPreTraining, _: TokenStore) -> None:
    for layer in model.bert.encoder.layer:
        layer.attention.output.dense.weight.mul_(0.5)
        layer.output.dense.weight.mul_(0.5)


def scaled_words(factor: float) -> Callable[[BertForPreTraining, TokenStore], None]:
    @torch.no_grad()
    def start(model: BertForPreTraining, _: TokenStore) -> None:
        model.bert.embeddings.word_embeddings.weight.mul_(factor)

    return start


@torch.no_grad()
def words_in_waves(model: BertForPreTraining, _: TokenStore) -> None:
    weight = model.bert.embeddings.word_embeddings.weight
    half = (weight.shape[1] + 1) // 2
    for start in (0, half):
        weight[1:, start : start + WAVES].normal_(std=model.config.initializer_range)


def neighbours_in_all(model: BertForPreTraining, _: TokenStore) -> None:
    layers = model.bert.encoder.layer
    for number in range(1, len(layers)):
        layers.insert(0, layers.pop(number))
        init_neighbour_heads(model, 1.0)
        layers.insert(number, layers.pop(0))


@torch.no_grad()
def bias_as_frequencies(model: BertForPreTraining, store: TokenStore) -> None:
    counts = torch.as_tensor(store.token_counts()).double()
    model.cls.predictions.bias.copy_(((counts + 1) / (counts + 1).sum()).log())


def drawn_at(deviation: float) -> dict[str, Any]:
    """Whatever the width."""
    return {"initializer_range": deviation, "initializer_width": None}


VARIANTS = {
    "default": Variant("the recipe as it is"),
    # How fast.
    "lr-half": Variant("AdamW's learning rate 1.5e-3", {"learning_rate": 1.5e-3}),
    "lr-double": Variant("AdamW's learning rate 6e-3", {"learning_rate": 6e-3}),
    "muon-5": Variant("Muon's learning rate 0.005", {"muon_learning_rate": 5e-3}),
    "muon-14": Variant("Muon's learning rate 0.014", {"muon_learning_rate": 1.4e-2}),
    "muon-20": Variant("Muon's learning rate 0.02", {"muon_learning_rate": 2e-2}),
    "muon-30": Variant("Muon's learning rate 0.03", {"muon_learning_rate": 3e-2}),
    "warmup-1": Variant("warm-up of 1 %", {"warmup_share": 0.01}),
    "warmup-10": Variant("warm-up of 10 %", {"warmup_share": 0.1}),
    "cosine": Variant("falling as a cosine", schedule=cosine),
    "late-half": Variant("constant, then falling in the last half", schedule=late(0.5)),
    "late-fifth": Variant("constant, then falling in the last fifth", schedule=late(0.2)),
    # What changes the weights.
    "adamw": Variant(
        "AdamW at 1e-3 for all",
        {"muon_learning_rate": None, "learning_rate": 1e-3},
        same_cost=False,
    ),
    "adamw-fast": Variant("AdamW at 3e-3 for all", {"muon_learning_rate": None}, same_cost=False),
    "polynomials-3": Variant(
        "Muon with 3 polynomials",
        polynomials=(
            (8.2987, -24.4305, 18.0903),
            (3.9152, -2.9211, 0.5592),
            (3.1746, -2.3804, 0.4978),
        ),
        same_cost=False,
    ),
    "polynomials-5": Variant(
        "Muon with its first paper's 5 polynomials",
        polynomials=((3.4445, -4.7750, 2.0315),) * 5,
        same_cost=False,
    ),
    "momentum-90": Variant("Muon's momentum 0.9", momentum=0.9),
    "momentum-98": Variant("Muon's momentum 0.98", momentum=0.98),
    "pair-third": Variant("pooler and NSP head at a third of the rate", pair_rate=1 / 3),
    "pair-tenth": Variant("pooler and NSP head at a tenth of the rate", pair_rate=0.1),
    "muon-pooler": Variant(
        "Muon for the pooler too", muon_takes=lambda name: name.startswith("bert.pooler.")
    ),
    "decay-0": Variant("no weight decay", {"weight_decay": 0.0}),
    "decay-1": Variant("weight decay 0.01", {"weight_decay": 0.01}),
    "decay-30": Variant("weight decay 0.3", {"weight_decay": 0.3}),
    "beta-95": Variant("AdamW's second beta 0.95", {"betas": (0.9, 0.95)}),
    "beta-999": Variant("AdamW's second beta 0.999", {"betas": (0.9, 0.999)}),
    "epsilon-4": Variant("AdamW's epsilon 1e-4", {"epsilon": 1e-4}),
    "dropout": Variant("dropout 0.1", {"dropout": 0.1}, same_cost=False),
    "average": Variant("weights averaged over the last tenth", average=0.1),
    # Where the weights start.
    "init-2": Variant("matrices drawn at 0.02", drawn_at(0.02)),
    "init-5": Variant("matrices drawn at 0.05", drawn_at(0.05)),
    "init-8": Variant("matrices drawn at 0.08", drawn_at(0.08)),
    "no-sinusoids": Variant("positions drawn at random", {"position_amplitude": None}),
    "sinusoids-5": Variant("sinusoids of amplitude 0.05", {"position_amplitude": 0.05}),
    "sinusoids-20": Variant("sinusoids of amplitude 0.2", {"position_amplitude": 0.2}),
    "keys-as-queries": Variant("keys start as queries", start=keys_as_queries),
    "frequencies": Variant(
        "the bias of each piece starts as its frequency's logarithm", start=bias_as_frequencies
    ),
    "no-neighbours": Variant("heads drawn at random", {"neighbour_gain": None}),
    "neighbours-1": Variant("heads on neighbours with gain 1", {"neighbour_gain": 1.0}),
    "neighbours-2": Variant("heads on neighbours with gain 2", {"neighbour_gain": 2.0}),
    "neighbours-3": Variant("heads on neighbours with gain 3", {"neighbour_gain": 3.0}),
    "neighbours-all": Variant("heads of all layers on neighbours", start=neighbours_in_all),
    "drawn-outputs": Variant("output projections start at random", {"zero_outputs": False}),
    "small-outputs": Variant(
        "output projections start half as large", {"zero_outputs": False}, start=small_outputs
    ),
    "words-in-waves": Variant(
        "words start in the fast waves too, as all else does", start=words_in_waves
    ),
    "random-words": Variant("words start at random", {"context_scale": None}),
    "contexts-1": Variant(
        "words start by their contexts, as long as drawn", {"context_scale": 1.0}
    ),
    "contexts-4": Variant(
        "words start by their contexts, four times as long", {"context_scale": 4.0}
    ),
    "words-quarter": Variant("word embeddings start a quarter as large", start=scaled_words(0.25)),
    "words-half": Variant("word embeddings start half as large", start=scaled_words(0.5)),
    "words-double": Variant("word embeddings start twice as large", start=scaled_words(2.0)),
    # What is learned from.
    "batch-16": Variant("batches of 16", data={"batch_size": 16}, same_cost=False),
    "batch-64": Variant("batches of 64", data={"batch_size": 64}, same_cost=False),
    "batch-ramp": Variant(
        "batches of 16 in the first third", ramp={"batch_size": 16}, same_cost=False
    ),
    "length-ramp": Variant(
        "sequences of 64 in the first third",
        ramp={"seq_len": 64, "batch_size": 64},
        same_cost=False,
    ),
    "mask-15": Variant("15 % masked", {"masked_lm_prob": 0.15}, same_cost=False),
    "mask-20": Variant("20 % masked", {"masked_lm_prob": 0.2}, same_cost=False),
    "mask-30": Variant("30 % masked", {"masked_lm_prob": 0.3}, same_cost=False),
    "mask-40": Variant("40 % masked", {"masked_lm_prob": 0.4}, same_cost=False),
    "mask-ramp": Variant(
        "45 % masked in the first third", ramp={"masked_lm_prob": 0.45}, same_cost=False
    ),
    "all-masked": Variant(
        "[MASK] for all that is predicted",
        data={"mask_replace_prob": 1.0, "random_replace_prob": 0.0},
    ),
    "whole-words": Variant("whole words masked", data={"mask_unit": "whole_word"}),
    "sentence-order": Variant(
        "SOP instead of NSP", data={"objective": "sentence_order"}, same_cost=False
    ),
    "no-pairs": Variant(
        "neither NSP nor SOP", data={"objective": "full_sentences"}, same_cost=False
    ),
    "vocab-4096": Variant("a vocabulary of 4,096 pieces", vocab=4096, same_cost=False),
    "vocab-16384": Variant("a vocabulary of 16,384 pieces", vocab=16384, same_cost=False),
}


def variant_named(name: str) -> Variant:
    """A variant, or several at once: `mask-20+neighbours-1`."""
    merged: dict[str, Any] = {}
    for part in name.split("+"):
        variant = VARIANTS[part]
        for option in dataclasses.fields(Variant):
            value, before = getattr(variant, option.name), merged.get(option.name)
            if isinstance(value, dict):
                value = {**(before or {}), **value}
            elif option.name == "same_cost":
                value = value and before is not False
            elif before is not None and value == option.default:
                value = before
            merged[option.name] = value
    return Variant(**merged)


class Side:
    """A variant's trainer, and what it trains on."""

    def __init__(self, given: argparse.Namespace, variant: Variant, steps: int, seed: int) -> None:
        options = PretrainOptions(preset=given.preset, vocab_size=variant.vocab)
        tokenizer = WordPieceTokenizer.train(Corpus([given.text]), variant.vocab)
        store = TokenStore.build(Corpus([given.text]), tokenizer)
        validation = TokenStore.build(Corpus([given.validation]), tokenizer)
        recipe = dataclasses.replace(options.training_recipe(), **variant.recipe)
        share = recipe.masked_lm_prob
        data = {"split": "all", "seed": seed, "masked_lm_prob": share, **variant.data}
        self.first, self.main = (
            PretrainingDataset(store, **{**data, **more}) for more in (variant.ramp, {})
        )
        torch.manual_seed(seed)
        model = new_model(options.config(tokenizer.vocab_size), recipe, self.main)
        if variant.start is not None:
            variant.start(model, store)
        self.characters_a_token = (
            len(Path(given.validation).read_text(encoding="utf-8")) / validation.tokens
        )
        self.variant = variant
        self.trainer = Trainer(
            model,
            self.main,
            recipe=recipe,
            budget=Budget(steps=steps),
            validation=PretrainingDataset(validation, split="all", drop_last=False),
            log_every=1,
            evaluate_every=10**9,
        )
        if variant.pair_rate is not None:
            self.slow_pairs(variant.pair_rate)
        if variant.momentum is not None:
            self.trainer.optimizers[1].param_groups[0]["momentum"] = variant.momentum
        if variant.muon_takes is not None:
            self.hand_to_muon(variant.muon_takes)

    def hand_to_muon(self, takes: Callable[[str], bool]) -> None:
        adamw, muon = self.trainer.optimizers
        matrices = adamw.param_groups[0]  # the others have one dimension
        taken, matrices["params"] = self.parted(matrices["params"], takes)
        muon.param_groups[0]["params"] += taken

    def slow_pairs(self, share: float) -> None:
        groups = self.trainer.optimizers[0].param_groups
        for group in list(groups):
            slow, group["params"] = self.parted(
                group["params"], lambda name: "pooler" in name or "seq_rel" in name
            )
            groups.append({**group, "params": slow, "peak_lr": group["peak_lr"] * share})

    def parted(
        self, parameters: list[Tensor], takes: Callable[[str], bool]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """Those whose names are taken, and the others."""
        names = {p: name for name, p in self.trainer.model.named_parameters()}
        taken = [p for p in parameters if takes(names[p])]
        return taken, [p for p in parameters if not takes(names[p])]

    def train(self, dataset: PretrainingDataset, until: int) -> None:
        """Go on to a step, on a dataset of its own."""
        self.trainer.dataset, self.trainer.stopping = dataset, False
        self.trainer.epoch = self.trainer.index = 0
        validation, self.trainer.validation = self.trainer.validation, None
        averaging = Averaging(self.variant.average, self.trainer)
        if self.trainer.step < until:
            for row in self.trainer.train():
                averaging.row(row.step)
                if row.step == until:
                    self.trainer.stop()
        averaging.end()
        self.trainer.validation = validation

    def cost(self, dataset: PretrainingDataset, steps: int) -> float:
        """Processor seconds of a step."""
        start = time.process_time()
        self.train(dataset, self.trainer.step + steps)
        return (time.process_time() - start) / steps


class Averaging:
    """The mean of the weights of the last steps."""

    def __init__(self, share: float | None, trainer: Trainer) -> None:
        steps = trainer.budget.steps
        self.begin = steps - round(steps * share) if share is not None else math.inf
        self.model, self.count, self.sums = trainer.model, 0, {}

    @torch.no_grad()
    def row(self, step: int) -> None:
        if step > self.begin:
            self.count += 1
            for name, parameter in self.model.named_parameters():
                self.sums[name] = self.sums.get(name, 0) + parameter

    @torch.no_grad()
    def end(self) -> None:
        for name, total in self.sums.items():
            self.model.get_parameter(name).copy_(total / self.count)


def applied(variant: Variant) -> None:
    """Put in place what of a variant belongs to modules."""
    optimizers._POLYNOMIALS = variant.polynomials or DEFAULT_POLYNOMIALS
    trainer.learning_rate_factor = variant.schedule or DEFAULT_SCHEDULE


DEFAULT_POLYNOMIALS, DEFAULT_SCHEDULE = optimizers._POLYNOMIALS, trainer.learning_rate_factor


def costs(given: argparse.Namespace, variant: Variant) -> tuple[float, float]:
    """What a step costs in the first third and after it, in steps of the default.

    The least of many short turns is what a step costs where nothing disturbs it.
    """
    default, changed = (Side(given, v, 10**9, 0) for v in (VARIANTS["default"], variant))
    ratios = []
    for phase in ("first", "main") if variant.ramp else ("main",):
        least = [math.inf, math.inf]
        for _ in range(16):
            applied(VARIANTS["default"])
            least[0] = min(least[0], default.cost(default.main, 4))
            applied(variant)
            least[1] = min(least[1], changed.cost(getattr(changed, phase), 4))
        ratios.append(least[1] / least[0])
    return ratios[0], ratios[-1]


def result(given: argparse.Namespace, name: str, seed: int, cost: tuple[float, float]) -> dict:
    variant = variant_named(name)
    first = round(given.steps / 3 / cost[0]) if variant.ramp else 0
    steps = first + round(given.steps * (2 / 3 if variant.ramp else 1) / cost[1])
    applied(variant)
    side = Side(given, variant, steps, seed)
    if variant.ramp:
        side.train(side.first, first)
    side.train(side.main, steps)
    row = side.trainer.evaluate(max_batches=64)
    return {
        "preset": given.preset,
        "budget": given.steps,
        "variant": name,
        "seed": seed,
        "steps": steps,
        "mlm_loss": row.mlm_loss,
        "mlm_accuracy": row.mlm_accuracy,
        "nsp_accuracy": row.nsp_accuracy,
        "loss_per_character": row.mlm_loss / side.characters_a_token,
    }


def print_table(results: list[dict]) -> None:
    groups = defaultdict(list)
    for row in results:
        groups[row["preset"], row["budget"], row["variant"]].append(row)
    print(f"{'':16} {'steps':>6} {'seeds':>5}  MLM loss  spread  accuracy  second task  /character")
    for (preset, budget, name), rows in sorted(
        groups.items(), key=lambda item: (*item[0][:2], mean(item[1], "mlm_loss"))
    ):
        losses = [row["mlm_loss"] for row in rows]
        pairs = [row["nsp_accuracy"] for row in rows if row["nsp_accuracy"] is not None]
        second = f"{statistics.mean(pairs):10.1%}" if pairs else " " * 10
        print(
            f"{name:16} {rows[0]['steps']:6,} {len(rows):5}  {mean(rows, 'mlm_loss'):8.3f}"
            f"  {max(losses) - min(losses):6.3f}  {mean(rows, 'mlm_accuracy'):8.1%} {second}"
            f"   {mean(rows, 'loss_per_character'):8.4f}   {preset}, {budget:,}"
        )


def mean(rows: list[dict], name: str) -> float:
    return statistics.mean(row[name] for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("variants", nargs="*", metavar="VARIANT")
    parser.add_argument("--text", help="to train on")
    parser.add_argument("--validation", help="another text, to evaluate on")
    parser.add_argument("--preset", default="tiny")
    parser.add_argument("--steps", type=int, default=1200, help="of the default recipe")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0])
    parser.add_argument("--results", type=Path, default=Path("recipes.jsonl"))
    given = parser.parse_args()
    torch.set_num_threads(1)

    for name in given.variants:
        variant = variant_named(name)
        cost = (1.0, 1.0) if variant.same_cost else costs(given, variant)
        for seed in given.seeds:
            found = result(given, name, seed, cost)
            print(json.dumps(found), flush=True)
            with given.results.open("a") as file:
                file.write(json.dumps(found) + "\n")
    if not given.variants:
        for name, variant in VARIANTS.items():
            print(f"{name:16} {variant.what}")
    elif given.results.exists():
        print_table([json.loads(line) for line in given.results.read_text().splitlines()])


if __name__ == "__main__":
    main()
