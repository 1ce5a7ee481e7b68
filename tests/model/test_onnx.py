"""An exported model gives, wherever ONNX runs, the numbers that it gives here."""

import pytest

from minibert.config import ExportOptions
from minibert.errors import FileError, ModelError, OptionError
from minibert.model.files import read_model
from minibert.model.onnx import export_onnx

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("transformers")

from helpers import published_models as p  # noqa: E402 - it needs transformers

ALL = ["last_hidden_state", "pooler_output", "prediction_logits", "seq_relationship_logits"]


def exported(folder, tmp_path):
    return export_onnx(folder, ExportOptions(onnx=str(tmp_path / "out.onnx")))


def run(path, input_ids, attention_mask, token_type_ids):
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    given = {
        "input_ids": input_ids.numpy(),
        "attention_mask": attention_mask.numpy(),
        "token_type_ids": token_type_ids.numpy(),
    }
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, map(torch.from_numpy, session.run(None, given)), strict=True))


def ours(model, input_ids, attention_mask, token_type_ids):
    with torch.inference_mode():
        hidden = model.bert(input_ids, token_type_ids, attention_mask)
        pooled = model.bert.pooler(hidden)
        heads = model(input_ids, token_type_ids, attention_mask)._asdict()
    return {"last_hidden_state": hidden, "pooler_output": pooled, **heads}


def a_batch(examples, length):
    generator = torch.Generator().manual_seed(examples)
    lengths = torch.randint(1, length + 1, (examples, 1), generator=generator)
    lengths[0] = length
    return (
        torch.randint(0, 40, (examples, length), generator=generator),
        (torch.arange(length) < lengths).long(),
        torch.randint(0, 2, (examples, length), generator=generator),
    )


@pytest.mark.parametrize(
    ("kind", "outputs"),
    [
        ("pretraining", ALL),
        ("masked words", ["last_hidden_state", "prediction_logits"]),
        ("next sentence", ["last_hidden_state", "pooler_output", "seq_relationship_logits"]),
        ("sentences", ["last_hidden_state", "pooler_output"]),
        ("tokens", ["last_hidden_state"]),
    ],
)
@pytest.mark.parametrize("activation", ["gelu", "gelu_new"])
def test_onnxruntime_gives_the_same_numbers(tmp_path, kind, outputs, activation):
    folder = p.published(tmp_path / "model", kind, hidden_act=activation)
    made = exported(folder, tmp_path)
    assert made.inputs == ["input_ids", "attention_mask", "token_type_ids"]
    assert made.outputs == outputs
    model = read_model(folder).model()
    for examples, length in ((1, 1), (3, 9), (2, 24)):
        batch = a_batch(examples, length)
        expected, got = ours(model, *batch), run(made.path, *batch)
        real = batch[1].bool()
        for name in outputs:
            a, b = got[name], expected[name]
            if a.dim() == 3:
                a, b = a[real], b[real]
            torch.testing.assert_close(a, b, atol=1e-5, rtol=0, msg=lambda m, n=name: f"{n}: {m}")


def test_a_run_says_the_same_of_its_words(small_run, tmp_path, call):
    folder = small_run.run.path
    code, out, _ = call("export", folder, "--onnx", tmp_path / "out.onnx")
    assert code == 0 and "prediction_logits" in out and "out.onnx" in out
    input_ids, attention_mask, token_type_ids = a_batch(4, 30)
    expected = ours(read_model(folder).model(), input_ids, attention_mask, token_type_ids)
    got = run(tmp_path / "out.onnx", input_ids, attention_mask, token_type_ids)
    real = attention_mask.bool()
    a, b = got["prediction_logits"][real], expected["prediction_logits"][real]
    torch.testing.assert_close(a, b, atol=1e-5, rtol=1e-5)
    assert torch.equal(a.argmax(-1), b.argmax(-1))


def test_the_graph_is_well_formed_and_its_shapes_are_known(tmp_path):
    made = onnx.load(exported(p.published(tmp_path / "model"), tmp_path).path)
    onnx.checker.check_model(made, full_check=True)
    shapes = {
        value.name: [d.dim_param or d.dim_value for d in value.type.tensor_type.shape.dim]
        for value in (*made.graph.input, *made.graph.output)
    }
    assert shapes["input_ids"] == ["B", "S"]
    assert shapes["prediction_logits"] == ["B", "S", 40]
    names = {constant.name for constant in made.graph.initializer}
    assert "bert.encoder.layer.1.attention.self.query.weight" in names


def test_no_file_without_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        OptionError, match=r"needs the package onnx: pip install 'minibert\[onnx\]'"
    ):
        exported(p.published(tmp_path / "model"), tmp_path)


def test_a_file_that_is_there_is_left_as_it_is(tmp_path):
    (tmp_path / "out.onnx").write_text("mine")
    with pytest.raises(FileError, match="exists already; choose another path for `onnx`"):
        exported(p.published(tmp_path / "model"), tmp_path)
    assert (tmp_path / "out.onnx").read_text() == "mine"


def test_what_no_onnx_file_holds_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("minibert.model.onnx.MAX_WEIGHT_BYTES", 10_000)
    with pytest.raises(ModelError, match=r"weights take .* KB, and an ONNX file holds at most 9.8"):
        exported(p.published(tmp_path / "model"), tmp_path)
    assert not (tmp_path / "out.onnx").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["model"], "--onnx is missing; give the path of the file, such as model.onnx"),
        (["none", "--onnx", "out.onnx"], "there is no model folder none"),
        (["model", "--onnx", "no/where.onnx"], "no/where.onnx cannot be written: No such file"),
        (["--onnx", "out.onnx"], "there is no finished run in runs/"),
    ],
)
def test_what_cannot_be_exported_is_reported_in_one_sentence(call, tmp_path, arguments, message):
    p.published(tmp_path / "model")
    code, out, err = call("export", *arguments)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith("minibert: ") and message in err.splitlines()[-1]
