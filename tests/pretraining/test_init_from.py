"""Pretraining can start from a model folder, minibert's or another's."""

import dataclasses
import json
import shutil

import pytest

from minibert.config import PretrainOptions
from minibert.config.pretrain import CONTINUED_PRETRAINING_LR_DIVISOR
from minibert.config.recipe import RECIPES
from minibert.errors import ModelError, OptionError, RunError
from minibert.model.files import load_model
from minibert.pretraining.pretrain import pretrain
from minibert.runs.run import Run
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.training.trainer import Trainer

from helpers.samples import Silence, write_corpus

torch = pytest.importorskip("torch")
pytest.importorskip("transformers")

from helpers import published_models as p  # noqa: E402 - it needs transformers

OPTIONS = {"steps": 6, "batch_size": 4, "log_every": 2, "checkpoint_every": 2, "threads": 1}


def begin(corpus, folder, out, reporter=None, **more):
    options = PretrainOptions(init_from=str(folder), out=str(out), **{**OPTIONS, **more})
    return pretrain([str(corpus)], options, reporter or Silence())


@pytest.fixture
def corpus(tmp_path):
    return write_corpus(tmp_path / "animals.txt", documents=30)


def test_the_first_step_starts_from_the_folder_as_it_is(small_run, corpus, tmp_path, monkeypatch):
    folder = small_run.run.path
    seen = {}

    def train(trainer, holds):
        seen.update({k: v.clone() for k, v in trainer.model.state_dict().items()})
        assert trainer.model.training
        return iter(())

    monkeypatch.setattr(Trainer, "train", train)
    begin(corpus, folder, tmp_path / "run")
    for name, tensor in load_model(folder).state_dict().items():
        assert torch.equal(seen[name], tensor), name


def test_continued_pretraining_starts_near_the_initial_loss(small_run, corpus, tmp_path):
    before = small_run.evaluation.mlm_loss
    outcome = begin(corpus, small_run.run.path, tmp_path / "run", checkpoint_every=1, steps=8)
    losses = [row.mlm_loss for row in outcome.run.metrics() if row.split == "validation"]
    assert max(losses) < before + 0.3  # new documents of the same kind; guessing costs 5 nats


def test_the_folder_gives_its_tokenizer_and_shape_and_the_recipe_its_dropout(corpus, tmp_path):
    folder = p.published(tmp_path / "model", hidden_act="gelu_new", hidden_dropout_prob=0.3)
    run = begin(corpus, folder, tmp_path / "run", recipe="bert").run
    config = load_model(run.path).config
    assert config == dataclasses.replace(
        load_model(folder).config, hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1
    )
    assert (run.path / "vocab.txt").read_text() == (folder / "vocab.txt").read_text()
    tokenizer = WordPieceTokenizer.from_pretrained(run.path)
    assert tokenizer.options == WordPieceTokenizer.from_pretrained(folder).options
    settings = json.loads((run.path / "tokenizer_config.json").read_text())
    assert settings["model_max_length"] == 24


def test_the_manifest_records_the_initial_model(corpus, tmp_path):
    folder = p.published(tmp_path / "model")
    p.in_parts(folder)
    run = begin(corpus, folder, tmp_path / "run").run
    origin = Run.open(run.path).manifest.init_from
    assert origin.folder == str(folder)
    assert set(origin.sha256) == {path.name for path in folder.glob("*.safetensors")}
    recipe = run.manifest.recipe
    assert recipe.learning_rate == pytest.approx(
        RECIPES["minibert"].learning_rate / CONTINUED_PRETRAINING_LR_DIVISOR
    )
    assert recipe.muon_learning_rate == pytest.approx(1e-2 / CONTINUED_PRETRAINING_LR_DIVISOR)
    assert recipe.position_amplitude is None and recipe.neighbor_gain is None
    assert recipe.context_scale is None and recipe.zero_outputs is False
    assert "trained from the weights of `model`" in (run.path / "README.md").read_text()


def test_a_given_learning_rate_is_used(corpus, tmp_path):
    run = begin(corpus, p.published(tmp_path / "model"), tmp_path / "run", lr=6e-4).run
    recipe = run.manifest.recipe
    assert recipe.learning_rate == 6e-4
    assert recipe.muon_learning_rate == pytest.approx(2e-3)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("masked words", "has no pooler and no NSP head; randomly initialized"),
        ("encoder", "has no MLM head and no NSP head; randomly initialized"),
        ("pretraining", None),
    ],
)
def test_missing_heads_are_randomly_initialized_and_reported(corpus, tmp_path, kind, said):
    folder, reporter = p.published(tmp_path / "model", kind), Silence()
    begin(corpus, folder, tmp_path / "run", reporter)
    notes = [note for note in reporter.notes if "randomly initialized" in note]
    assert (len(notes), said or "") == (1, said) if said else not notes
    assert said is None or said in notes[0]
    load_model(tmp_path / "run", needs=("pooler", "MLM head", "NSP head"))


