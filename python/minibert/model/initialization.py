"""Where the default recipe lets weights start, for a model to leave the plateau of frequencies.

A small BERT that starts as published learns how frequent words are, and then for thousands of steps
nothing else: no head can tell a token's neighbours from the rest until positions mean something,
and nothing moves positions until a head looks at neighbours. Here both are given at the start.
The architecture is the published one, and training changes these weights as it does all others.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, cast

import torch

from minibert.model.context_vectors import init_word_embeddings
from minibert.model.fast.bert import BertForPreTraining

if TYPE_CHECKING:
    from collections.abc import Iterable

    from torch import Tensor

    from minibert.config.model import BertConfig
    from minibert.config.recipe import Recipe
    from minibert.data.dataset import PretrainingDataset
    from minibert.model import bert
    from minibert.model.bert import BertLayer

WAVES = 16  # that a head compares, the fastest ones


def new_model(
    shape: BertConfig, recipe: Recipe, dataset: PretrainingDataset | None = None
) -> BertForPreTraining:
    """A model that has learned nothing, drawn anew and started as a recipe says.

    Args:
        shape: its sizes; dropout and the deviation of what is drawn are the recipe's instead.
        recipe: the one to train it with.
        dataset: what will be learned from, where it is counted what stands beside words; without
            one they stay as drawn.

    Example:
        >>> model = new_model(BertConfig(vocab_size=8192), RECIPES["minibert"], dataset)
    """
    config = dataclasses.replace(
        shape,
        hidden_dropout_prob=recipe.dropout,
        attention_probs_dropout_prob=recipe.dropout,
        initializer_range=recipe.initializer_range_at(shape.hidden_size),
    )
    model = BertForPreTraining(config)
    initialize_by_recipe(model, recipe, dataset)
    return model


def initialize_by_recipe(
    model: bert.BertForPreTraining, recipe: Recipe, dataset: PretrainingDataset | None = None
) -> None:
    """Change what a recipe wants to start otherwise than as published.

    Args:
        model: its weights have been drawn.
        recipe: which of them start otherwise.
        dataset: where it is counted what stands beside words; without one they stay as drawn.
    """
    if recipe.position_amplitude is not None:
        init_sinusoidal_positions(model, recipe.position_amplitude)
    if recipe.neighbour_gain is not None:
        init_neighbour_heads(model, recipe.neighbour_gain)
    if recipe.context_scale is not None and dataset is not None:
        init_word_embeddings(model, dataset, recipe.context_scale)
    if recipe.zero_outputs:
        init_identity_layers(model)


def init_sinusoidal_positions(model: bert.BertForPreTraining, amplitude: float) -> None:
    """Let the learned position embeddings begin as sinusoids: sines in one half, then cosines.

    The form is that of Vaswani et al. 2017, section 3.5, with other wave lengths.
    """
    weight = model.bert.embeddings.position_embeddings.weight
    length, width = weight.shape
    angles = torch.arange(length)[:, None] * _rates(width)  # (S, H / 2)
    waves = torch.cat((angles.sin(), angles.cos()), dim=1)[:, :width]
    with torch.no_grad():
        weight.copy_(amplitude * waves)


def init_neighbour_heads(model: bert.BertForPreTraining, gain: float) -> None:
    """Let each head of the first layer begin by looking a place back, a place on, two back, ...

    A rotation turns the sinusoids of a position into those of another at a fixed distance (Vaswani
    et al. 2017, section 3.5). Queries pass the fastest waves on, keys turn them by the head's
    distance, so that both agree most at that distance. Words begin without a part in these waves,
    where each would agree with itself; what else heads do with words stays random.

    Args:
        model: positions start as sinusoids in it.
        gain: how strong the waves are beside the rest of queries and keys.
    """
    attention = cast("BertLayer", model.bert.encoder.layer[0]).attention.self
    words = model.bert.embeddings.word_embeddings.weight
    width = attention.query.weight.shape[1]
    queries = attention.query.weight.view(attention.heads, -1, width)
    keys = attention.key.weight.view(attention.heads, -1, width)
    waves = min(WAVES, queries.shape[1] // 2)
    rates = _rates(width)
    sines, cosines = torch.eye(width)[:waves], torch.eye(width)[len(rates) :][:waves]
    with torch.no_grad():
        words[:, :waves] = 0
        words[:, len(rates) :][:, :waves] = 0
        for head in range(attention.heads):
            distance = (head // 2 + 1) * (1 if head % 2 else -1)
            angles = (distance * rates[:waves])[:, None]
            turned_sines = angles.cos() * sines - angles.sin() * cosines
            turned_cosines = angles.cos() * cosines + angles.sin() * sines
            queries[head, : 2 * waves] += gain * torch.cat((sines, cosines))
            keys[head, : 2 * waves] += gain * torch.cat((turned_sines, turned_cosines))


def init_identity_layers(model: bert.BertForPreTraining) -> None:
    """Let both halves of every layer begin by adding nothing to what they are given.

    The last matrix of each branch is zero (Zhang, Dauphin and Ma 2019, 'Fixup Initialization',
    section 3). A post-norm layer keeps the less of its input the more it adds, and at the start all
    that it adds is noise.
    """
    with torch.no_grad():
        for layer in cast("Iterable[BertLayer]", model.bert.encoder.layer):
            layer.attention.output.dense.weight.zero_()
            layer.output.dense.weight.zero_()


def _rates(width: int) -> Tensor:
    """(H / 2,): how fast the waves turn, in radians a position, from 1 to near 1/1,000."""
    half = (width + 1) // 2
    return 1000.0 ** -(torch.arange(half) / half)
