"""The Data screen: the batches that a run trains on, each example with its masks."""

from __future__ import annotations

import dataclasses
import shutil

import numpy as np
import pytest

from minibert.runs.manifest import RunState
from minibert.runs.run import Run
from minibert.training.datasets import dataset_of_run
from minibert.tui.app import MinibertApp
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.sections.data.example_table import ExampleTable
from minibert.tui.sections.data.example_text import ExampleText
from minibert.tui.sections.data.examples import batch_examples

from helpers.samples import until, write_corpus

# Each test starts the application, which takes a second or more of it.
pytestmark = pytest.mark.exhaustive


@pytest.fixture
def run(short_run):
    return short_run


# ---- without a screen ----------------------------------------------------------------------------


@pytest.mark.parametrize("objective", ["next_sentence", "sentence_order", "full_sentences"])
def test_examples_are_the_batch_token_by_token(run, objective):
    tokenizer, dataset = dataset_of_run(Run(run.path, with_objective(run, objective)))
    batch = dataset.batch(1, 0)
    examples = batch_examples(batch, tokenizer, objective)
    labels = batch.labels()
    assert len(examples) == len(batch.input_ids)
    for row, example in enumerate(examples):
        length = len(example.tokens)
        assert length + example.padding == batch.input_ids.shape[1]
        ids = [tokenizer.token_to_id(token.token) for token in example.tokens]
        assert ids == batch.input_ids[row, :length].tolist()
        predicted = [token.masking != "unselected" for token in example.tokens]
        assert predicted == (labels[row, :length] != -100).tolist()
        for token, target in zip(example.tokens, labels[row], strict=False):
            if token.masking != "unselected":
                assert tokenizer.token_to_id(token.original) == target
            assert (token.masking == "unchanged") == (
                token.original == token.token and token.masking != "unselected"
            )
            assert (token.masking == "masked") == (token.token == "[MASK]")
        assert [t.segment for t in example.tokens] == batch.token_type_ids[row, :length].tolist()


def with_objective(run, objective):
    options = dataclasses.replace(run.manifest.options, objective=objective)
    return dataclasses.replace(run.manifest, options=options)


@pytest.mark.parametrize(
    ("objective", "words"),
    [
        ("next_sentence", ("B follows A", "B is random")),
        ("sentence_order", ("in order", "swapped")),
        ("line", (None, None)),
    ],
)
def test_a_pair_label_is_shown_in_words(run, objective, words):
    tokenizer, dataset = dataset_of_run(Run(run.path, with_objective(run, objective)))
    batch = dataset.batch(0, 0)
    found = [example.label for example in batch_examples(batch, tokenizer, objective)]
    labels = batch.next_sentence_label if words[0] else np.zeros(len(found), dtype=int)
    assert found == [words[label] for label in labels]


# ---- the screen ----------------------------------------------------------------------------------


@pytest.fixture
def app(run):
    return MinibertApp(RunWatcher(run.path), live=False)


async def opened(app, pilot):
    await pilot.press("6")
    await until(pilot, "epoch 0 · batch 0")


async def test_the_masked_and_the_original_sentence_are_shown(app, run):
    tokenizer, dataset = dataset_of_run(run)
    example = batch_examples(dataset.batch(0, 0), tokenizer, "next_sentence")[3]
    async with app.run_test(size=(250, 70)) as pilot:
        await opened(app, pilot)
        await pilot.press("down", "down", "down")
        await pilot.pause()
        assert app.screen.query_one(ExampleText).example == example
        text = screen_text(app)
        assert text.count("[MASK]") >= example.counts()["masked"]
        for token in example.tokens:
            if token.masking == "random":
                assert f"~{token.token.removeprefix('##')}~" in text
            if token.masking == "unchanged":
                assert f"={token.token.removeprefix('##')}=" in text
        words = " ".join(t.original for t in example.tokens if t.segment == 0).replace(" ##", "")
        assert words in text
        assert example.label in text


