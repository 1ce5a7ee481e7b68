"""Variants of the default recipe, by name, for `bench/recipes.py`."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch

from minibert import BertForPreTraining, TokenStore
from minibert.model.initialization import WAVES, init_neighbor_heads


@dataclass(frozen=True)
class Variant:
    description: str
    recipe: dict[str, Any] = field(default_factory=dict)  # fields of the Recipe
    data: dict[str, Any] = field(default_factory=dict)  # options of the training dataset
    ramp: dict[str, Any] = field(default_factory=dict)  # the same in the first third
    schedule: Callable[[float, float], float] | None = None  # of share done and warm-up share
    start: Callable[[BertForPreTraining, TokenStore], None] | None = None  # changes the weights
    polynomials: tuple[tuple[float, float, float], ...] | None = None  # Muon's
    momentum: float | None = None  # Muon's
    muon_takes: Callable[[str], bool] | None = None  # further matrices, by name
    pair_rate: float | None = None  # AdamW's rate for pooler and NSP head, as a share of its rate
    average: float | None = None  # share of the last steps whose weights are averaged
    vocab: int = 8192
    same_cost: bool = True


def cosine(done: float, warmup: float) -> float:
    if done < warmup:
        return done / warmup
    return 0.5 + 0.5 * math.cos(math.pi * (done - warmup) / (1 - warmup))


def late(fall: float) -> Callable[[float, float], float]:
    """Constant, then a linear decay in the last share."""
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


def neighbors_in_all(model: BertForPreTraining, _: TokenStore) -> None:
    layers = model.bert.encoder.layer
    for number in range(1, len(layers)):
        layers.insert(0, layers.pop(number))
        init_neighbor_heads(model, 1.0)
        layers.insert(number, layers.pop(0))


@torch.no_grad()
def bias_as_frequencies(model: BertForPreTraining, store: TokenStore) -> None:
    counts = torch.as_tensor(store.token_counts()).double()
    model.cls.predictions.bias.copy_(((counts + 1) / (counts + 1).sum()).log())


def init_std(std: float) -> dict[str, Any]:
    """One standard deviation for every hidden size."""
    return {"initializer_range": std, "initializer_width": None}


VARIANTS = {
    "default": Variant("the recipe as it is"),
    # Learning rates.
    "lr-half": Variant("AdamW's learning rate 1.5e-3", {"learning_rate": 1.5e-3}),
    "lr-double": Variant("AdamW's learning rate 6e-3", {"learning_rate": 6e-3}),
    "muon-5": Variant("Muon's learning rate 0.005", {"muon_learning_rate": 5e-3}),
    "muon-14": Variant("Muon's learning rate 0.014", {"muon_learning_rate": 1.4e-2}),
    "muon-20": Variant("Muon's learning rate 0.02", {"muon_learning_rate": 2e-2}),
    "muon-30": Variant("Muon's learning rate 0.03", {"muon_learning_rate": 3e-2}),
    "warmup-1": Variant("warm-up of 1 %", {"warmup_share": 0.01}),
    "warmup-10": Variant("warm-up of 10 %", {"warmup_share": 0.1}),
    "cosine": Variant("cosine decay", schedule=cosine),
    "late-half": Variant("constant, then decay in the last half", schedule=late(0.5)),
    "late-fifth": Variant("constant, then decay in the last fifth", schedule=late(0.2)),
    # Optimizers.
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
    # Initial weights.
    "init-2": Variant("matrices of std 0.02", init_std(0.02)),
    "init-5": Variant("matrices of std 0.05", init_std(0.05)),
    "init-8": Variant("matrices of std 0.08", init_std(0.08)),
    "no-sinusoids": Variant("random positions", {"position_amplitude": None}),
    "sinusoids-5": Variant("sinusoids of amplitude 0.05", {"position_amplitude": 0.05}),
    "sinusoids-20": Variant("sinusoids of amplitude 0.2", {"position_amplitude": 0.2}),
    "keys-as-queries": Variant("keys start as queries", start=keys_as_queries),
    "frequencies": Variant("output biases start as log frequencies", start=bias_as_frequencies),
    "no-neighbors": Variant("random heads", {"neighbor_gain": None}),
    "neighbors-1": Variant("heads attend to neighbors, gain 1", {"neighbor_gain": 1.0}),
    "neighbors-2": Variant("heads attend to neighbors, gain 2", {"neighbor_gain": 2.0}),
    "neighbors-3": Variant("heads attend to neighbors, gain 3", {"neighbor_gain": 3.0}),
    "neighbors-all": Variant("heads of all layers attend to neighbors", start=neighbors_in_all),
    "drawn-outputs": Variant("random output projections", {"zero_outputs": False}),
    "small-outputs": Variant(
        "random output projections, half as large", {"zero_outputs": False}, start=small_outputs
    ),
    "words-in-waves": Variant(
        "random token embeddings in the dimensions of fast sinusoids too", start=words_in_waves
    ),
    "random-words": Variant("random token embeddings", {"context_scale": None}),
    "contexts-1": Variant(
        "token embeddings from co-occurrence, of the random ones' length", {"context_scale": 1.0}
    ),
    "contexts-4": Variant(
        "token embeddings from co-occurrence, four times as long", {"context_scale": 4.0}
    ),
    "words-quarter": Variant("token embeddings a quarter as large", start=scaled_words(0.25)),
    "words-half": Variant("token embeddings half as large", start=scaled_words(0.5)),
    "words-double": Variant("token embeddings twice as large", start=scaled_words(2.0)),
    # Training data.
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
        "[MASK] for every predicted token",
        data={"mask_replace_prob": 1.0, "random_replace_prob": 0.0},
    ),
    "whole-words": Variant("whole words masked", data={"mask_unit": "whole_word"}),
    "sentence-order": Variant(
        "SOP instead of NSP", data={"objective": "sentence_order"}, same_cost=False
    ),
    "no-pairs": Variant(
        "neither NSP nor SOP", data={"objective": "full_sentences"}, same_cost=False
    ),
    "vocab-4096": Variant("a vocabulary of 4,096 tokens", vocab=4096, same_cost=False),
    "vocab-16384": Variant("a vocabulary of 16,384 tokens", vocab=16384, same_cost=False),
}


def variant_named(name: str) -> Variant:
    """A variant, or several joined by +: `mask-20+neighbors-1`."""
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
