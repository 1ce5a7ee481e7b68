"""A run is summarized in one line from the ends of its files."""

import pytest

from minibert.config.recipe import Budget
from minibert.runs.metrics import Metrics
from minibert.runs.run import Run
from minibert.runs.summary import summarize

from helpers.samples import training_record


def train(step, **more):
    return Metrics(step, "train", step / 10, step * 100, 5.0, 0.1, 0.7, 0.5, **more)


@pytest.fixture
def make(tmp_path):
    def make(rows, budget):
        run = Run.create(tmp_path / "run", training_record(budget=budget))
        for row in rows:
            run.log(row)
        return run

    return make


@pytest.mark.parametrize(
    ("budget", "share", "left"),
    [(Budget(steps=200), 0.5, 10.0), (Budget(seconds=40.0), 0.25, 30.0)],
)
def test_a_summary_has_the_newest_rows_and_the_time_left(make, budget, share, left):
    rows = [train(step, tokens_per_second=float(step)) for step in (80, 90, 100)]
    summary = summarize(make(rows, budget))
    assert (summary.step, summary.tokens_per_second) == (100, 100.0)
    assert (summary.split, summary.mlm_loss) == ("train", 5.0)
    assert summary.share_done == share
    assert summary.seconds_left == pytest.approx(left)


def test_the_loss_of_a_summary_is_that_of_the_last_evaluation(make):
    evaluation = Metrics(10, "validation", 1.0, 1000, 4.0, 0.1, 0.7, 0.5)
    summary = summarize(make([evaluation, train(20)], Budget(steps=200)))
    assert (summary.step, summary.split, summary.mlm_loss) == (20, "validation", 4.0)


def test_a_run_without_rows_has_no_figures(make):
    summary = summarize(make([], Budget(steps=200)))
    assert (summary.step, summary.split, summary.mlm_loss) == (0, None, None)
    assert summary.seconds_left is None
    assert summary.share_done == 0.0
