"""What the default recipe lets weights start as, and that it is nothing else."""

import math
from dataclasses import replace

import pytest
import torch

from minibert.config import PretrainOptions
from minibert.config.recipe import RECIPES
from minibert.model.fast.bert import BertForPreTraining
from minibert.model.initialization import (
    init_neighbor_heads,
    init_sinusoidal_positions,
    initialize_by_recipe,
    new_model,
)

from helpers.samples import SMALL

POSITIONS = "bert.embeddings.position_embeddings.weight"
WORDS = "bert.embeddings.word_embeddings.weight"
QUERIES = "bert.encoder.layer.0.attention.self.query.weight"
KEYS = "bert.encoder.layer.0.attention.self.key.weight"


def a_model(hidden=48, heads=4, length=40):
    torch.manual_seed(0)
    return BertForPreTraining(
        replace(
            SMALL,
            hidden_size=hidden,
            num_attention_heads=heads,
            max_position_embeddings=length,
            initializer_range=0.05,
        )
    )


def changed_by(change, model):
    before = {name: p.clone() for name, p in model.named_parameters()}
    change(model)
    return [n for n, p in model.named_parameters() if not torch.equal(p, before[n])]


def test_sinusoids_start_positions_only():
    model = a_model()
    assert changed_by(lambda m: init_sinusoidal_positions(m, amplitude=0.1), model) == [POSITIONS]
    weight = model.get_parameter(POSITIONS)
    assert weight.abs().max() <= 0.1 + 1e-6
    # Neighbors are near one another and far positions are not.
    normal = torch.nn.functional.normalize(weight, dim=1)
    likeness = normal @ normal.T
    assert likeness[10, 11] > 0.9 > likeness[10, 30]


@pytest.mark.parametrize(
    ("hidden", "heads"), [(128, 2), (256, 4), (48, 4), (33, 3), (64, 8), (768, 12)]
)
def test_each_head_of_the_first_layer_attends_to_a_distance_of_its_own(hidden, heads):
    model = a_model(hidden, heads)
    init_sinusoidal_positions(model, amplitude=0.1)
    changed = changed_by(lambda m: init_neighbor_heads(m, gain=2.0), model)
    assert changed == [WORDS, QUERIES, KEYS]

    length = 40
    ids = torch.randint(5, 211, (8, length))
    embedded = model.bert.embeddings.LayerNorm(
        model.bert.embeddings.word_embeddings(ids) + model.get_parameter(POSITIONS)
    )
    queries, keys = (
        (embedded @ model.get_parameter(name).T).view(8, length, heads, -1).transpose(1, 2)
        for name in (QUERIES, KEYS)
    )
    scores = (queries @ keys.mT / math.sqrt(hidden / heads)).mean(dim=0)  # (A, S, S)
    for head, distance in enumerate([-1, 1, -2, 2, -3, 3, -4, 4, -5, 5, -6, 6][:heads]):
        at = {d: scores[head].diagonal(d).mean() for d in range(-9, 10)}
        assert abs(max(at, key=at.get) - distance) == 0, head
        assert at[distance] > at[-distance] + 1, head


def test_the_paper_s_recipe_starts_as_published():
    model = a_model()
    assert changed_by(lambda m: initialize_by_recipe(m, RECIPES["bert"]), model) == []
    changed = changed_by(lambda m: initialize_by_recipe(m, RECIPES["minibert"]), model)
    outputs = [name for name in changed if name.endswith("output.dense.weight")]
    assert [name for name in changed if name not in outputs] == [WORDS, POSITIONS, QUERIES, KEYS]
    assert len(outputs) == 2 * SMALL.num_hidden_layers


@pytest.mark.parametrize(("recipe", "dropout"), [("minibert", 0.0), ("bert", 0.1)])
def test_a_new_model_has_what_its_recipe_says_of_it(recipe, dropout):
    torch.manual_seed(3)
    new = new_model(SMALL, RECIPES[recipe])
    config = replace(
        SMALL,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
        initializer_range=RECIPES[recipe].initializer_range,
    )
    assert new.config == config
    torch.manual_seed(3)
    expected = BertForPreTraining(config)
    initialize_by_recipe(expected, RECIPES[recipe])
    for name, tensor in expected.state_dict().items():
        assert torch.equal(tensor, new.state_dict()[name]), name


def test_layers_start_by_passing_on_what_they_are_given():
    model = a_model().eval()
    initialize_by_recipe(model, RECIPES["minibert"])
    ids = torch.randint(5, 211, (2, 40))
    embedded = model.bert.embeddings.LayerNorm(
        model.bert.embeddings.word_embeddings(ids)
        + model.get_parameter(POSITIONS)
        + model.bert.embeddings.token_type_embeddings.weight[0]
    )
    hidden = model.bert(ids, torch.zeros_like(ids), None)
    assert torch.allclose(hidden, embedded, atol=1e-5)


@pytest.mark.parametrize(
    ("recipe", "width", "deviation"),
    [
        ("minibert", 32, 0.05),
        ("minibert", 128, 0.05),
        ("minibert", 512, 0.025),
        ("minibert", 768, 0.0204),
        ("bert", 128, 0.02),
        ("bert", 768, 0.02),
    ],
)
def test_matrices_of_wide_models_start_smaller(recipe, width, deviation):
    assert RECIPES[recipe].initializer_range_at(width) == pytest.approx(deviation, rel=1e-2)
    options = PretrainOptions(recipe=recipe, hidden_size=width, heads=4, layers=1)
    assert options.config(6).initializer_range == RECIPES[recipe].initializer_range_at(width)
