"""What a training would take is told from what is known, and never guessed."""

import shutil
from dataclasses import replace

import pytest

from minibert.config import PretrainOptions
from minibert.errors import CorpusError
from minibert.pretraining.estimate import estimate_seconds, find_throughput, measure_text
from minibert.runs.run import Run

from helpers.samples import TINY, write_corpus


def options(**changes):
    return PretrainOptions(**{**TINY, "checkpoint_every": 400, **changes})


def test_the_number_of_tokens_is_known_for_a_cached_text_only(small_run, small_corpus, tmp_path):
    size = measure_text([str(small_corpus)], options())
    assert size.bytes == small_corpus.stat().st_size
    assert size.tokens == small_run.run.manifest.corpus.tokens
    assert measure_text([str(small_corpus)], options(vocab_size=140)).tokens is None
    other = write_corpus(tmp_path / "other.txt", seed=1)
    assert measure_text([str(other)], options()).tokens is None


def test_a_missing_text_is_named(tmp_path):
    with pytest.raises(CorpusError, match="missing"):
        measure_text([str(tmp_path / "missing.txt")], options())


def test_the_time_is_estimated_from_earlier_runs_of_the_same_shape(small_run):
    runs = small_run.run.path.parent
    pace = find_throughput(runs, options())
    last = [row for row in small_run.run.metrics() if row.split == "train"][-1]
    assert pace.run == "small"
    assert pace.tokens_per_second == last.tokens_per_second
    training = last.tokens / last.tokens_per_second
    assert estimate_seconds(options(steps=800), None, pace) == pytest.approx(training)
    assert estimate_seconds(options(epochs=2), 1000, pace) == pytest.approx(
        2000 / last.tokens_per_second
    )
    assert estimate_seconds(options(epochs=2), None, pace) is None
    assert estimate_seconds(options(steps=800), 1000, None) is None
    assert estimate_seconds(options(time="90s"), None, None) == 90


@pytest.mark.parametrize(
    "change",
    [
        {"layers": 2},
        {"batch_size": 16},
        {"seq_len": 32},
        {"recipe": "bert"},
        {"masked_lm_prob": 0.15},
        {"final_masked_lm_prob": 0.15},
        {"max_predictions_per_seq": 4},
    ],
)
def test_a_run_of_another_shape_is_not_used(small_run, change):
    assert find_throughput(small_run.run.path.parent, options(**change)) is None


def test_the_recipes_own_share_of_masked_tokens_may_be_given(small_run):
    assert find_throughput(small_run.run.path.parent, options(masked_lm_prob=0.3)) is not None


def test_a_run_of_another_machine_or_a_damaged_one_is_not_used(small_run, tmp_path):
    elsewhere = Run(tmp_path / "a", replace(small_run.run.manifest, host="elsewhere"))
    shutil.copytree(small_run.run.path, elsewhere.path)
    assert find_throughput(tmp_path, options()) is not None
    elsewhere.manifest.write(elsewhere.path)
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "minibert.json").write_text('{"format": 2, "options": 3}')
    assert find_throughput(tmp_path, options()) is None


def test_continued_pretraining_has_neither_tokens_nor_throughput(small_run, small_corpus):
    made_from = options(init_from=str(small_run.run.path))
    assert measure_text([str(small_corpus)], made_from).tokens is None
    assert find_throughput(small_run.run.path.parent, made_from) is None
