"""Activations are the numbers of the model, and those of transformers."""

import copy

import numpy as np
import pytest
import torch

from minibert.interpretability import head_ablation
from minibert.interpretability.activations import collect_activations
from minibert.interpretability.head_ablation import ablated_hidden_states
from minibert.model.files import save_model

from helpers.models import a_batch, model_with_random_biases
from helpers.samples import SMALL

HEADS = [(layer, head) for layer in range(SMALL.num_hidden_layers) for head in range(4)]


@pytest.fixture(scope="module")
def model():
    return model_with_random_biases()


@pytest.fixture(scope="module")
def text():
    input_ids, token_type_ids, _ = a_batch(rows=1, length=17)
    return input_ids[0].tolist(), token_type_ids[0].tolist()


@pytest.fixture(scope="module")
def inside(model, text):
    return collect_activations(model, *text)


def said_of(model, hidden):
    with torch.inference_mode():
        table = model.bert.embeddings.word_embeddings.weight
        return model.cls.predictions(torch.as_tensor(hidden), table)


def said_by(model, text):
    with torch.inference_mode():
        return model(*(torch.tensor([row]) for row in text)).prediction_logits[0]


def test_the_last_hidden_state_gives_the_logits_of_the_encoder(model, text, inside):
    torch.testing.assert_close(
        said_of(model, inside.hidden_states[-1]), said_by(model, text), atol=1e-5, rtol=0
    )


def test_hidden_states_and_attention_weights_equal_those_of_transformers(
    model, text, inside, tmp_path
):
    transformers = pytest.importorskip("transformers")
    save_model(tmp_path, model)
    theirs = transformers.BertModel.from_pretrained(tmp_path, attn_implementation="eager").eval()
    with torch.inference_mode():
        output = theirs(
            input_ids=torch.tensor([text[0]]),
            token_type_ids=torch.tensor([text[1]]),
            output_attentions=True,
            output_hidden_states=True,
        )
    hidden_states = torch.cat(output.hidden_states).numpy()
    attentions = torch.cat(output.attentions).numpy()
    np.testing.assert_allclose(inside.hidden_states, hidden_states, atol=1e-5)
    np.testing.assert_allclose(inside.attentions, attentions, atol=1e-5)


def test_the_three_embeddings_are_rows_of_their_tables_and_their_sum_goes_in(model, text, inside):
    tables = model.bert.embeddings.requires_grad_(False)
    with torch.inference_mode():
        words = tables.word_embeddings.weight[text[0]]
        types = tables.token_type_embeddings.weight[text[1]]
        positions = tables.position_embeddings.weight[: len(text[0])]
        first = tables.LayerNorm(torch.from_numpy(inside.embeddings))
    np.testing.assert_array_equal(inside.word_embeddings, words)
    np.testing.assert_array_equal(inside.token_type_embeddings, types)
    np.testing.assert_array_equal(inside.position_embeddings, positions)
    np.testing.assert_allclose(inside.hidden_states[0], first, atol=1e-5)


def test_segments_are_all_the_first_by_default(model, text, inside):
    zeros = [0] * len(text[0])
    left_out = collect_activations(model, text[0])
    np.testing.assert_array_equal(
        left_out.hidden_states, collect_activations(model, text[0], zeros).hidden_states
    )
    assert np.abs(left_out.hidden_states - inside.hidden_states).max() > 1e-3


def without(model, *heads):
    """A copy in which what some heads give is multiplied by 0 where heads are mixed."""
    changed = copy.deepcopy(model)
    width = SMALL.hidden_size // SMALL.num_attention_heads
    with torch.no_grad():
        for layer, head in heads:
            mixing = changed.bert.encoder.layer[layer].attention.output.dense.weight
            mixing[:, head * width : (head + 1) * width] = 0
    return changed


@pytest.mark.parametrize("ablated", [[(0, 1)], [(2, 3)], [(0, 0), (1, 2), (1, 3)], HEADS])
def test_the_output_of_an_ablated_head_is_zero(model, text, ablated):
    expected = said_by(without(model, *ablated), text)
    got = said_of(model, collect_activations(model, *text, ablated=ablated).hidden_states[-1])
    torch.testing.assert_close(got, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("at_once", [1 << 26, 1])
def test_all_heads_ablated_in_one_pass_give_the_same(model, text, inside, at_once, monkeypatch):
    monkeypatch.setattr(head_ablation, "MAX_WEIGHTS", at_once)
    together = ablated_hidden_states(model, inside)
    for layer, head in HEADS:
        alone = collect_activations(model, *text, ablated=[(layer, head)]).hidden_states[-1]
        np.testing.assert_allclose(together[layer, head], alone, atol=1e-5)


def test_nothing_is_dropped_out_of_a_model_in_training(model, text, inside):
    again = collect_activations(copy.deepcopy(model).train(), *text)
    np.testing.assert_array_equal(again.hidden_states, inside.hidden_states)