def test_a_run_is_resumed_bit_for_bit_even_without_the_initial_model(corpus, tmp_path):
    folder = p.published(tmp_path / "model")
    begin(corpus, folder, tmp_path / "whole")
    reporter = Silence()
    reporter.on_row = lambda row, trainer: row.step == 2 and trainer.stop()
    stopped = begin(corpus, folder, tmp_path / "stopped", reporter)
    assert not stopped.finished
    shutil.rmtree(folder)
    again = PretrainOptions(out=str(tmp_path / "stopped"), resume=True, threads=1)
    assert pretrain([], again, Silence()).finished
    for name in ("model.safetensors", "config.json", "vocab.txt"):
        assert (tmp_path / "whole" / name).read_bytes() == (
            tmp_path / "stopped" / name
        ).read_bytes()


def test_the_run_is_named_after_the_corpus_and_the_initial_model(corpus, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    folder = p.published(tmp_path / "model")
    options = PretrainOptions(init_from=str(folder), **OPTIONS)
    assert str(pretrain([str(corpus)], options, Silence()).run.path) == "runs/animals-from-model"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--preset", "tiny"], "--preset cannot be combined with --init-from model, which"),
        (["--layers", "2"], "--layers cannot be combined with --init-from model"),
        (["--hidden-size", "32"], "--hidden-size cannot be combined with --init-from model"),
        (["--heads", "4"], "--heads cannot be combined with --init-from model"),
        (["--vocab-size", "8192"], "--vocab-size cannot be combined with --init-from model"),
        (["--cased"], "--cased cannot be combined with --init-from model"),
        (["--seq-len", "128"], "--seq-len is 128, and model has 24 positions; give --seq-len 24"),
    ],
)
def test_an_option_that_contradicts_the_initial_model_is_refused_by_name(
    call, corpus, tmp_path, arguments, said
):
    p.published(tmp_path / "model")
    code, out, err = call("pretrain", corpus, "--init-from", "model", "--out", "run", *arguments)
    assert (code, out) == (2, "") and said in err.splitlines()[-1]
    assert not (tmp_path / "run").exists()


def no_folder(folder):
    shutil.rmtree(folder)


def no_weights(folder):
    (folder / "model.safetensors").unlink()


def no_vocabulary(folder):
    (folder / "vocab.txt").unlink()


def one_segment(folder):
    p.configure(folder, type_vocab_size=1)


def more_tokens(folder):
    with (folder / "vocab.txt").open("a") as file:
        file.writelines(f"w{number}\n" for number in range(40))


@pytest.mark.parametrize(
    ("damage", "error", "said"),
    [
        (no_folder, ModelError, r"there is no model folder .*model"),
        (no_weights, ModelError, "model is no model folder: it has no model.safetensors"),
        (no_vocabulary, OSError, "neither a tokenizer.json nor a vocab.txt"),
        (one_segment, OptionError, "give `objective` full_sentences"),
        (
            more_tokens,
            ModelError,
            "has 59 tokens in its vocabulary, but its model has embeddings for 40",
        ),
    ],
)
def test_a_folder_without_a_model_is_refused_and_nothing_is_written(
    corpus, tmp_path, damage, error, said
):
    folder = p.published(tmp_path / "model")
    damage(folder)
    with pytest.raises(error, match=said):
        begin(corpus, folder, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_tokens_must_be_of_the_tokenizer_of_the_initial_model(call, corpus, tmp_path):
    p.published(tmp_path / "model")
    for name, tokenizer_options in (
        ("other", ["--vocab-size", "60"]),
        ("own", ["--tokenizer", "model"]),
    ):
        assert call("prepare", corpus, *tokenizer_options, "-o", name)[0] == 0
    common = ("--init-from", "model", "--out", "run", "--steps", "1", "--threads", "1")
    code, _, err = call("pretrain", "other", *common)
    assert code == 2 and "made by another tokenizer than that of model" in err
    assert call("pretrain", "own", *common)[0] == 0


def test_a_run_is_not_resumed_with_another_initial_model(corpus, tmp_path):
    folder = p.published(tmp_path / "model")
    reporter = Silence()
    reporter.on_row = lambda row, trainer: trainer.stop()
    begin(corpus, folder, tmp_path / "run", reporter)
    with pytest.raises((OptionError, RunError), match=r"`init_from` is elsewhere, but .* started"):
        begin(corpus, "elsewhere", tmp_path / "run", resume=True)
