"""The manifest of a run is read as it was written, and refused where it is damaged."""

import dataclasses
import json

import pytest

from minibert.config import PretrainOptions
from minibert.errors import RunError
from minibert.runs.manifest import InitFrom, Manifest, RunState
from minibert.runs.run import Run

from helpers.samples import training_record


@pytest.fixture
def written(tmp_path):
    Run.create(tmp_path / "run", training_record())
    return json.loads((tmp_path / "run" / "minibert.json").read_text())


def read(folder, content):
    folder.mkdir(exist_ok=True)
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "minibert.json").write_text(text)
    return Manifest.read(folder)


def test_a_manifest_is_read_as_it_was_written(tmp_path):
    record = training_record(
        inputs=("/texts/a.txt", "-"),
        options=PretrainOptions(preset="mini", time="10m", lr=1e-3),
        init_from=InitFrom(folder="/models/a", sha256={"model.safetensors": "ab"}),
    )
    run = Run.create(tmp_path / "run", record)
    run.set_state(RunState.FAILED, "the disk is full")
    manifest = Run.open(run.path).manifest
    assert manifest == run.manifest
    assert (manifest.state, manifest.error, manifest.session) == ("failed", "the disk is full", 1)
    for field in dataclasses.fields(record):
        assert getattr(manifest, field.name) == getattr(record, field.name)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("{", "cannot be read"),
        ("[]", "is not the manifest of a run"),
        ('{"state": "finished"}', "is not the manifest of a run"),
        ('{"format": 99}', "written by a newer minibert (format 99, this one reads 2); update"),
        ('{"format": 1}', "written by an older minibert (format 1, this one reads 2)"),
        ('{"format": 2}', "is damaged: inputs is missing"),
    ],
)
def test_a_file_that_is_no_manifest_of_this_format_is_refused(tmp_path, content, sentence):
    with pytest.raises(RunError) as error:
        read(tmp_path, content)
    assert sentence in str(error.value)


def test_a_folder_without_a_manifest_holds_no_run(tmp_path):
    with pytest.raises(RunError, match=r"holds no run: it has no minibert\.json"):
        Manifest.read(tmp_path)


@pytest.mark.parametrize(
    ("keys", "value", "sentence"),
    [
        (("pid",), "many", "pid is not an integer"),
        (("pid",), True, "pid is not an integer"),
        (("inputs",), None, "inputs is not a list"),
        (("inputs",), [1], "inputs[0] is not a string"),
        (("options",), 3, "options is not an object"),
        (("options", "steps"), "many", "options.steps is not an integer"),
        (("options", "objective"), "guess", "objective"),
        (("config", "hidden_size"), "wide", "config.hidden_size is not an integer"),
        (("config", "hidden_size"), 0, "hidden_size"),
        (("corpus", "fingerprint"), None, "corpus.fingerprint is not a string"),
        (("uniform_loss",), float("nan"), "uniform_loss is not a finite number"),
        (("unigram_entropy",), 10**400, "unigram_entropy is not a finite number"),
        (("budget", "steps"), 0, "budget has no positive number"),
        (("budget", "steps"), None, "budget has no positive number"),
        (("recipe", "betas"), [0.9], "recipe.betas has 1 values instead of 2"),
        (("init_from",), {"folder": "a", "sha256": []}, "init_from.sha256 is not an object"),
    ],
)
def test_a_value_of_a_wrong_kind_is_refused_by_its_name(tmp_path, written, keys, value, sentence):
    inner = written
    for key in keys[:-1]:
        inner = inner[key]
    inner[keys[-1]] = value
    with pytest.raises(RunError) as error:
        read(tmp_path, written)
    assert "minibert.json is damaged" in str(error.value) and sentence in str(error.value)


def test_a_missing_value_is_refused_by_its_name(tmp_path, written):
    del written["corpus"]["tokens"]
    with pytest.raises(RunError, match=r"corpus\.tokens is missing"):
        read(tmp_path, written)


def test_keys_and_states_of_a_newer_writer_are_kept_readable(tmp_path, written):
    written |= {"state": "dreaming", "later": {"a": 1}}
    written["options"]["later"] = 3
    assert read(tmp_path, written).state == "dreaming"
    assert Run.open(tmp_path).state == "dreaming"


def test_an_option_that_did_not_exist_has_its_default(tmp_path, written):
    del written["options"]["keep"]
    assert read(tmp_path, written).options == PretrainOptions()


def test_a_state_is_written_and_shown_as_its_word():
    assert json.dumps(RunState.RUNNING) == '"running"'
    assert f"{RunState.RUNNING}" == str(RunState.RUNNING) == "running"
    assert {"running": 1}[RunState.RUNNING] == 1
