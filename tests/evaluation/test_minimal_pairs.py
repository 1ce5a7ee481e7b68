"""Minimal pairs: a good sentence must be more likely than the bad one, and nothing less."""

import json

import pytest

from minibert.errors import FileError, TextError
from minibert.evaluation.confidence import wilson_interval
from minibert.evaluation.minimal_pairs import (
    MinimalPair,
    evaluate_minimal_pairs,
    read_minimal_pairs,
)
from minibert.evaluation.pseudo_log_likelihood import PseudoLogLikelihood, SentenceScore

from helpers.slow_scores import sentence_pll


@pytest.fixture(scope="module")
def score(small_run):
    return PseudoLogLikelihood.from_pretrained(small_run.run.path)


def line(good, bad, **more):
    return json.dumps({"sentence_good": good, "sentence_bad": bad, **more})


PAIRS = [
    MinimalPair("The cow eats grass.", "The cow eats kitchen.", "food"),
    MinimalPair("The cow eats grass.", "The grass eats cow.", "order"),
    MinimalPair("The bird eats seeds.", "The bird eats barn.", "food"),
    MinimalPair("barn The in sat dog.", "The dog sat in the barn.", "order"),
    MinimalPair("It liked to eat.", "It eat to liked.", "order"),
]


def test_the_accuracy_equals_that_of_plain_loops(score):
    def slow(text):
        encoding = score.tokenizer.encode(text)
        mask = score.tokenizer.mask_token_id
        return sentence_pll(score.model, encoding.tokens, encoding.ids, mask, rest_of_word=True)

    right = {"food": [], "order": []}
    for pair in PAIRS:
        right[pair.paradigm].append(slow(pair.good) > slow(pair.bad))
    found = evaluate_minimal_pairs(score, PAIRS)
    assert list(found.paradigms) == ["food", "order"]
    for name, hits in right.items():
        assert found.paradigms[name].right == sum(hits)
        assert found.paradigms[name].accuracy == sum(hits) / len(hits)
    everything = right["food"] + right["order"]
    assert found.accuracy == sum(everything) / 5 and 0 < sum(everything) < 5
    assert found.interval == wilson_interval(sum(everything), 5)
    assert (found.pairs, found.ties, found.too_long) == (5, 0, 0)


class Scores:
    """A model with the scores that it is given."""

    def __init__(self, plls):
        self.plls = plls

    def __call__(self, sentences, *, method, advance):
        return [SentenceScore(text, self.plls[text], 1, 1, 0) for text in sentences]


def test_a_tie_is_wrong_and_a_pair_without_a_score_is_excluded():
    model = Scores({"a": -1.0, "b": -2.0, "c": -2.0, "long": None})
    pairs = [("a", "b"), ("b", "c"), ("c", "a"), ("a", "long"), ("long", "b")]
    found = evaluate_minimal_pairs(model, [MinimalPair(*pair, "p") for pair in pairs])
    assert (found.pairs, found.right, found.ties, found.too_long) == (3, 1, 1, 2)
    assert found.accuracy == pytest.approx(1 / 3)


def test_a_paradigm_whose_pairs_are_all_too_long_has_no_accuracy():
    found = evaluate_minimal_pairs(Scores({"a": None}), [MinimalPair("a", "a", "p")])
    assert found.paradigms["p"].accuracy is found.accuracy is found.interval is None


def test_sentences_with_the_same_tokens_are_a_tie(score):
    found = evaluate_minimal_pairs(score, [MinimalPair("The CAT sat.", "the cat sat.", "p")])
    assert (found.right, found.ties) == (0, 1)


def test_a_folder_is_read_file_by_file_with_paradigms_by_uid_or_file(tmp_path):
    (tmp_path / "b.jsonl").write_text(line("x", "y") + "\n\n" + line("z", "w", UID="named") + "\n")
    (tmp_path / "a.jsonl").write_text(line("é", "e", UID="named", pairID="0"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no pairs")
    expected = [("é", "e", "named"), ("x", "y", "b"), ("z", "w", "named")]
    assert read_minimal_pairs(tmp_path) == expected
    assert read_minimal_pairs(tmp_path / "b.jsonl") == expected[1:]


@pytest.mark.parametrize(
    ("second", "said"),
    [
        (
            '{"sentence_good": "x"}',
            r"a\.jsonl, line 2 has no text named sentence_bad; its keys are: s",
        ),
        ('{"sentence_good": 3, "sentence_bad": "y"}', "line 2 has no text named sentence_good"),
        ("{}", "line 2 has no text named sentence_good; its keys are: none"),
        ("[1]", r"line 2 is not a JSON object"),
        ("x\ty", r"a\.jsonl, line 2 is not JSON"),
        (b"\xff", r"a\.jsonl, line 2 is not UTF-8"),
    ],
)
def test_an_invalid_line_is_named_by_file_and_number(tmp_path, second, said):
    data = second if isinstance(second, bytes) else second.encode()
    (tmp_path / "a.jsonl").write_bytes(line("x", "y").encode() + b"\n" + data)
    with pytest.raises(TextError, match=said):
        read_minimal_pairs(tmp_path)


def test_no_pairs_are_refused(tmp_path):
    with pytest.raises(FileError, match=r"no \.jsonl file in"):
        read_minimal_pairs(tmp_path)
    with pytest.raises(FileError, match="cannot be read: No such file"):
        read_minimal_pairs(tmp_path / "none.jsonl")
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(TextError, match="holds no text"):
        read_minimal_pairs(tmp_path)
