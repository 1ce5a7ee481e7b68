"""A run folder is a model folder of transformers: every class finds all it needs in it."""

import pytest

from minibert import FillMask
from minibert.model.files import load_model

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

TEXTS = ["The cow eats [MASK] in the field.", "the [MASK] lived near the [MASK]."]

# What a class gives, and by which names of ours.
CLASSES = {
    "BertForPreTraining": {
        "prediction_logits": "prediction_logits",
        "seq_relationship_logits": "seq_relationship_logits",
    },
    "BertForMaskedLM": {"logits": "prediction_logits"},
    "BertForNextSentencePrediction": {"logits": "seq_relationship_logits"},
    "BertModel": {"last_hidden_state": "last_hidden_state", "pooler_output": "pooler_output"},
    "AutoModelForMaskedLM": {"logits": "prediction_logits"},
}


@pytest.fixture(scope="module")
def folder(small_run):
    return small_run.run.path


@pytest.fixture(scope="module")
def batch(folder):
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    pairs = ["It was red.", "Every morning the cow sat in the barn, and [MASK] slept."]
    return tokenizer(TEXTS, pairs, padding=True, return_tensors="pt")


@pytest.fixture(scope="module")
def ours(folder, batch):
    model = load_model(folder)
    with torch.inference_mode():
        hidden = model.bert(batch["input_ids"], batch["token_type_ids"], batch["attention_mask"])
        pooled = model.bert.pooler(hidden)
        heads = model(**batch)._asdict()
    return {"last_hidden_state": hidden, "pooler_output": pooled, **heads}


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_gives_the_same_numbers_with_nothing_missing(folder, batch, ours, name):
    model, info = getattr(transformers, name).from_pretrained(folder, output_loading_info=True)
    assert not info["missing_keys"] and not info["mismatched_keys"]
    with torch.inference_mode():
        output = model.eval()(**batch)
    real = batch["attention_mask"].bool()
    for theirs, own in CLASSES[name].items():
        a, b = output[theirs], ours[own]
        if a.dim() == 3:
            a, b = a[real], b[real]
        torch.testing.assert_close(a, b, atol=1e-5, rtol=0)


@pytest.mark.parametrize("name", ["AutoTokenizer", "BertTokenizer", "BertTokenizerFast"])
def test_a_tokenizer_gives_the_same_tokens(folder, name):
    tokenizer = getattr(transformers, name).from_pretrained(folder)
    fill = FillMask.from_pretrained(folder)
    for text in (*TEXTS, "Ein Café, naïve  \t 東京 [UNK] unbelievable…"):
        assert tokenizer(text)["input_ids"] == list(fill.tokenizer.encode(text).ids)
    assert tokenizer.model_max_length == fill.model.config.max_position_embeddings


def test_what_transformers_saves_of_a_run_is_read_back_to_the_bit(folder, tmp_path):
    transformers.BertForPreTraining.from_pretrained(folder).save_pretrained(tmp_path)
    again = load_model(tmp_path).state_dict()
    for name, tensor in load_model(folder).state_dict().items():
        assert torch.equal(again[name], tensor), name
