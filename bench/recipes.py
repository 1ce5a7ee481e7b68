"""Variants of the default recipe, compared at equal training cost.

    python bench/recipes.py VARIANT ... --text novels.txt --validation others.txt [--preset tiny]
        [--steps 1200] [--seeds 0 1 2] [--results FILE]

Without variants, lists their names and descriptions. The budget is the cost of `--steps` steps of
the default recipe; a variant with more expensive steps makes fewer. Cost is CPU time of one thread,
measured in alternation with the default, so that other load on the machine does not matter. The
loss is that of the validation text with fixed masks of 15 %. Each result is a line of JSON in
`--results`; the table shows all of them.
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
from pathlib import Path

import torch
from torch import Tensor

from minibert import Budget, Corpus, PretrainingDataset, TokenStore, Trainer
from minibert.config import PretrainOptions
from minibert.model.initialization import new_model
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.training import optimization, step

from harness.recipe_variants import VARIANTS, Variant, variant_named


class Side:
    """The trainer and the datasets of one variant."""

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
        self.characters_per_token = (
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
            self.scale_pair_rate(variant.pair_rate)
        if variant.momentum is not None:
            self.trainer.optimizers[1].param_groups[0]["momentum"] = variant.momentum
        if variant.muon_takes is not None:
            self.move_to_muon(variant.muon_takes)

    def move_to_muon(self, takes: Callable[[str], bool]) -> None:
        adamw, muon = self.trainer.optimizers
        matrices = adamw.param_groups[0]  # the others have one dimension
        taken, matrices["params"] = self.partition(matrices["params"], takes)
        muon.param_groups[0]["params"] += taken

    def scale_pair_rate(self, share: float) -> None:
        groups = self.trainer.optimizers[0].param_groups
        for group in list(groups):
            slow, group["params"] = self.partition(
                group["params"], lambda name: "pooler" in name or "seq_rel" in name
            )
            groups.append({**group, "params": slow, "peak_lr": group["peak_lr"] * share})

    def partition(
        self, parameters: list[Tensor], takes: Callable[[str], bool]
    ) -> tuple[list[Tensor], list[Tensor]]:
        """The parameters whose names are selected, and the others."""
        names = {p: name for name, p in self.trainer.model.named_parameters()}
        taken = [p for p in parameters if takes(names[p])]
        return taken, [p for p in parameters if not takes(names[p])]

    def train(self, dataset: PretrainingDataset, until: int) -> None:
        """Train on a dataset until a step."""
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
        """CPU seconds per step."""
        start = time.process_time()
        self.train(dataset, self.trainer.step + steps)
        return (time.process_time() - start) / steps


class Averaging:
    """Averages the weights of the last steps."""

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


def patch_modules(variant: Variant) -> None:
    """Set the module-level constants of a variant."""
    optimization._POLYNOMIALS = variant.polynomials or DEFAULT_POLYNOMIALS
    step.learning_rate_factor = variant.schedule or DEFAULT_SCHEDULE


DEFAULT_POLYNOMIALS, DEFAULT_SCHEDULE = optimization._POLYNOMIALS, step.learning_rate_factor


def costs(given: argparse.Namespace, variant: Variant) -> tuple[float, float]:
    """The cost of a step in the first third and after it, relative to a default step.

    It is the minimum over many short measurements, which other load disturbs least.
    """
    default, changed = (Side(given, v, 10**9, 0) for v in (VARIANTS["default"], variant))
    ratios = []
    for phase in ("first", "main") if variant.ramp else ("main",):
        least = [math.inf, math.inf]
        for _ in range(16):
            patch_modules(VARIANTS["default"])
            least[0] = min(least[0], default.cost(default.main, 4))
            patch_modules(variant)
            least[1] = min(least[1], changed.cost(getattr(changed, phase), 4))
        ratios.append(least[1] / least[0])
    return ratios[0], ratios[-1]


def result(given: argparse.Namespace, name: str, seed: int, cost: tuple[float, float]) -> dict:
    variant = variant_named(name)
    first = round(given.steps / 3 / cost[0]) if variant.ramp else 0
    steps = first + round(given.steps * (2 / 3 if variant.ramp else 1) / cost[1])
    patch_modules(variant)
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
        "loss_per_character": row.mlm_loss / side.characters_per_token,
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
            print(f"{name:16} {variant.description}")
    elif given.results.exists():
        print_table([json.loads(line) for line in given.results.read_text().splitlines()])


if __name__ == "__main__":
    main()
