"""Runs of every objective in the application: the second head by its name, or dashes."""

from __future__ import annotations

import pytest

from minibert.config import PretrainOptions
from minibert.runs.manifest import Manifest
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import render_frame

from helpers.samples import training_record

OPTIONS = {"preset": "tiny", "seq_len": 128, "batch_size": 32, "log_every": 10}


async def frame(make_run, make_rows, as_lines, clock, objective, paired):
    run = make_run(60, options={**OPTIONS, "objective": objective})
    rows = make_rows(60)
    if not paired:
        rows = [{**row, "nsp_loss": None, "nsp_accuracy": None} for row in rows]
    run.write(as_lines(rows)).freeze()
    return await render_frame(RunWatcher(run.path, clock), 120, 40)


async def test_a_run_of_sentence_order_shows_sop(make_run, make_rows, as_lines, clock):
    text = await frame(make_run, make_rows, as_lines, clock, "sentence_order", paired=True)
    assert "SOP loss" in text and "SOP accuracy, %" in text and "NSP" not in text


@pytest.mark.parametrize("objective", ["full_sentences", "doc_sentences", "line"])
async def test_a_run_without_pairs_shows_dashes(make_run, make_rows, as_lines, clock, objective):
    text = await frame(make_run, make_rows, as_lines, clock, objective, paired=False)
    training = next(line for line in text.splitlines() if line.startswith(" training"))
    assert training.split()[4:6] == ["-", "-"]
    assert "- (no pairs)" in text


@pytest.mark.parametrize(
    ("objective", "task"), [("next_sentence", "NSP"), ("sentence_order", "SOP"), ("line", None)]
)
def test_the_second_head_is_named_by_the_objective(objective, task):
    record = training_record(options=PretrainOptions(objective=objective))
    assert RunSnapshot(manifest=Manifest.begin(record, "")).pair_task == task
    assert RunSnapshot().pair_task == "NSP"
