"""The Fill screen: keys, mouse, predictions, missing models."""

from __future__ import annotations

import math
import shutil

import pytest
from rich.cells import cell_len

from minibert.evaluation.pseudo_log_likelihood import PseudoLogLikelihood
from minibert.inference.fill_mask import FillMask
from minibert.tui.app import MinibertApp
from minibert.tui.color_scale import LEVELS
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.sections.fill.color_legend import ColorLegend
from minibert.tui.sections.fill.lens_table import LensTable
from minibert.tui.sections.fill.model_panel import ModelPanel
from minibert.tui.sections.fill.prediction_columns import PredictionColumns
from minibert.tui.widgets.checkpoint_slider import CheckpointSlider
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.shaded_words import ShadedWords

from helpers.samples import until

# Each test starts the application, which takes a second or more of it.
pytestmark = pytest.mark.exhaustive

TEXT = "the [MASK] sat by the fire"


@pytest.fixture
def app(looked_at):
    return MinibertApp(RunWatcher(looked_at), live=False)


async def opened(app, pilot, text=TEXT):
    await pilot.press("4")
    await until(pilot, " %")
    await write(app, pilot, text)


async def write(app, pilot, text):
    app.screen.query_one("#text", Field).value = text
    await answered(app, pilot)


async def answered(app, pilot):
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


def one(app, kind, of="#first"):
    return app.screen.query_one(of).query_one(kind)


def words(app):
    return app.screen.query_one(ShadedWords)


def text(app):
    return app.screen.query_one("#text", Field).value


def close(found, expected):
    return found == pytest.approx(expected, rel=1e-3, abs=1e-6)


async def test_the_predictions_are_those_of_minibert_fill(app, looked_at):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        fill = FillMask.from_pretrained(looked_at / "checkpoints" / "step-00000750")
        expected = fill(TEXT, top_k=5)
        (mask,) = one(app, PredictionColumns).masks
        for guess, answer in zip(mask.predictions, expected, strict=False):
            assert close(guess.score, answer["score"])
        assert fill.tokenizer.token_to_id(mask.predictions[0].token) == expected[0]["token"]
        assert f"{100 * expected[0]['score']:.1f} %" in screen_text(app)


async def test_every_layer_has_a_row_and_the_last_one_has_the_predictions_of_the_model(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        mask = one(app, LensTable).mask
        assert len(mask.layers) == 4
        assert mask.layers[-1].predictions == mask.predictions[:5]
        assert mask.layers[-1].rank == 1
        frame = screen_text(app)
        places = [frame.index(name) for name in ("layer 3", "layer 2", "layer 1", "embeddings")]
        assert places == sorted(places)


async def test_each_mask_has_a_column_and_arrows_go_between_them(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, "the [MASK] sat by [MASK] fire")
        columns = one(app, PredictionColumns)
        assert len(columns.masks) == 2
        await pilot.press("a", "down", "right", "down", "up", "down")
        assert columns.cursor == (1, 2)
        assert one(app, LensTable).mask == columns.masks[1]
        assert "Predictions by layer, mask 2" in screen_text(app)
        await pilot.press("left")
        assert columns.cursor == (0, 2)
        assert one(app, LensTable).mask == columns.masks[0]


async def test_space_masks_and_restores_the_word_under_the_cursor(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, "the old cat sat")
        assert words(app).has_focus
        await pilot.press("home", "right", "right", "left", "space")
        assert text(app) == "the [MASK] cat sat"
        await answered(app, pilot)
        assert "(was old)" in screen_text(app)
        assert "hides old" in app.screen.query_one(ColorLegend).value
        await pilot.press("end", "space")
        assert text(app) == "the [MASK] cat [MASK]"
        await pilot.pause()
        await pilot.press("home", "right", "space")
        assert text(app) == "the old cat [MASK]"


async def test_ctrl_t_masks_the_word_at_the_fields_cursor(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, "the old cat sat")
        await pilot.press("e", "home", *["right"] * 5, "ctrl+t")
        assert text(app) == "the [MASK] cat sat"
        assert app.screen.query_one("#text").has_focus


async def test_a_typed_mask_cannot_be_restored_and_a_warning_says_so(app):
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await opened(app, pilot, "[MASK] cat")
        await pilot.press("home", "space")
        await until(pilot, "The original word is unknown")
        assert text(app) == "[MASK] cat"


async def test_predictions_appear_while_typing(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, "the cat")
        assert "The text has no [MASK]" in screen_text(app)
        await pilot.press("e", "end", *" [MASK]")
        await answered(app, pilot)
        assert len(one(app, PredictionColumns).masks) == 1
        await pilot.press("enter")
        assert words(app).has_focus


async def test_enter_inserts_a_prediction(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, "the [MASK] sat by [MASK] fire")
        await pilot.press("a", "right", "down", "down")
        piece = one(app, PredictionColumns).masks[1].predictions[2].token
        await pilot.press("enter")
        await answered(app, pilot)
        put = piece.removeprefix("##")
        assert text(app).replace(" ", "") == f"the [MASK] sat by {put} fire".replace(" ", "")
        assert len(one(app, PredictionColumns).masks) == 1


async def test_words_are_colored_by_surprisal(app, looked_at):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, "the old unable cat sat")
        score = PseudoLogLikelihood.from_pretrained(looked_at / "checkpoints" / "step-00000750")
        (expected,) = score(["the old unable cat sat"])
        surprisals = app.screen._surprisals
        assert close(-sum(surprisals), expected.pll)
        levels = [word.level for word in words(app).words]
        assert len(levels) == 5
        shares = [min(1.0, nats / 10) for nats in surprisals]
        assert levels == [round(share * (LEVELS - 1)) for share in shares]
        await pilot.press("home", "right")
        assert f"old  {surprisals[1]:.2f} nats" in screen_text(app)
        assert math.exp(-surprisals[1]) < 0.0001
        assert "< 0.01 %" in screen_text(app)


