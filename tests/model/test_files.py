"""Any BERT that transformers saves, or once saved, loads with the same numbers."""

import shlex
import subprocess
import sys

import pytest

from minibert import FillMask
from minibert.config import EvaluateOptions
from minibert.errors import ModelError
from minibert.evaluation.evaluate import evaluate
from minibert.inference.sentence_embedder import SentenceEmbedder
from minibert.model.files import load_model, read_model
from minibert.model.pretrained import Pretrained
from minibert.tokenizer.wordpiece import WordPieceTokenizer

from helpers.samples import Silence, write_corpus

transformers = pytest.importorskip("transformers")
torch = pytest.importorskip("torch")

from helpers import published_models as p  # noqa: E402 - it needs transformers

# What each class has, and what it says of a text.
PARTS = {
    "pretraining": {"MLM head", "NSP head", "pooler"},
    "masked words": {"MLM head"},
    "next sentence": {"NSP head", "pooler"},
    "encoder": {"pooler"},
    "sentences": {"pooler"},
    "tokens": set(),
    "questions": set(),
}

FOR_ALL = (p.as_it_is, p.in_halves, p.in_bfloat16, p.with_old_names, p.with_buffers)
CASES = [
    *((kind, alter) for kind in PARTS for alter in FOR_ALL),
    ("pretraining", p.in_parts),
    ("pretraining", p.with_decoder_copies),
    ("pretraining", p.with_a_decoder_bias_alone),
    ("pretraining", p.with_an_old_configuration),
    ("pretraining", p.with_more_in_its_configuration),
    ("masked words", p.with_decoder_copies),
    ("encoder", p.with_a_prefix),
    ("sentences", p.with_more_in_its_configuration),
]


@pytest.mark.exhaustive
def test_loading_imports_no_compiler(small_run):
    code = """
import sys
from pathlib import Path
from minibert.model.files import load_model
load_model(Path(sys.argv[1]))
sys.exit(not {"sympy", "torch._dynamo"}.isdisjoint(sys.modules))
"""
    command = [sys.executable, "-c", code, str(small_run.run.path)]
    assert subprocess.run(command).returncode == 0


def a_batch():
    generator = torch.Generator().manual_seed(1)
    input_ids = torch.randint(0, 40, (3, 11), generator=generator)
    token_type_ids = torch.randint(0, 2, (3, 11), generator=generator)
    attention_mask = (torch.arange(11) < torch.tensor([[11], [7], [9]])).long()
    return {
        "input_ids": input_ids,
        "token_type_ids": token_type_ids,
        "attention_mask": attention_mask,
    }


def ours(model, batch):
    with torch.inference_mode():
        hidden = model.bert(*(batch[k] for k in ("input_ids", "token_type_ids", "attention_mask")))
        pooled = model.bert.pooler(hidden)
        output = model(**batch)
    return {
        "hidden": hidden,
        "pooler": pooled,
        "MLM head": output.prediction_logits,
        "NSP head": output.seq_relationship_logits,
    }


def theirs(model, batch):
    """Whatever a class gives, by the names of `ours`."""
    with torch.inference_mode():
        encoder = getattr(model, "bert", model)
        encoded = encoder(**batch)
        expected = {"hidden": encoded.last_hidden_state, "pooler": encoded.pooler_output}
        if hasattr(model, "cls"):
            output = model(**batch)
            if "prediction_logits" in output:
                expected["MLM head"] = output.prediction_logits
                expected["NSP head"] = output.seq_relationship_logits
            elif output.logits.shape[-1] == 2:
                expected["NSP head"] = output.logits
            else:
                expected["MLM head"] = output.logits
    return expected


def assert_alike(a, b, batch):
    real = batch["attention_mask"].bool()
    for name in a:
        if b.get(name) is None:
            continue
        one, other = a[name], b[name]
        if one.dim() == 3:
            one, other = one[real], other[real]
        torch.testing.assert_close(one, other, atol=1e-5, rtol=0, msg=lambda m, n=name: f"{n}: {m}")


def load_theirs(folder, kind):
    model, info = p.KINDS[kind].from_pretrained(
        folder, dtype=torch.float32, output_loading_info=True
    )
    assert not info["missing_keys"]
    return model.eval()


@pytest.mark.parametrize(
    ("kind", "alter"), CASES, ids=[f"{kind} {alter.__name__}" for kind, alter in CASES]
)
def test_a_folder_gives_the_numbers_that_transformers_gives(tmp_path, kind, alter):
    folder = p.published(tmp_path / "model", kind)
    alter(folder)
    saved = read_model(folder)
    assert set(saved.missing) == {"pooler", "MLM head", "NSP head"} - PARTS[kind]
    expected = theirs(load_theirs(folder, kind), a_batch())
    assert {name for name, value in expected.items() if value is not None} == {
        "hidden",
        *PARTS[kind],
    }
    assert_alike(ours(saved.model(), a_batch()), expected, a_batch())


