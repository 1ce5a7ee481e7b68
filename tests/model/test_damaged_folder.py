"""A saved model is read again as it was; a damaged folder is refused in one sentence."""

import pytest
import torch

from minibert.errors import ModelError
from minibert.model.files import load_model, save_model

from helpers.models import model_with_random_biases


def test_a_saved_model_is_read_again_as_it_was(tmp_path):
    model = model_with_random_biases()
    save_model(tmp_path, model)
    again = load_model(tmp_path)
    assert again.config == model.config
    for (name, a), (_, b) in zip(model.named_parameters(), again.named_parameters(), strict=True):
        assert torch.equal(a, b), name


def cut(path):
    data = (path / "model.safetensors").read_bytes()
    (path / "model.safetensors").write_bytes(data[: len(data) // 2])


def widen(path):
    config = (path / "config.json").read_text()
    (path / "config.json").write_text(config.replace('"hidden_size": 48', '"hidden_size": 64'))


def deepen(path):
    config = (path / "config.json").read_text()
    (path / "config.json").write_text(
        config.replace('"num_hidden_layers": 3', '"num_hidden_layers": 4')
    )


def flatten(path):
    config = (path / "config.json").read_text()
    (path / "config.json").write_text(
        config.replace('"num_hidden_layers": 3', '"num_hidden_layers": 2')
    )


def not_json(path):
    (path / "config.json").write_text("{")


def not_bert(path):
    config = (path / "config.json").read_text()
    (path / "config.json").write_text(config.replace('"bert"', '"gpt2"'))


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (cut, "model.safetensors is damaged or cut short"),
        (widen, r"in shape \(211, 48\), but its configuration requires \(211, 64\)"),
        (deepen, "has no tensor bert.encoder.layer.3"),
        (flatten, "has a tensor bert.encoder.layer.2"),
        (not_json, "config.json cannot be read as JSON"),
        (not_bert, "model_type = 'gpt2'"),
        (lambda p: (p / "model.safetensors").unlink(), "has no model.safetensors"),
        (lambda p: (p / "config.json").unlink(), "is not a model folder"),
    ],
)
def test_a_damaged_model_folder_is_refused_in_one_sentence(tmp_path, damage, message):
    save_model(tmp_path, model_with_random_biases())
    damage(tmp_path)
    with pytest.raises(ModelError, match=message) as caught:
        load_model(tmp_path)
    assert "\n" not in str(caught.value)
