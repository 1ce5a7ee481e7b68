"""A run is told of in one line from the ends of its files, whatever is in them."""

import json

import pytest

from minibert.runs import summary
from minibert.runs.metrics import Metrics
from minibert.runs.run import Run
from minibert.runs.summary import newest_rows, summarize


def train(step, **more):
    return Metrics(step, "train", step / 10, step * 100, 5.0, 0.1, 0.7, 0.5, **more)


def evaluation(step, loss=4.0):
    return Metrics(step, "validation", step / 10, step * 100, loss, 0.1, 0.7, 0.5)


@pytest.fixture
def make(tmp_path):
    def make(rows, **manifest):
        run = Run.create(tmp_path / "run", manifest)
        for row in rows:
            run.log(row)
        return run

    return make


@pytest.mark.parametrize(
    ("budget", "share", "left"),
    [
        ({"steps": 200, "seconds": None}, 0.5, 10.0),
        ({"steps": None, "seconds": 40.0}, 0.25, 30.0),
        ({"steps": 0}, None, None),
        ({"steps": "many"}, None, None),
        (None, None, None),
    ],
)
def test_what_is_left_follows_from_the_budget_and_the_pace(make, budget, share, left):
    run = make(
        [train(step, tokens_per_second=float(step)) for step in (80, 90, 100)], budget=budget
    )
    told = summarize(run)
    assert (told.step, told.tokens_per_second) == (100, 100.0)
    assert told.share_done == share
    assert told.seconds_left == (None if left is None else pytest.approx(left))


def test_nothing_is_made_up_of_a_run_without_rows(make):
    told = summarize(make([], budget={"steps": 200}))
    assert (told.step, told.split, told.mlm_loss, told.seconds_left) == (0, None, None, None)
    assert told.share_done == 0.0


@pytest.mark.parametrize("block", [60, 1000, 1 << 20])
@pytest.mark.parametrize("evaluated_at", [0, 3, 150, 299])
def test_the_last_evaluation_is_found_however_long_ago(make, monkeypatch, block, evaluated_at):
    monkeypatch.setattr(summary, "BLOCK", block)
    monkeypatch.setattr(summary, "TAIL", 2000)
    rows = []
    for step in range(300):
        rows.append(train(step))
        if step in (0, evaluated_at):
            rows.append(evaluation(step, loss=float(step)))
    run = make(rows)
    newest, last = newest_rows(run.path / "metrics.jsonl")
    assert last == evaluation(evaluated_at, loss=float(evaluated_at))
    assert newest == rows[-len(newest) :] and 1 < len(newest) < 20


def test_lines_that_are_no_rows_and_one_being_written_are_passed_over(make):
    run = make([train(1), evaluation(1), train(2)])
    with (run.path / "metrics.jsonl").open("ab") as file:
        file.write(b'{"split": "validation"}\n"validation"\n')
        file.write(json.dumps({"format": 99, **evaluation(3).as_dict()}).encode() + b"\n")
        file.write(json.dumps(evaluation(4).as_dict()).encode())
    rows, last = newest_rows(run.path / "metrics.jsonl")
    assert (rows[-1], last) == (train(2), evaluation(1))


def test_a_run_whose_rows_are_gone_has_none(tmp_path):
    assert newest_rows(tmp_path / "metrics.jsonl") == ([], None)
