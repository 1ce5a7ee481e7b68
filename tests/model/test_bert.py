"""The encoder is BERT as published: the same parameters and the same logits as Hugging Face's."""

import pytest
import torch

from minibert.config.model import PRESETS, BertConfig
from minibert.errors import ModelError, OptionError
from minibert.model.fast.bert import BertForPreTraining
from minibert.model.files import load_model, save_model

from helpers.models import a_batch, model_with_random_biases
from helpers.samples import SMALL


def test_logits_equal_those_of_transformers_on_the_same_folder(tmp_path):
    transformers = pytest.importorskip("transformers")
    ours = model_with_random_biases()
    save_model(tmp_path, ours)
    theirs, info = transformers.BertForPreTraining.from_pretrained(
        tmp_path, output_loading_info=True
    )
    assert not info["missing_keys"] and not info["unexpected_keys"] and not info["mismatched_keys"]
    input_ids, token_type_ids, attention_mask = a_batch()
    with torch.inference_mode():
        expected = theirs.eval()(
            input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
        )
        got = ours(input_ids, token_type_ids, attention_mask)
    kept = attention_mask.bool()
    torch.testing.assert_close(
        got.prediction_logits[kept], expected.prediction_logits[kept], atol=1e-5, rtol=0
    )
    torch.testing.assert_close(
        got.seq_relationship_logits, expected.seq_relationship_logits, atol=1e-5, rtol=0
    )


def test_parameters_have_the_names_and_number_of_transformers():
    transformers = pytest.importorskip("transformers")
    ours = BertForPreTraining(SMALL)
    theirs = transformers.BertForPreTraining(transformers.BertConfig(**config_fields(SMALL)))
    assert set(dict(ours.named_parameters())) == set(dict(theirs.named_parameters()))
    assert sum(p.numel() for p in ours.parameters()) == theirs.num_parameters()


def config_fields(config):
    return {name: getattr(config, name) for name in config.__dataclass_fields__}


@pytest.mark.parametrize("name", ["tiny", "mini", "small"])
def test_the_parameters_told_in_the_plan_are_those_of_the_model(name):
    preset = PRESETS[name]
    config = BertConfig(
        hidden_size=preset.hidden,
        num_hidden_layers=preset.layers,
        num_attention_heads=preset.heads,
        intermediate_size=4 * preset.hidden,
    )
    model = BertForPreTraining(config)
    assert config.parameters() == sum(p.numel() for p in model.parameters())


def test_bert_base_has_its_published_size():
    base = BertConfig(30522, 768, 12, 12, 3072, max_position_embeddings=512)
    assert base.parameters() == 110_106_428


def test_scoring_masked_positions_only_gives_the_same_logits():
    model = model_with_random_biases()
    input_ids, token_type_ids, attention_mask = a_batch()
    positions = torch.tensor([1, 7, 33, 40, 132])
    with torch.inference_mode():
        everywhere = model(input_ids, token_type_ids, attention_mask).prediction_logits
        some = model(input_ids, token_type_ids, attention_mask, positions).prediction_logits
    torch.testing.assert_close(some, everywhere.flatten(0, 1)[positions], atol=1e-5, rtol=0)


def test_in_reduced_precision_many_masked_positions_are_scored_in_few_shapes(monkeypatch):
    # In fp32 all the same, for the gradients to be compared closely.
    monkeypatch.setattr(torch, "is_autocast_enabled", lambda device: True)
    model = model_with_random_biases()
    batch, shapes = a_batch()[:2], set()
    model.cls.predictions.transform.register_forward_hook(
        lambda _module, given, _out: shapes.add(len(given[0]))
    )
    for count in range(129, 161):
        positions = torch.randperm(5 * 33)[:count].sort().values
        assert len(model(*batch, None, positions).prediction_logits) == count
    assert shapes == {160}

    gradients = []
    for scored in (
        model(*batch, None, positions[:137]).prediction_logits,
        model(*batch).prediction_logits.flatten(0, 1)[positions[:137]],
    ):
        gradients.append(
            torch.autograd.grad(scored.square().sum(), list(model.bert.encoder.parameters()))
        )
    for ours, theirs in zip(*gradients, strict=True):
        torch.testing.assert_close(ours, theirs, atol=1e-3, rtol=1e-4)


@pytest.mark.parametrize(("reduced", "scored"), [(False, 129), (True, 160)])
def test_only_in_reduced_precision_is_more_scored_than_is_masked(reduced, scored):
    model, shapes = model_with_random_biases(), []
    model.cls.predictions.transform.register_forward_hook(
        lambda _module, given, _out: shapes.append(len(given[0]))
    )
    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=reduced):
        model(*a_batch()[:2], None, torch.arange(129))
    assert shapes == [scored]


def test_padding_changes_nothing():
    model = model_with_random_biases()
    input_ids, token_type_ids, _ = a_batch()
    longer = torch.cat((input_ids, torch.zeros(5, 7, dtype=torch.long)), dim=1)
    types = torch.cat((token_type_ids, torch.zeros(5, 7, dtype=torch.long)), dim=1)
    mask = (torch.arange(40) < 33).long().expand(5, 40)
    with torch.inference_mode():
        short = model(input_ids, token_type_ids)
        padded = model(longer, types, mask)
    torch.testing.assert_close(
        padded.prediction_logits[:, :33], short.prediction_logits, atol=1e-5, rtol=0
    )
    torch.testing.assert_close(
        padded.seq_relationship_logits, short.seq_relationship_logits, atol=1e-5, rtol=0
    )


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
    ("damage", "said"),
    [
        (cut, "model.safetensors is damaged or cut short"),
        (widen, r"in shape \(211, 48\), but its configuration calls for \(211, 64\)"),
        (deepen, "has no tensor bert.encoder.layer.3"),
        (flatten, "has a tensor bert.encoder.layer.2"),
        (not_json, "config.json cannot be read as JSON"),
        (not_bert, "model_type = 'gpt2'"),
        (lambda p: (p / "model.safetensors").unlink(), "has no model.safetensors"),
        (lambda p: (p / "config.json").unlink(), "is no model folder"),
    ],
)
def test_a_damaged_model_folder_is_refused_in_one_sentence(tmp_path, damage, said):
    save_model(tmp_path, model_with_random_biases())
    damage(tmp_path)
    with pytest.raises(ModelError, match=said) as caught:
        load_model(tmp_path)
    assert "\n" not in str(caught.value)


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(OptionError, match="3 attention heads do not divide a width of 128"):
        BertConfig(num_attention_heads=3)
