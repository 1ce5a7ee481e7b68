"""The rows of a run are written and read, by all readers by the same rules."""

import json
import math
from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minibert.runs import metrics
from minibert.runs.metrics import (
    FORMAT,
    NUMBERS,
    Metrics,
    as_line,
    newest_rows,
    parse_columns,
    parse_metrics,
    sample_rows,
)
from minibert.runs.run import Run

from helpers.samples import examples, training_record

ROW = Metrics(10, "train", 1.5, 4096, 6.5, 0.07, 0.69, 0.5, 1e-3, 1.0, 30000.0, 0.001)


def train(step):
    return Metrics(step, "train", step / 10, step * 100, 5.0, 0.1, 0.7, 0.5)


def evaluation(step, loss=4.0):
    return Metrics(step, "validation", step / 10, step * 100, loss, 0.1, 0.7, 0.5)


def write(folder, rows):
    file = folder / "metrics.jsonl"
    file.write_bytes(b"".join(map(as_line, rows)))
    return file


def test_rows_are_read_as_they_were_written(tmp_path):
    run = Run.create(tmp_path / "run", training_record())
    run.log(ROW)
    run.log(Metrics(10, "validation", 1.6, 4096, 6.4, 0.08, 0.69, 0.5))
    rows = Run.open(tmp_path / "run").metrics()
    assert rows[0] == ROW
    assert rows[1].learning_rate is None
    lines = (tmp_path / "run" / "metrics.jsonl").read_text().splitlines()
    assert list(json.loads(lines[0])) == [
        "format",
        "step",
        "split",
        "seconds",
        "tokens",
        "mlm_loss",
        "mlm_accuracy",
        "nsp_loss",
        "nsp_accuracy",
        "learning_rate",
        "grad_norm",
        "tokens_per_second",
        "wait_share",
        "epoch",
        "perplexity",
        "skipped",
        "peak_memory",
        "peak_gpu_memory",
    ]


def test_an_incomplete_line_is_left_for_later():
    line = as_line(ROW)
    rows, taken = parse_metrics(line + line[:20])
    assert rows == [ROW] and taken == len(line)


def test_a_damaged_line_hides_no_other():
    line = as_line(ROW)
    assert parse_metrics(line + b"{]\n" + b'{"step": 1}\n' + line)[0] == [ROW, ROW]


numbers = st.none() | st.integers(-(2**60), 2**60) | st.floats(width=64)
keys = st.sampled_from(["format", *(field.name for field in fields(Metrics))]) | st.text(max_size=3)
others = numbers | st.text(max_size=5) | st.booleans() | st.lists(numbers, max_size=2)
values = st.fixed_dictionaries({"split": st.sampled_from(["train", "validation", "x"])}) | st.just(
    {}
)
objects = st.builds(
    lambda row, split, changes: {**row, **split, **changes},
    st.just({"format": FORMAT, **ROW.as_dict()}) | st.just({}),
    values,
    st.dictionaries(keys, others, max_size=4),
)


@settings(max_examples=examples(200))
@given(st.lists(objects.map(json.dumps) | st.text(max_size=8), max_size=6), st.binary(max_size=9))
def test_columns_equal_the_rows(lines, rest):
    data = "".join(line.replace("\n", "") + "\n" for line in lines).encode() + rest
    rows, taken = parse_metrics(data)
    *found, also_taken = parse_columns(data)
    assert also_taken == taken
    for split, columns in zip(("train", "validation"), found, strict=True):
        of_split = [row for row in rows if row.split == split]
        assert columns.shape == (len(of_split), len(NUMBERS))
        for row, got in zip(of_split, columns, strict=True):
            values = [getattr(row, name) for name in NUMBERS]
            expected = [math.nan if value is None else value for value in values]
            assert np.array_equal(expected, got, equal_nan=True)


@pytest.mark.parametrize(
    "changes",
    [
        {"format": 2},
        {"format": 4},
        {"format": 3.0},
        {"format": None},
        {"split": "eval"},
        {"step": None},
        {"step": "one"},
    ],
)
def test_a_line_that_is_no_row_of_this_format_is_skipped(changes):
    row = {"format": FORMAT, **ROW.as_dict()}
    data = (json.dumps({**row, **changes}) + "\n").encode() + as_line(ROW)
    assert parse_metrics(data)[0] == [ROW]
    train, validation, taken = parse_columns(data)
    assert (len(train), len(validation), taken) == (1, 0, len(data))


def test_unknown_keys_of_a_row_are_ignored():
    line = json.dumps({"format": FORMAT, **ROW.as_dict(), "later": 1}) + "\n"
    assert parse_metrics(line.encode())[0] == [ROW]


def test_a_value_that_is_no_finite_number_is_nan_or_none():
    row = {"format": FORMAT, **ROW.as_dict(), "mlm_loss": "low", "seconds": 10**400}
    row |= {"nsp_loss": float("inf"), "grad_norm": True}
    (read,), _ = parse_metrics((json.dumps(row) + "\n").encode())
    assert math.isnan(read.mlm_loss) and math.isnan(read.seconds)
    assert read.nsp_loss is None and read.grad_norm is None
    assert not read.is_finite and ROW.is_finite


# ---- the end of a file --------------------------------------------------------------------------


@pytest.mark.parametrize("block", [60, 1000, 1 << 20])
@pytest.mark.parametrize("evaluated_at", [0, 3, 150, 299])
def test_the_last_evaluation_is_found_however_old_it_is(tmp_path, monkeypatch, block, evaluated_at):
    monkeypatch.setattr(metrics, "BLOCK", block)
    rows = []
    for step in range(300):
        rows.append(train(step))
        if step in (0, evaluated_at):
            rows.append(evaluation(step, loss=float(step)))
    newest, last = newest_rows(write(tmp_path, rows))
    assert last == evaluation(evaluated_at, loss=float(evaluated_at))
    assert newest == rows[-len(newest) :] and newest


def test_the_newest_rows_are_some_dozens(tmp_path):
    newest, last = newest_rows(write(tmp_path, map(train, range(1000))))
    assert newest[-1] == train(999) and 50 < len(newest) < 150 and last is None


def test_invalid_and_incomplete_lines_at_the_end_are_skipped(tmp_path):
    file = write(tmp_path, [train(1), evaluation(1), train(2)])
    with file.open("ab") as opened:
        opened.write(b'{"split": "validation"}\n"validation"\n')
        opened.write(json.dumps({"format": 99, **evaluation(3).as_dict()}).encode() + b"\n")
        opened.write(as_line(evaluation(4))[:-1])
    rows, last = newest_rows(file)
    assert (rows[-1], last) == (train(2), evaluation(1))


def test_a_line_longer_than_any_row_is_skipped(tmp_path):
    file = write(tmp_path, [evaluation(1)])
    with file.open("ab") as opened:
        opened.write(b'"' + b"x" * 500_000 + b'"\n')
    assert newest_rows(file)[1] == evaluation(1)


def test_a_missing_file_has_no_rows(tmp_path):
    assert newest_rows(tmp_path / "metrics.jsonl") == ([], None)
    assert sample_rows(tmp_path / "metrics.jsonl", 10, 1000, "train") == []


# ---- samples ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("count", "found"), [(5, 5), (2000, 20)])
def test_samples_are_evenly_spread_over_a_file(tmp_path, count, found):
    rows = [row for step in range(count) for row in (train(step), evaluation(step))]
    steps = [row.step for row in sample_rows(write(tmp_path, rows), 20, 1200, "train")]
    assert len(steps) == found and steps == sorted(steps)
    assert steps[0] == 0 and steps[-1] >= count - 3