@pytest.mark.parametrize("activation", ["gelu_new", "gelu_pytorch_tanh"])
def test_the_approximations_of_gelu_are_those_of_transformers(tmp_path, activation):
    folder = p.published(tmp_path, hidden_act=activation)
    expected = theirs(load_theirs(folder, "pretraining"), a_batch())
    assert_alike(ours(load_model(folder), a_batch()), expected, a_batch())


def test_an_encoder_without_a_pooler_loads(tmp_path):
    folder = p.published(tmp_path, "encoder", pooler=False)
    assert read_model(folder).missing == ("pooler", "MLM head", "NSP head")
    their = transformers.BertModel.from_pretrained(folder, add_pooling_layer=False).eval()
    assert_alike(ours(load_model(folder, needs=()), a_batch()), theirs(their, a_batch()), a_batch())


def test_heads_of_other_tasks_are_kept_apart(tmp_path):
    saved = read_model(p.published(tmp_path, "sentences"))
    assert set(saved.others) == {"classifier.weight", "classifier.bias"}


@pytest.mark.exhaustive
@pytest.mark.parametrize("preset", ["base", "large"])
def test_the_published_shapes_load(tmp_path, preset):
    from minibert import PRESETS

    shape = PRESETS[preset]
    folder = p.published(
        tmp_path,
        vocab_size=30522,
        hidden_size=shape.hidden_size,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        intermediate_size=4 * shape.hidden_size,
        max_position_embeddings=512,
    )
    # With weights as large as those of small models the numbers of 24 layers would mean nothing.
    p.rewrite(folder, {k: v / 8 if v.dim() == 2 else v for k, v in p.tensors_of(folder).items()})
    expected = theirs(load_theirs(folder, "pretraining"), a_batch())
    assert_alike(ours(load_model(folder), a_batch()), expected, a_batch())


# ---- tokenizers ---------------------------------------------------------------------------------


def only_vocab_txt(folder):
    p.vocabulary(folder)


def only_vocab_txt_cased(folder):
    p.vocabulary(folder, lowercase=False)


def only_tokenizer_json(folder):
    p.vocabulary(folder)
    transformers.BertTokenizerFast.from_pretrained(folder).save_pretrained(folder)
    (folder / "vocab.txt").unlink(missing_ok=True)


def only_tokenizer_json_cased(folder):
    p.vocabulary(folder, lowercase=False)
    transformers.BertTokenizerFast.from_pretrained(folder).save_pretrained(folder)
    (folder / "vocab.txt").unlink(missing_ok=True)


def with_a_length_of_its_own(folder):
    """As what other programs leave: texts are cut, and padded."""
    tokenizer = WordPieceTokenizer.from_pretrained(folder).with_truncation(6)
    tokenizer.with_padding(length=12).save_pretrained(folder)


@pytest.mark.parametrize(
    "alter",
    [
        only_vocab_txt,
        only_vocab_txt_cased,
        only_tokenizer_json,
        only_tokenizer_json_cased,
        with_a_length_of_its_own,
    ],
)
def test_masks_are_filled_as_the_pipeline_fills_them(tmp_path, alter):
    folder = p.published(tmp_path, "masked words", vocab_size=19)
    alter(folder)
    fill = FillMask.from_pretrained(folder)
    pipeline = transformers.pipeline("fill-mask", model=str(folder), device="cpu")
    for text in (p.TEXT, "The Cats sat on the old [MASK]", "[MASK] Cat ran ."):
        expected, got = pipeline(text, top_k=5), fill(text, top_k=5)
        for a, b in zip(expected, got, strict=True):
            assert a["score"] == pytest.approx(b["score"], abs=1e-5)
            assert (a["token"], a["token_str"]) == (b["token"], b["token_str"])


# ---- what is refused ----------------------------------------------------------------------------


def untied(folder):
    tensors = p.tensors_of(folder)
    tensors["cls.predictions.decoder.weight"] = (
        tensors["bert.embeddings.word_embeddings.weight"] + 1
    )
    p.rewrite(folder, tensors)


def untied_bias(folder):
    tensors = p.tensors_of(folder)
    tensors["cls.predictions.decoder.bias"] = tensors["cls.predictions.bias"] + 1
    p.rewrite(folder, tensors)


def quantised(folder):
    tensors = p.tensors_of(folder)
    tensors["bert.pooler.dense.weight"] = tensors["bert.pooler.dense.weight"].to(torch.int8)
    p.rewrite(folder, tensors)


def half_a_head(folder):
    tensors = p.tensors_of(folder)
    del tensors["cls.predictions.transform.dense.bias"]
    p.rewrite(folder, tensors)


def a_part_is_gone(folder):
    p.in_parts(folder)
    sorted(folder.glob("model-*.safetensors"))[1].unlink()


def a_part_elsewhere(folder):
    p.in_parts(folder)
    index = folder / "model.safetensors.index.json"
    index.write_text(index.read_text().replace("model-00001", "../model-00001"))


def no_index(folder):
    p.in_parts(folder)
    (folder / "model.safetensors.index.json").write_text("[]")


