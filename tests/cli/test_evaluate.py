"""`minibert evaluate`: tables for people, JSON for machines, a sentence for what cannot be used."""

import io
import json
import sys

import pytest

from helpers.samples import write_corpus

GOOD, BAD = "The cow eats grass.", "The grass cow eats."
PAIR = json.dumps({"sentence_good": GOOD, "sentence_bad": BAD, "UID": "u"}) + "\n"


@pytest.fixture
def stdin(monkeypatch):
    def give(data):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return give


def test_evaluating_a_run_prints_a_table_or_json(call, small_run):
    code, out, err = call("evaluate", small_run.run.path)
    assert code == 0 and "predicting masked tokens" in err
    for part in ("MLM loss", "per word", "per character", "perplexity", "NSP accuracy", "unigram"):
        assert part in out
    code, out, _ = call("evaluate", small_run.run.path, "--json")
    found = json.loads(out)
    assert code == 0 and set(found) == {"model", "validation"}
    validation = found["validation"]
    low, high = validation["intervals"]["mlm_loss"]
    assert low < validation["mlm_loss"] < high
    assert (
        validation["mlm_loss"]
        < validation["unigram"]["mlm_loss"]
        < validation["uniform"]["mlm_loss"]
    )


def test_a_given_text_has_the_same_scores_from_a_file_a_folder_or_standard_input(
    call, small_run, tmp_path, stdin
):
    (tmp_path / "texts").mkdir()
    text = write_corpus(tmp_path / "texts" / "a.txt", documents=9, seed=5)
    found = []
    for name in (text, "texts", "-"):
        stdin(text.read_bytes())
        code, out, err = call("evaluate", small_run.run.path, "--text", name, "--json")
        assert code == 0, err
        found.append(json.loads(out)["validation"])
    for other in found[1:]:
        assert {**other, "text": ""} == {**found[0], "text": ""}


def test_a_model_folder_without_a_run_is_evaluated_on_a_given_text(
    call, small_run, small_corpus, tmp_path
):
    transformers = pytest.importorskip("transformers")
    theirs = transformers.BertForPreTraining.from_pretrained(small_run.run.path)
    theirs.save_pretrained(tmp_path / "theirs")
    (tmp_path / "theirs" / "vocab.txt").write_bytes((small_run.run.path / "vocab.txt").read_bytes())
    figures = {}
    for model in (small_run.run.path, tmp_path / "theirs"):
        code, out, err = call("evaluate", model, "--text", small_corpus, "--json")
        assert code == 0, err
        figures[model] = json.loads(out)["validation"]
    ours, found = figures.values()
    assert found["mlm_loss"] == pytest.approx(ours["mlm_loss"], abs=1e-5)
    assert (ours["unigram_counts"], found["unigram_counts"]) == ("training", "text")
    assert found["objective"] == "next_sentence"


def test_each_sentence_is_scored_on_a_line_of_its_own(call, small_run, tmp_path, stdin):
    text = "The cat sat.\n\n  The dog slept. \n"
    (tmp_path / "lines.txt").write_text(text)
    original = ("evaluate", small_run.run.path, "--pll", "original")
    code, out, err = call(*original, "--text", "lines.txt")
    scores = [row.split("\t") for row in out.splitlines()]
    assert code == 0 and [row[1] for row in scores] == ["The cat sat.", "The dog slept."]
    assert all(float(row[0]) < 0 for row in scores)
    assert "pseudo-perplexity" in err and "2 sentences" in err
    stdin(text.encode())
    code, out, _ = call(*original, "--json")
    found = json.loads(out)["sentences"]
    assert [f"{s['pll']:.4f}" for s in found["scores"]] == [row[0] for row in scores]
    assert found["method"] == "original"
    assert found["interval"][0] < found["pseudo_perplexity"] < found["interval"][1]


def test_a_sentence_that_is_too_long_is_reported_and_keeps_its_line(call, small_run, stdin):
    stdin(b"The cat sat.\n" + b"cat " * 99 + b"\n")
    code, out, err = call("evaluate", small_run.run.path, "--pll", "within-word-l2r")
    assert code == 0 and out.splitlines()[1].startswith("nan\t")
    assert "longer than the model's 48 positions have no score: 1" in err


def test_lines_from_other_systems_are_read(call, small_run, stdin):
    stdin(b"\xef\xbb\xbfThe cat sat.\r\n\r\nThe dog slept.")
    code, out, _ = call("evaluate", small_run.run.path, "--pll", "original")
    assert code == 0
    assert [row.split("\t")[1] for row in out.splitlines()] == ["The cat sat.", "The dog slept."]


def test_minimal_pairs_are_reported_by_paradigm_and_overall(call, small_run, tmp_path):
    (tmp_path / "pairs.jsonl").write_text(PAIR * 3)
    code, out, err = call("evaluate", small_run.run.path, "--minimal-pairs", "pairs.jsonl")
    assert code == 0 and "scoring 3 minimal pairs" in err
    assert [row.split()[0] for row in out.splitlines()[1:]] == ["u", "all"]
    code, out, _ = call("evaluate", small_run.run.path, "--minimal-pairs", ".", "--json")
    found = json.loads(out)["minimal_pairs"]
    assert found["accuracy"] == found["paradigms"]["u"]["accuracy"] == 1.0
    assert found["method"] == "within-word-l2r" and found["pairs"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere"], "there is no model folder nowhere"),
        (["{run}", "--text", "none.txt"], "none.txt"),
        (["{run}", "--text", "empty.txt"], "empty"),
        (["{run}", "--pll", "l2r", "--text", "a.txt"], "did you mean within-word-l2r?"),
        (["{run}", "--pll", "original", "--text", "empty.txt"], "empty.txt holds no text"),
        (["{run}", "--minimal-pairs", "bad.jsonl"], "bad.jsonl, line 1 is not JSON"),
        (["{run}", "--minimal-pairs", "folder"], "no .jsonl file in folder"),
        (["{run}", "--minimal-pairs", "folder", "--text", "a.txt"], "two different evaluations"),
        (["{run}", "--layout", "files"], "--layout applies only to --text without --pll"),
        (["{run}", "--device", "tpu"], "device 'tpu' is not available"),
        (["model"], "model is not a run with validation documents; give a text as --text"),
        ([], "there is no finished run in runs/"),
    ],
)
def test_unusable_input_is_reported_in_one_sentence(call, small_run, tmp_path, arguments, said):
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty.txt").write_text("")
    (tmp_path / "bad.jsonl").write_text("good\tbad\n")
    (tmp_path / "model").mkdir()
    for name in ("config.json", "model.safetensors", "vocab.txt"):
        (tmp_path / "model" / name).write_bytes((small_run.run.path / name).read_bytes())
    code, out, err = call("evaluate", *(a.format(run=small_run.run.path) for a in arguments))
    assert (code, out) == (2, "")
    assert said in err and "Traceback" not in err