async def test_masks_have_no_surprisal(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        assert [word.level is None for word in words(app).words].index(True) == 1
        assert words(app).words[1].marked


async def test_the_mouse_masks_a_word_and_inserts_a_prediction(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, "the old cat sat")
        await pilot.click(ShadedWords, offset=(7, 1))
        assert text(app) == "the [MASK] cat sat"
        await answered(app, pilot)
        columns = one(app, PredictionColumns)
        await pilot.click(PredictionColumns, offset=(4, 4))
        assert columns.cursor == (0, 3)
        piece = columns.masks[0].predictions[3].token.removeprefix("##")
        await pilot.click(PredictionColumns, offset=(4, 4), times=2)
        await pilot.pause()
        assert piece in text(app)
        assert "[MASK]" not in text(app) or piece == "[MASK]"


async def test_comma_and_full_stop_select_other_checkpoints(app, looked_at):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        before = one(app, PredictionColumns).masks
        await pilot.press("comma", "comma")
        await answered(app, pilot)
        assert one(app, CheckpointSlider).folder.name == "step-00000250"
        fill = FillMask.from_pretrained(looked_at / "checkpoints" / "step-00000250")
        assert close(
            one(app, PredictionColumns).masks[0].predictions[0].score, fill(TEXT)[0]["score"]
        )
        await pilot.press("full_stop", "full_stop")
        await answered(app, pilot)
        assert one(app, PredictionColumns).masks == before


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (250, 70)])
async def test_c_compares_with_the_first_checkpoint_and_c_ends_that(app, looked_at, size):
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot)
        await pilot.press("c")
        await answered(app, pilot)
        first, second = one(app, PredictionColumns), one(app, PredictionColumns, "#second")
        assert one(app, CheckpointSlider, "#second").folder.name == "step-00000250"
        assert first.masks != second.masks
        assert (
            first.scale
            == second.scale
            >= max(first.masks[0].predictions[0].score, second.masks[0].predictions[0].score)
        )
        second.focus()
        await pilot.press("full_stop")
        await answered(app, pilot)
        assert one(app, CheckpointSlider, "#second").folder.name == "step-00000500"
        assert one(app, CheckpointSlider).folder.name == "step-00000750"
        assert "step 500" in screen_text(app)
        await pilot.press("c")
        assert not app.screen.query_one("#second", ModelPanel).display


async def test_o_compares_with_another_model(app, looked_at, tmp_path):
    other = shutil.copytree(looked_at / "checkpoints" / "step-00000500", tmp_path / "other")
    for name in ("config.json", "tokenizer.json", "vocab.txt"):
        shutil.copy(looked_at / name, other / name)
    async with app.run_test(size=(250, 70)) as pilot:
        await opened(app, pilot)
        await pilot.press("o")
        await pilot.pause()
        app.screen.query_one("Input").value = str(other)
        await pilot.press("enter")
        await answered(app, pilot)
        expected = FillMask.from_pretrained(other)(TEXT)[0]["score"]
        assert close(one(app, PredictionColumns, "#second").masks[0].predictions[0].score, expected)
        await pilot.press("o")
        await pilot.pause()
        app.screen.query_one("Input").value = str(tmp_path / "nothing")
        await pilot.press("enter")
        await until(pilot, "There is no model folder")
        await pilot.press("o", "escape")
        await pilot.pause()
        assert "nothing" in str(app.screen.query_one("#second .predictions").border_title)
        await pilot.press("o")
        await pilot.pause()
        app.screen.query_one("Input").value = ""
        await pilot.press("enter")
        await answered(app, pilot)
        assert one(app, CheckpointSlider, "#second").folder.parent.parent == looked_at


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Type a text with [MASK]"),
        ("the cat", "The text has no [MASK]"),
        ("[MASK] " * 50, "The text has 52 tokens"),
    ],
)
async def test_a_text_that_cannot_be_filled_is_shown_in_place_of_the_predictions(app, typed, said):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, typed)
        await until(pilot, said)
        await pilot.press("a", "down", "right", "enter", "w", "right", "escape")
        await write(app, pilot, TEXT)
        assert one(app, PredictionColumns).message is None


TEXTS = ["[MASK]", "שלום [MASK] cat", "今日 [MASK] 今 [MASK]", "incomprehensibilities [MASK]",
         "the [MASK] " * 18]  # fmt: skip


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (250, 70)])
async def test_any_text_fits_the_window(app, size):
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot)
        for typed in TEXTS:
            await write(app, pilot, typed)
            for key in ("a", "right", "c"):
                await pilot.press(key)
                await pilot.pause()
                assert all(cell_len(line) <= size[0] for line in screen_text(app).splitlines())


async def test_a_run_without_weights_shows_a_message_until_the_first_checkpoint(
    make_run, give_weights, clock
):
    run = make_run(20)
    app = MinibertApp(RunWatcher(run.path, clock))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("4")
        await until(pilot, "There is no checkpoint yet")
        give_weights(run.path)
        await until(pilot, "bars up to")
        await until(pilot, "The old [MASK] sat by the fire. │ ╰")


async def test_without_a_run_there_are_no_predictions(tmp_path, clock):
    app = MinibertApp(RunWatcher(tmp_path / "nothing", clock), live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("4")
        await until(pilot, "There is no checkpoint yet")
