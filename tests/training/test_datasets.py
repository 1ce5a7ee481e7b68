"""The examples of a run, found again from what its folder says."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest

from minibert.config import PrepareOptions, PretrainOptions
from minibert.data.cache import cache_folder
from minibert.data.prepare import prepare
from minibert.errors import MinibertError, RunError
from minibert.io.reporter import SilentReporter as Nobody
from minibert.pretraining.pretrain import pretrain
from minibert.runs.run import Run
from minibert.training.datasets import dataset_of_run

from helpers.samples import TINY, Silence, write_corpus


def train(out, inputs, **options):
    """A run of a few steps, and the dataset that its trainer had."""
    datasets = []
    reporter = Silence()
    reporter.on_row = lambda row, trainer: datasets.append(trainer.dataset)
    options = {**TINY, "log_every": 1, "steps": 2, **options}
    run = pretrain(
        [str(path) for path in inputs], PretrainOptions(**options, out=str(out)), reporter
    )
    return run.run, datasets[0]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"objective": "sentence_order", "mask_unit": "span", "seed": 3},
        {"objective": "full_sentences", "masked_lm_prob": 0.3, "final_masked_lm_prob": 0.1},
        {"max_predictions_per_seq": 2, "accumulate": 2, "cased": True},
        {"steps": None, "epochs": 0.1, "final_masked_lm_prob": 0.5},
    ],
    ids=lambda options: "-".join(options) or "defaults",
)
def test_the_dataset_of_a_run_has_its_training_batches(tmp_path, options):
    run, trained_on = train(tmp_path / "run", [write_corpus(tmp_path / "a.txt")], **options)
    tokenizer, dataset = dataset_of_run(Run.open(run.path))
    for epoch, index in [(0, 0), (0, 3), (2, 1)]:
        for ours, theirs in zip(
            dataset.batch(epoch, index), trained_on.batch(epoch, index), strict=True
        ):
            assert np.array_equal(ours, theirs)
    assert tokenizer.vocab_size == run.manifest.config.vocab_size


def test_a_prepared_folder_is_found(tmp_path):
    text = write_corpus(tmp_path / "a.txt")
    folder = tmp_path / "tokens"
    prepare([str(text)], PrepareOptions(vocab_size=150, out=str(folder)), Nobody())
    run, trained_on = train(tmp_path / "run", [folder], vocab_size=8192)
    text.unlink()
    _, dataset = dataset_of_run(run)
    assert np.array_equal(dataset.batch(1, 0).input_ids, trained_on.batch(1, 0).input_ids)


def deleted(run, text):
    text.unlink()


def rewritten(run, text):
    write_corpus(text, seed=9)


def evicted(run, text):
    for folder in cache_folder(bytes(32)).parent.iterdir():
        shutil.rmtree(folder)


def from_standard_input(run, text):
    run.manifest = dataclasses.replace(run.manifest, inputs=("-",))


@pytest.mark.parametrize(
    ("damage", "error", "sentence"),
    [
        (deleted, MinibertError, "a.txt"),
        (rewritten, RunError, "not cached any more"),
        (evicted, RunError, "not cached any more"),
        (from_standard_input, RunError, "standard input"),
    ],
)
def test_an_unavailable_corpus_is_reported(tmp_path, damage, error, sentence):
    text = write_corpus(tmp_path / "a.txt")
    run, _ = train(tmp_path / "run", [text])
    damage(run, text)
    with pytest.raises(error, match=sentence):
        dataset_of_run(run)


def test_evicted_tokens_are_made_again_with_a_reporter(tmp_path):
    text = write_corpus(tmp_path / "a.txt")
    run, trained_on = train(tmp_path / "run", [text])
    evicted(run, text)
    _, dataset = dataset_of_run(run, Nobody())
    assert np.array_equal(dataset.batch(0, 1).input_ids, trained_on.batch(0, 1).input_ids)
    assert dataset_of_run(run)[1].examples == dataset.examples


def test_a_changed_corpus_is_refused(tmp_path):
    text = write_corpus(tmp_path / "a.txt")
    run, _ = train(tmp_path / "run", [text])
    rewritten(run, text)
    with pytest.raises(RunError, match="not the one that"):
        dataset_of_run(run, Nobody())
