"""`minibert fill`: texts and JSON lines in, answers out, one sentence for what cannot be filled."""

import json
import sys

import pytest

from minibert import FillMask

BLOCKS = "▏▎▍▌▋▊▉█"
TEXTS = ["the [MASK] sat", "the [MASK] lived near the [MASK]."]


@pytest.fixture
def ask(call, small_run, monkeypatch, tmp_path):
    """Run `minibert fill` on the small run, with lines on standard input."""

    def run(*arguments, lines=""):
        path = tmp_path / "lines"
        path.write_bytes(lines if isinstance(lines, bytes) else lines.encode())
        with path.open() as file:
            monkeypatch.setattr(sys, "stdin", file)
            return call("fill", "--model", small_run.run.path, *arguments)

    return run


@pytest.fixture(scope="module")
def fill(small_run):
    return FillMask.from_pretrained(small_run.run.path)


def rounded(answers):
    """Scores differ in their last digits with what is read beside them."""
    if isinstance(answers, list):
        return [rounded(answer) for answer in answers]
    return {**answers, "score": round(answers["score"], 5)}


@pytest.mark.parametrize(
    ("options", "arguments"),
    [
        ([], {}),
        (["--top-k", 2], {"top_k": 2}),
        (["-k", 2, "--temperature", 2], {"top_k": 2, "temperature": 2.0}),
        (["--targets", "cow, cows,"], {"targets": ["cow", "cows"]}),
        (["--tokens", 2], {"tokens": 2}),
    ],
)
def test_the_json_line_of_a_text_equals_the_result_of_the_class(ask, fill, options, arguments):
    code, out, err = ask("--json", *options, *TEXTS)
    assert (code, err) == (0, "")
    assert [json.loads(line) for line in out.splitlines()] == fill(TEXTS, **arguments)
    assert ask("--json", *options, lines="\n".join(TEXTS) + "\n\n")[1] == out


def test_masks_filled_one_after_another_come_with_their_order(ask, fill):
    code, out, _ = ask("--iterative", "--json", *TEXTS, "-k", 2)
    assert code == 0
    for line, filled in zip(out.splitlines(), fill.iterate(TEXTS, top_k=2), strict=True):
        said = json.loads(line)
        assert (said["text"], said["order"]) == (filled.text, filled.order)
        assert [step["mask"] for step in said["steps"]] == filled.order
        assert [step["answers"] for step in said["steps"]] == [s.answers for s in filled.steps]
    code, out, _ = ask("--iterative", TEXTS[1])
    assert code == 0 and fill.iterate(TEXTS[1]).text in out and "mask 2" in out


def test_each_answer_is_printed_with_a_bar_and_the_number_of_its_tokens(ask):
    code, out, _ = ask(TEXTS[0], "--targets", "cow,cows")
    cow, cows = out.splitlines()[1:]
    assert code == 0 and "%" in cow and set(cow) & set(BLOCKS) and "tokens" not in cow
    assert "e-0" in cows and "2 tokens" in cows  # too little for a percentage


def test_json_lines_may_have_targets_and_keep_their_other_keys(ask, fill):
    lines = [
        TEXTS[0],
        {"text": TEXTS[0], "targets": ["cow", "cows"], "id": 7},
        {"text": TEXTS[1], "targets": "barn"},
        {"id": [8], "text": TEXTS[1]},
    ]
    text = "\n\n".join(map(json.dumps, lines))
    code, out, err = ask("--json-in", "--json", "--targets", "horse", lines=text)
    assert (code, err) == (0, "")
    one, two, three, four = map(json.loads, out.splitlines())
    assert rounded(one) == rounded(fill(TEXTS[0], targets="horse"))
    expected = [fill(TEXTS[0], targets=["cow", "cows"]), fill(TEXTS[1], targets="barn")]
    expected.append(fill(TEXTS[1], targets="horse"))
    for line, answered, answers in zip(lines[1:], (two, three, four), expected, strict=True):
        assert rounded(answered.pop("answers")) == rounded(answers)
        assert answered == line


def test_a_target_that_is_scored_as_other_tokens_is_reported_once(ask):
    lines = (TEXTS[0] + "\n") * 3000  # several chunks
    code, out, err = ask("--json", "--targets", "cow,Cat", lines=lines)
    assert code == 0 and len(out.splitlines()) == 3000
    assert err == "minibert: the target 'Cat' is not in the vocabulary and is scored as cat\n"


@pytest.mark.parametrize(
    ("arguments", "lines", "said"),
    [
        ([""], "", "there is no [MASK] in ''"),
        (["the cat sat"], "", "there is no [MASK] in 'the cat sat'"),
        (["[MASK] " + "the cat sat " * 30], "", "but the model has 48 positions"),
        (["[MASK]", "--top-k", 0], "", "--top-k is 0; it must be 1 or more"),
        (["[MASK]", "--tokens", 0], "", "--tokens is 0; it must be 1 or more"),
        (["[MASK]", "--temperature", 0], "", "--temperature is 0.0; it must be a number above 0"),
        (["[MASK]", "--temperature", -1], "", "--temperature is -1.0"),
        (["[MASK]", "--temperature", "nan"], "", "--temperature is nan"),
        (["[MASK]", "--targets", ","], "", "--targets names no word"),
        (["[MASK]", "--targets", "a", "--tokens", 2], "", "leave one of them out"),
        ([], "", "standard input holds no text"),
        ([], "\n\n", "standard input holds no text"),
        ([], "[MASK]\nno mask\n", "there is no [MASK] in 'no mask'"),
        ([], b"[MASK]\nthe caf\xe9 [MASK]\n", "standard input, line 2 is not UTF-8"),
        (["--json-in"], '"[MASK]"\n[MASK]\n', "line 2 is not JSON"),
        (["--json-in"], "[1]\n", "line 1 is neither a string nor an object"),
        (["--json-in"], '{"texts": "[MASK]"}\n', 'an object with a "text"'),
        (["--json-in"], '{"text": "[MASK]", "targets": [1]}', 'the "targets" of line 1'),
        (["--json-in"], '{"text": "[MASK]", "targets": []}', "no target to score"),
    ],
)
def test_unusable_input_of_fill_is_reported_in_one_sentence(ask, arguments, lines, said):
    code, out, err = ask(*arguments, lines=lines)
    assert (code, out) == (2, "")
    assert err.startswith("minibert: ") and said in err and err.count("\n") == 1
