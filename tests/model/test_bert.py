"""The plain BERT is BERT as published: it computes the numbers of `transformers`."""

import pytest
import torch

from minibert.config.model import PRESETS, BertConfig
from minibert.errors import OptionError
from minibert.model.bert import BertForPreTraining
from minibert.model.files import save_model

from helpers.models import a_batch, model_with_random_biases
from helpers.samples import SMALL


@pytest.fixture
def model():
    return model_with_random_biases(SMALL, BertForPreTraining)


def saved(model, folder):
    """The folder, after saving a model in it."""
    save_model(folder, model)
    return folder


def test_parameters_have_the_names_and_number_of_transformers(model):
    transformers = pytest.importorskip("transformers")
    fields = {name: getattr(SMALL, name) for name in SMALL.__dataclass_fields__}
    theirs = transformers.BertForPreTraining(transformers.BertConfig(**fields))
    assert set(dict(model.named_parameters())) == set(dict(theirs.named_parameters()))
    assert sum(p.numel() for p in model.parameters()) == theirs.num_parameters()


def test_logits_equal_those_of_transformers_on_the_same_folder(model, tmp_path):
    transformers = pytest.importorskip("transformers")
    theirs, info = transformers.BertForPreTraining.from_pretrained(
        saved(model, tmp_path), output_loading_info=True
    )
    assert not info["missing_keys"] and not info["unexpected_keys"] and not info["mismatched_keys"]
    input_ids, token_type_ids, attention_mask = a_batch()
    with torch.inference_mode():
        expected = theirs.eval()(
            input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask
        )
        found = model(input_ids, token_type_ids, attention_mask)
    tokens = attention_mask.bool()
    torch.testing.assert_close(
        found.prediction_logits[tokens], expected.prediction_logits[tokens], atol=1e-5, rtol=0
    )
    torch.testing.assert_close(
        found.seq_relationship_logits, expected.seq_relationship_logits, atol=1e-5, rtol=0
    )


def test_hidden_states_and_attention_weights_equal_those_of_transformers(model, tmp_path):
    transformers = pytest.importorskip("transformers")
    theirs = transformers.BertModel.from_pretrained(
        saved(model, tmp_path), attn_implementation="eager"
    ).eval()
    input_ids, token_type_ids, mask = a_batch()
    with torch.inference_mode():
        expected = theirs(
            input_ids=input_ids,
            token_type_ids=token_type_ids,
            attention_mask=mask,
            output_attentions=True,
            output_hidden_states=True,
        )
        x = model.bert.embeddings(input_ids, token_type_ids, torch.arange(input_ids.shape[1]))
        hidden_states, attentions = [x], []
        for layer in model.bert.encoder.layer:
            x, weights = layer(x, mask)
            hidden_states.append(x)
            attentions.append(weights)
        pooled = model.bert.pooler(x)
    tokens = mask.bool()
    for ours, reference in zip(hidden_states, expected.hidden_states, strict=True):
        torch.testing.assert_close(ours[tokens], reference[tokens], atol=1e-5, rtol=0)
    queries = tokens[:, None].expand(-1, SMALL.num_attention_heads, -1)
    for ours, reference in zip(attentions, expected.attentions, strict=True):
        torch.testing.assert_close(ours[queries], reference[queries], atol=1e-5, rtol=0)
    torch.testing.assert_close(pooled, expected.pooler_output, atol=1e-5, rtol=0)


def test_a_head_mask_zeroes_the_output_of_heads(model):
    layer = model.bert.encoder.layer[0]
    x = torch.randn(2, 7, SMALL.hidden_size)
    head_mask = torch.tensor([[1.0, 0, 1, 1], [0, 1, 1, 0]])
    with torch.inference_mode():
        found, weights = layer(x, head_mask=head_mask)
        expected = []
        for text, kept in zip(x, head_mask, strict=True):
            heads, _ = layer.attention.self(text[None])
            heads = heads.unflatten(-1, (4, -1)) * kept[:, None]
            attended = layer.attention.output(heads.flatten(2), text[None])
            expected.append(layer.output(layer.intermediate(attended), attended))
        torch.testing.assert_close(found, torch.cat(expected))
        torch.testing.assert_close(weights, layer(x)[1])  # the weights themselves are kept


def test_masked_positions_select_rows_of_the_logits(model):
    positions = torch.tensor([1, 7, 33, 40, 132])
    with torch.inference_mode():
        everywhere = model(*a_batch()).prediction_logits
        some = model(*a_batch(), positions).prediction_logits
    torch.testing.assert_close(some, everywhere.flatten(0, 1)[positions], atol=1e-5, rtol=0)


def test_padding_changes_nothing(model):
    input_ids, token_type_ids, _ = a_batch()
    padding = torch.zeros(5, 7, dtype=torch.long)
    mask = (torch.arange(40) < 33).long().expand(5, 40)
    with torch.inference_mode():
        short = model(input_ids, token_type_ids)
        padded = model(
            torch.cat((input_ids, padding), 1), torch.cat((token_type_ids, padding), 1), mask
        )
    torch.testing.assert_close(
        padded.prediction_logits[:, :33], short.prediction_logits, atol=1e-5, rtol=0
    )
    torch.testing.assert_close(
        padded.seq_relationship_logits, short.seq_relationship_logits, atol=1e-5, rtol=0
    )


@pytest.mark.parametrize("name", ["tiny", "mini", "small"])
def test_the_configuration_counts_the_parameters_of_the_model(name):
    preset = PRESETS[name]
    config = BertConfig(
        hidden_size=preset.hidden_size,
        num_hidden_layers=preset.layers,
        num_attention_heads=preset.heads,
        intermediate_size=4 * preset.hidden_size,
    )
    model = BertForPreTraining(config)
    assert config.parameters() == sum(p.numel() for p in model.parameters())


def test_bert_base_has_its_published_size():
    base = BertConfig(30522, 768, 12, 12, 3072, max_position_embeddings=512)
    assert base.parameters() == 110_106_428


def test_heads_that_do_not_divide_the_width_are_refused():
    with pytest.raises(
        OptionError, match="the hidden size 128 is not divisible by 3 attention heads"
    ):
        BertConfig(num_attention_heads=3)