async def test_keys_go_through_batches_and_epochs(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        for key, place in [
            ("n", "epoch 0 · batch 1"),
            ("n", "epoch 0 · batch 2"),
            ("p", "epoch 0 · batch 1"),
            ("N", "epoch 1 · batch 1"),
            ("p", "epoch 1 · batch 0"),
            ("P", "epoch 0 · batch 0"),
            ("P", "epoch 0 · batch 0"),
            ("p", "epoch 0 · batch 0"),
        ]:
            await pilot.press(key)
            await until(pilot, place)


async def test_beyond_the_last_batch_is_the_next_epoch_and_back(app, run):
    _, dataset = dataset_of_run(run)
    last = dataset.batches_per_epoch(0) - 1
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("g", *f"{last}", "enter")
        await until(pilot, f"epoch 0 · batch {last}")
        await pilot.press("n")
        await until(pilot, "epoch 1 · batch 0")
        await pilot.press("p")
        await until(pilot, f"epoch 0 · batch {last}")


@pytest.mark.parametrize(
    ("typed", "place"), [("3,2", "epoch 3 · batch 2"), ("4", "epoch 0 · batch 4")]
)
async def test_an_epoch_and_a_batch_can_be_typed(app, run, typed, place):
    tokenizer, dataset = dataset_of_run(run)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("g", *typed, "enter")
        await until(pilot, place)
        epoch, index = [0, *map(int, typed.split(","))][-2:]
        first = batch_examples(dataset.batch(epoch, index), tokenizer, "next_sentence")[0]
        assert app.screen.query_one(ExampleText).example == first
        assert isinstance(app.focused, ExampleTable)


@pytest.mark.parametrize(
    ("typed", "said"),
    [("x", "Type an epoch and a batch"), ("1,2,3", "Type an epoch"), ("99999", "99999")],
)
async def test_an_invalid_position_shows_why_and_the_batch_stays(app, typed, said):
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await opened(app, pilot)
        await pilot.press("g", *typed, "enter")
        await until(pilot, said)
        await until(pilot, "epoch 0 · batch 0")


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (250, 70)], ids=str)
async def test_the_screen_fits_every_window(app, size):
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot)
        lines = app.screen._compositor.render_strips()
        assert {line.cell_length for line in lines} == {size[0]}


# ---- texts that are gone -------------------------------------------------------------------------


@pytest.fixture
def copied(run, tmp_path):
    """The run and its text where a test may damage them."""
    text = write_corpus(tmp_path / "animals.txt")
    shutil.copytree(run.path, tmp_path / "run")
    copy = Run.open(tmp_path / "run")
    copy.manifest = dataclasses.replace(copy.manifest, inputs=(str(text),))
    copy.set_state(RunState.FINISHED)
    return copy, text


async def test_c_tokenizes_again_if_the_tokens_left_the_cache(copied):
    app = MinibertApp(RunWatcher(copied[0].path), live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("6")
        await until(pilot, "are not cached any more")
        offered = {binding.key for _, binding, *_ in app.screen.active_bindings.values()}
        assert "c" in offered
        assert not {"n", "p", "N", "P", "g"} & offered
        await pilot.press("c")
        await until(pilot, "epoch 0 · batch 0")
        assert "not kept" not in screen_text(app)


async def test_a_text_that_was_deleted_is_named(copied):
    run, text = copied
    text.unlink()
    app = MinibertApp(RunWatcher(run.path), live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("6")
        await until(pilot, "The batches of this run cannot be shown")
        await until(pilot, "animals.txt")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda make_run: make_run(5), "has neither a tokenizer.json"),
        (lambda make_run: make_run(5, format=99), "newer minibert"),
        (lambda make_run: make_run(5, inputs=["-"]), "standard input"),
        (lambda make_run: make_run(5, inputs=[], options=3), "options is not an object"),
    ],
)
async def test_the_reason_is_shown_if_batches_cannot_be(make_run, clock, make, said):
    app = MinibertApp(RunWatcher(make(make_run).path, clock), live=False)
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("6")
        await until(pilot, said)


async def test_without_a_run_there_is_no_batch(tmp_path):
    app = MinibertApp(RunWatcher(tmp_path / "none"), live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("6")
        await until(pilot, "There is no run yet")


async def test_another_run_is_opened_with_its_own_batches(run, copied):
    app = MinibertApp(RunWatcher(run.path))
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("n")
        await until(pilot, "batch 1")
        app.open_run(copied[0].path)
        await until(pilot, "not cached any more")
        assert app.screen.query_one(ExampleTable).row_count == 0
