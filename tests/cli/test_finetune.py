"""`minibert finetune` and `minibert predict`: what they print, a sentence for each mistake."""

import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest

from minibert import FinetuneOptions, finetune
from minibert.config.recipe import RECIPES
from minibert.finetuning import files as classifier_folder
from minibert.model.files import save_model
from minibert.model.initialization import new_model

from helpers.samples import SMALL, small_tokenizer

QUICK = ["--epochs", 1, "--batch-size", 8, "--device", "cpu"]
ROWS = [
    f"the {animal} sat on the {'old' * (n % 2) or 'red'} mat\t{animal}"
    for n in range(20)
    for animal in ("cat", "dog")
]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with a model, a table and CoNLL lines."""
    monkeypatch.chdir(tmp_path)
    model = tmp_path / "model"
    model.mkdir()
    save_model(model, new_model(SMALL, RECIPES["minibert"]))
    small_tokenizer().save_pretrained(model)
    (tmp_path / "train.tsv").write_text("text\tlabel\n" + "\n".join(ROWS) + "\n")
    (tmp_path / "tags.conll").write_text("the O\ncat B-A\n\nsat O\ndog I-A\n\n" * 10)
    return tmp_path


def test_a_table_becomes_a_model_and_its_scores(call, folder):
    code, out, err = call("finetune", "model", "--train", "train.tsv", "--out", "m", *QUICK)
    assert code == 0, err
    assert "train.tsv: 40 rows, text in column text, label in column label\n" in err
    assert "classification: 2 labels, cat, dog\n" in err
    header, *rows = out.splitlines()
    assert header.split() == ["accuracy", "F1", "of", "dog", "Matthews"]
    assert [row.split("  ")[0] for row in rows[:2]] == ["pretrained", "tf-idf"]
    assert rows[2] == "on 4 of the 40 examples, held out for validation"
    assert "--from-scratch" in rows[3] and rows[-1] == "use it with: minibert predict m FILE"
    assert {path.name for path in (folder / "m").iterdir()} == {
        "config.json",
        "model.safetensors",
        "finetune.json",
        "vocab.txt",
        "tokenizer.json",
        "tokenizer_config.json",
    }
    assert "\x1b" not in out + err  # no terminal, no escapes


def test_the_network_trained_from_scratch_is_reported_beside_it(call, folder):
    words = ["--train", "train.tsv", "--dev", "train.tsv", "--seeds", 2, "--from-scratch"]
    code, out, _ = call("finetune", "model", *words, *QUICK)
    assert code == 0
    rows = out.splitlines()[1:]
    assert [row.split("  ")[0] for row in rows[:3]] == [
        "pretrained",
        "from scratch",
        "tf-idf",
    ]
    assert rows[0].count("±") == rows[1].count("±") == 3
    assert rows[3] == "on the 40 examples of train.tsv; mean ± standard deviation of 2 trainings"
    assert "--from-scratch" not in out and "finetuned/train" in out


def test_the_json_output_has_all_values(call, folder):
    words = ["--train", "train.tsv", "--folds", 2, "-o", "m", "--json"]
    code, out, _ = call("finetune", "model", *words, *QUICK)
    found = json.loads(out)
    assert code == 0 and found["labels"] == ["cat", "dog"] and found["path"] == "m"
    assert len(found["scores"]["pretrained"]["accuracy"]["all"]) == 2
    assert found["scores"]["tf-idf"]["accuracy"]["mean"] == 1


def test_lines_tables_and_json_are_labelled(call, folder, monkeypatch):
    assert call("finetune", "model", "--train", "train.tsv", "-o", "m", *QUICK)[0] == 0

    def predict(data, *words):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        code, out, err = call("predict", "m", *words)
        assert code == 0, err
        return out.splitlines(), err

    lines, err = predict(b"the cat\n\nthe dog sat\n")
    assert [line.split("\t")[2] for line in lines] == ["the cat", "the dog sat"] and err == ""
    label, share, _ = lines[0].split("\t")
    assert label in ("cat", "dog") and 0.5 <= float(share) <= 1
    (line,), _ = predict(b"the cat\n", "--json")
    found = json.loads(line)
    assert set(found) == {"text", "label", "score", "scores"} and set(found["scores"]) == {
        "cat",
        "dog",
    }
    (folder / "new.csv").write_text('id,text,label\n1,"a, cat",cat\n2,dog,dog\n')
    lines, err = predict(b"", "new.csv", "--label", "label")
    assert [line.split("\t")[2] for line in lines] == ["a, cat", "dog"]
    assert err.startswith("2 labelled texts: accuracy ")
    (folder / "alone.tsv").write_text("a cat\na dog\n")
    assert len(predict(b"", "alone.tsv", "--header", "no")[0]) == 2
    lines, err = predict(b"cat " * 60 + b"\n")
    assert (
        len(lines) == 1
        and err == "1 of 1 texts have more tokens than the model's 40 and are truncated\n"
    )


def test_word_labels_are_printed_in_the_columns_of_the_input(call, folder, monkeypatch):
    assert call("finetune", "model", "--train", "tags.conll", "-o", "m", *QUICK)[0] == 0
    data = b"the x\ncat y\n\nsat z\n"
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
    code, out, _ = call("predict", "m")
    assert code == 0
    rows = [line.split("\t") for line in out.split("\n")]
    assert [row[0] for row in rows] == ["the", "cat", "", "sat", "", ""]
    assert {row[1] for row in rows if len(row) == 2} <= {"O", "B-A", "I-A"}
    code, out, err = call("predict", "m", "tags.conll", "--label", 2, "--json")
    assert code == 0 and json.loads(out.splitlines()[0])["tokens"] == ["the", "cat"]
    assert "20 labelled texts: entity F1 " in err


WRONG = {
    "no file to learn from": (["model"], "--train is missing; give a file of labelled texts"),
    "no such file": (["model", "--train", "none.tsv"], "none.tsv cannot be read"),
    "no model": (["nowhere", "--train", "train.tsv"], "there is no model folder nowhere"),
    "a folder that is none": ([".", "--train", "train.tsv"], "no config.json"),
    "a folder that is taken": (
        ["model", "--train", "train.tsv", "-o", "model"],
        "choose another --out",
    ),
    "one label": (["model", "--train", "one.tsv"], "all labels from here on are 'cat'"),
    "few rows": (["model", "--train", "few.tsv"], "few.tsv has 2 examples, too few for 10 parts"),
    "another label in dev": (
        ["model", "--train", "train.tsv", "--dev", "other.tsv"],
        "other.tsv, line 2: the label 'cow' is not one of the 2",
    ),
    "dev without the column": (
        ["model", "--train", "train.tsv", "--dev", "names.tsv"],
        "names.tsv has no column 'text'",
    ),
    "words and texts": (
        ["model", "--train", "tags.conll", "--dev", "train.jsonl"],
        "train.jsonl, line 1: this must be the words of a sentence",
    ),
    "no numbers": (
        ["model", "--train", "train.tsv", "--task", "regression"],
        "train.tsv, line 2: 'cat' is not a number",
    ),
    "a mistyped task": (
        ["model", "--train", "train.tsv", "--task", "token"],
        "did you mean tokens?",
    ),
    "both": (
        ["model", "--train", "train.tsv", "--dev", "x", "--folds", "5"],
        "leave one of them out",
    ),
    "one fold": (
        ["model", "--train", "train.tsv", "--folds", "1"],
        "--folds is 1; it must be 2 or more",
    ),
    "no epochs": (["model", "--train", "train.tsv", "--epochs", "0"], "it must be 1 or more"),
    "no rate": (["model", "--train", "train.tsv", "--lr", "0"], "--lr is 0.0; it must be"),
    "dropout of all": (
        ["model", "--train", "train.tsv", "--dropout", "1"],
        "--dropout is 1; it must be",
    ),
    "weights of nothing": (["model", "--train", "train.tsv", "--class-weights", "cow=2"], "'cow'"),
    "weights unsaid": (
        ["model", "--train", "train.tsv", "--class-weights", "cat"],
        "such as spam=3",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_each_mistake_is_one_sentence_and_nothing_is_written(call, folder, case):
    words, said = WRONG[case]
    (folder / "one.tsv").write_text("text\tlabel\na\tcat\nb\tcat\n")
    (folder / "few.tsv").write_text("text\tlabel\na\tcat\nb\tdog\n")
    (folder / "other.tsv").write_text("text\tlabel\na\tcow\n")
    (folder / "names.tsv").write_text("phrase\tlabel\na\tcat\n")
    (folder / "train.jsonl").write_text('{"text": "a", "label": "O"}\n')
    before = sorted(folder.rglob("*"))
    code, out, err = call("finetune", *words)
    assert (code, out) == (2, "")
    assert said in err.splitlines()[-1] and err.splitlines()[-1].startswith("minibert: ")
    assert sorted(folder.rglob("*")) == before


WRONG_TO_PREDICT = {
    "a model without labels": (["model"], "has no classification head; fine-tune it first"),
    "no folder": (["nowhere"], "there is no model folder nowhere"),
    "no file": (["m", "none.tsv"], "none.tsv cannot be read"),
    "nothing in it": (["m", "empty.txt"], "empty.txt holds no text"),
    "another label": (["m", "other.tsv", "--label", "label"], "line 3: the label 'cow' is not one"),
    "no such column": (
        ["m", "other.tsv", "--text", "phrase"],
        "no column 'phrase'; it has text, label",
    ),
    "columns of lines": (["m", "empty.txt", "--label", "2"], "set --format"),
}


@pytest.fixture(scope="module")
def tuned(tmp_path_factory):
    """A fine-tuned model, for the mistakes that can be made with one."""
    folder = tmp_path_factory.mktemp("tuned")
    save_model(folder, new_model(SMALL, RECIPES["minibert"]))
    small_tokenizer().save_pretrained(folder)
    train = folder / "train.tsv"
    train.write_text("text\tlabel\n" + "\n".join(ROWS) + "\n")
    options = FinetuneOptions(train=str(train), out=str(folder / "m"), epochs=1, device="cpu")
    return finetune(folder, options).path


@pytest.mark.parametrize("case", WRONG_TO_PREDICT)
def test_each_mistake_in_predicting_is_one_sentence(call, folder, tuned, case):
    words, said = WRONG_TO_PREDICT[case]
    (folder / "m").symlink_to(tuned)
    (folder / "empty.txt").write_text("\n")
    (folder / "other.tsv").write_text("text\tlabel\na\tcat\nb\tcow\n")
    code, out, err = call("predict", *words)
    assert (code, out) == (2, "")
    assert said in err and len(err.splitlines()) == 1


@pytest.mark.exhaustive
def test_ctrl_c_leaves_no_folder(folder):
    command = [sys.executable, "-m", "minibert", "finetune", "model", "--train", "train.tsv"]
    command += ["--out", "m", "--epochs", "100000", "--device", "cpu"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ})
    for line in process.stderr:
        if line.startswith("pretrained"):
            break
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130
    assert {path.name for path in folder.iterdir()} == {"model", "train.tsv", "tags.conll"}


@pytest.mark.parametrize("file", ["model.safetensors", "config.json"])
def test_a_failure_while_writing_leaves_no_folder(call, folder, monkeypatch, file):
    write = classifier_folder.write_atomically

    def fail(path, data):
        if path.name == file:
            raise KeyboardInterrupt
        write(path, data)

    monkeypatch.setattr(classifier_folder, "write_atomically", fail)
    assert call("finetune", "model", "--train", "train.tsv", "-o", "m", *QUICK)[0] == 130
    assert {path.name for path in folder.iterdir()} == {"model", "train.tsv", "tags.conll"}
