"""The initialization of the default recipe, which shortens the plateau at the unigram entropy.

With BERT's published initialization, a small model learns the frequencies of tokens and then stays
at the unigram entropy for thousands of steps: no head can attend to neighbors before the position
embeddings have a structure, and the position embeddings get no gradient before a head attends to
neighbors. This initialization provides both. The architecture is the published one, and all these
weights are trained like any others.
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

WAVES = 16
"""How many sinusoids a head of the first layer compares: those of the shortest wavelengths."""


def new_model(
    shape: BertConfig, recipe: Recipe, dataset: PretrainingDataset | None = None
) -> BertForPreTraining:
    """A randomly initialized model, with the initialization of a recipe.

    Args:
        shape: the sizes; dropout and the standard deviation of the random weights are taken from
            the recipe.
        recipe: the recipe that will train the model.
        dataset: the training data, whose co-occurrence counts initialize the token embeddings;
            without it they stay random.

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
    """Replace the published initialization where a recipe has another.

    Args:
        model: randomly initialized as published; changed in place.
        recipe: the recipe.
        dataset: the training data, whose co-occurrence counts initialize the token embeddings;
            without it they stay random.
    """
    if recipe.position_amplitude is not None:
        init_sinusoidal_positions(model, recipe.position_amplitude)
    if recipe.neighbor_gain is not None:
        init_neighbor_heads(model, recipe.neighbor_gain)
    if recipe.context_scale is not None and dataset is not None:
        init_word_embeddings(model, dataset, recipe.context_scale)
    if recipe.zero_outputs:
        init_identity_layers(model)


def init_sinusoidal_positions(model: bert.BertForPreTraining, amplitude: float) -> None:
    """Initialize the position embeddings as sinusoids: sines in the first half, then cosines.

    The form is that of Vaswani et al. 2017, section 3.5, with other wavelengths.

    Args:
        model: changed in place.
        amplitude: of the sinusoids.
    """
    weight = model.bert.embeddings.position_embeddings.weight
    length, width = weight.shape
    angles = torch.arange(length)[:, None] * _rates(width)  # (S, H / 2)
    waves = torch.cat((angles.sin(), angles.cos()), dim=1)[:, :width]
    with torch.no_grad():
        weight.copy_(amplitude * waves)


def init_neighbor_heads(model: bert.BertForPreTraining, gain: float) -> None:
    """Initialize each head of the first layer to attend to one distance: -1, +1, -2, +2, ...

    A rotation maps the sinusoids of a position to those of the position at a fixed distance
    (Vaswani et al. 2017, section 3.5). The query projection copies the sinusoids of the shortest
    wavelengths, and the key projection rotates them by the head's distance, so their product is
    largest at that distance. The token embeddings are set to 0 in these dimensions; otherwise the
    product of a token with itself would be large too. All other weights of the heads stay random.

    Args:
        model: with sinusoidal position embeddings; changed in place.
        gain: the scale of the sinusoids relative to the random part of queries and keys.
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
            rotated_sines = angles.cos() * sines - angles.sin() * cosines
            rotated_cosines = angles.cos() * cosines + angles.sin() * sines
            queries[head, : 2 * waves] += gain * torch.cat((sines, cosines))
            keys[head, : 2 * waves] += gain * torch.cat((rotated_sines, rotated_cosines))


def init_identity_layers(model: bert.BertForPreTraining) -> None:
    """Initialize both sublayers of every layer to add 0 to their input.

    The output projection of each sublayer is zero (Zhang, Dauphin and Ma 2019, 'Fixup
    Initialization', section 3). A post-norm layer keeps less of its input the more it adds, and
    with random weights it adds noise.
    """
    with torch.no_grad():
        for layer in cast("Iterable[BertLayer]", model.bert.encoder.layer):
            layer.attention.output.dense.weight.zero_()
            layer.output.dense.weight.zero_()


def _rates(width: int) -> Tensor:
    """(H / 2,): the angular frequencies, in radians per position, from 1 down to about 1/1,000."""
    half = (width + 1) // 2
    return 1000.0 ** -(torch.arange(half) / half)