REFUSED = [
    (untied, "has a cls.predictions.decoder.weight that differs from bert.embeddings"),
    (untied_bias, "has a cls.predictions.decoder.bias that differs"),
    (quantised, "has bert.pooler.dense.weight in int8"),
    (half_a_head, "has no tensor cls.predictions.transform.dense.bias"),
    (a_part_is_gone, "names model-00002-of-.*, which is not in the same folder"),
    (a_part_elsewhere, "names ../model-00001.*, which is not in the same folder"),
    (no_index, "does not name the file of each tensor"),
    (
        lambda f: p.configure(f, hidden_act="relu"),
        "`hidden_act` is 'relu'; it must be one of gelu, gelu_n",
    ),
    (
        lambda f: p.configure(f, position_embedding_type="relative_key"),
        "position_embedding_type = 'relative_key'; minibert supports only 'absolute'",
    ),
    (lambda f: p.configure(f, is_decoder=True), "is_decoder = True"),
    (lambda f: p.configure(f, pruned_heads={"0": [1]}), "pruned_heads = "),
    (lambda f: p.configure(f, quantization_config={"bits": 4}), "quantization_config = "),
    (lambda f: p.configure(f, num_attention_heads=5), "not divisible by 5 attention heads"),
    (lambda f: p.configure(f, hidden_size="32"), "hidden_size = '32', which is not allowed"),
]


@pytest.mark.parametrize(("alter", "message"), REFUSED, ids=[message for _, message in REFUSED])
def test_what_would_be_another_model_is_refused_in_one_sentence(tmp_path, alter, message):
    folder = p.published(tmp_path)
    alter(folder)
    with pytest.raises(ModelError, match=message) as caught:
        load_model(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("kind", "needs", "message"),
    [
        (
            "encoder",
            ("MLM head",),
            r"has no MLM head \(cls.predictions.\*\), so it cannot predict",
        ),
        ("masked words", ("NSP head",), r"has no NSP head \(cls.seq_relationship.\*\)"),
        ("tokens", ("pooler",), r"has no pooler \(bert.pooler.\*\)"),
    ],
)
def test_a_part_that_is_needed_and_missing_is_named(tmp_path, kind, needs, message):
    folder = p.published(tmp_path, kind)
    with pytest.raises(ModelError, match=message):
        Pretrained.load(folder, needs=needs)
    assert set(Pretrained.load(folder, needs=()).missing) >= set(needs)


def test_fill_says_in_one_sentence_that_there_is_no_head(call, tmp_path):
    folder = p.published(tmp_path / "bare", "encoder")
    code, out, err = call("fill", "--model", folder, "the [MASK] sat")
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith(
        f"minibert: {folder} has no MLM head (cls.predictions.*)"
    )


@pytest.mark.parametrize(("kind", "has_pairs"), [("masked words", False), ("pretraining", True)])
def test_pairs_are_evaluated_only_by_a_head_that_is_there(tmp_path, kind, has_pairs):
    folder, reporter = p.published(tmp_path / "model", kind), Silence()
    text = write_corpus(tmp_path / "animals.txt", documents=12)
    figures = evaluate(folder, EvaluateOptions(text=str(text)), reporter).validation
    assert (figures.nsp_accuracy is not None) == has_pairs
    assert any("because the model has no pooler" in note for note in reporter.notes) != has_pairs


def test_texts_become_vectors_by_an_encoder_without_heads(tmp_path):
    folder = p.published(tmp_path, "encoder")
    embed = SentenceEmbedder.from_pretrained(folder, pooling="cls")
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        batch = tokenizer("the cat sat .", return_tensors="pt")
        expected = load_theirs(folder, "encoder")(**batch).last_hidden_state[0, 0]
    torch.testing.assert_close(
        torch.from_numpy(embed("the cat sat .")), expected, atol=1e-5, rtol=0
    )


@pytest.mark.exhaustive
@pytest.mark.parametrize("parts", [1, 2])
def test_a_pickle_is_refused_with_the_command_that_converts_it(tmp_path, parts):
    folder = p.published(tmp_path)
    expected = theirs(load_theirs(folder, "pretraining"), a_batch())
    tensors = p.tensors_of(folder)
    # As it was once saved: the decoder is the embeddings themselves.
    words = tensors["bert.embeddings.word_embeddings.weight"]
    tensors["cls.predictions.decoder.weight"] = words
    names = sorted(tensors)
    for part in range(parts):
        name = "pytorch_model.bin" if parts == 1 else f"pytorch_model-0000{part + 1}-of-00002.bin"
        torch.save({n: tensors[n] for n in names[part::parts]}, folder / name)
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelError, match="is a pickle") as caught:
        load_model(folder)
    message = str(caught.value)
    assert "\n" not in message
    command = shlex.split(message.partition("convert it: ")[2])
    assert command[0] == "python"
    subprocess.run([sys.executable, *command[1:]], check=True)
    assert_alike(ours(load_model(folder), a_batch()), expected, a_batch())
    assert_alike(theirs(load_theirs(folder, "pretraining"), a_batch()), expected, a_batch())
