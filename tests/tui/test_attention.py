"""The Attention screen: keys, mouse, new and deleted checkpoints, missing models."""

from __future__ import annotations

import shutil

import numpy as np
import pytest
from rich.cells import cell_len

from minibert.interpretability.activations import collect_activations
from minibert.model.pretrained import Pretrained
from minibert.tui.app import MinibertApp
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.sections.attention.attention_lines import AttentionLines
from minibert.tui.sections.attention.head_grid import HeadGrid
from minibert.tui.sections.attention.heat_map import HeatMap
from minibert.tui.widgets.checkpoint_slider import CheckpointSlider
from minibert.tui.widgets.field import Field
from minibert.tui.widgets.shaded_words import ShadedWords

from helpers.samples import until

# Each test starts the application, which takes a second or more of it.
pytestmark = pytest.mark.exhaustive

PAIR = "the old cat sat | the man was warm"


@pytest.fixture
def app(looked_at):
    return MinibertApp(RunWatcher(looked_at), live=False)


async def opened(app, pilot, text=PAIR):
    await pilot.press("3")
    await until(pilot, "3 layers")
    await write(app, pilot, text)


async def write(app, pilot, text):
    app.screen.query_one("#text", Field).value = text
    await pilot.pause()
    await app.workers.wait_for_complete()
    await pilot.pause()


def one(app, kind):
    return app.screen.query_one(kind)


def reading(app):
    return str(app.screen.query_one("#head").border_subtitle)


def weights_of(folder, text, pair=None):
    loaded = Pretrained.load(folder)
    read = loaded.tokenizer.encode(text, pair)
    return collect_activations(loaded.model, read.ids, read.type_ids).attentions


async def test_the_maps_are_the_weights_of_the_newest_checkpoint(app, looked_at):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        folder = looked_at / "checkpoints" / "step-00000750"
        expected = weights_of(folder, "the old cat sat", "the man was warm")
        reading = one(app, HeadGrid).reading
        assert np.array_equal(reading.attentions, expected)
        assert reading.tokens == (
            "[CLS]", "the", "old", "cat", "sat", "[SEP]", "the", "man", "was", "warm", "[SEP]",
        )  # fmt: skip
        assert {len(names) for names in reading.patterns} == {4}


async def test_arrows_select_a_head_and_a_cell_and_its_weight_is_shown(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("right", "down", "down", "left", "right", "up")
        assert one(app, HeadGrid).selected == (1, 1)
        assert "Layer 2, head 2" in str(app.screen.query_one("#head").border_title)
        await pilot.press("enter")
        await pilot.pause()
        assert one(app, HeatMap).has_focus
        await pilot.press("home", "down", "down", "right")
        weight = one(app, HeadGrid).reading.attentions[1, 1, 3, 1]
        assert reading(app) == f"cat → the  {weight:.3f}"
        await pilot.press("space")
        row = one(app, HeadGrid).reading.attentions[1, 1, 3]
        assert reading(app).endswith(f"{row.max():.3f}")
        await pilot.press("end", "up", "left")
        assert reading(app).startswith("old → warm")
        await pilot.press("escape")
        await pilot.pause()
        assert one(app, HeadGrid).has_focus


async def test_n_and_p_go_through_the_heads_while_the_cell_stays(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("p")
        assert one(app, HeadGrid).selected == (2, 3)
        await pilot.press("n", "n")
        assert one(app, HeadGrid).selected == (0, 1)
        assert one(app, HeatMap).cursor == (1, 0)


async def test_l_changes_to_lines_and_back(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("enter")
        await pilot.pause()
        await pilot.press("l")
        await pilot.pause()
        lines = one(app, AttentionLines)
        assert lines.has_focus
        assert not one(app, HeatMap).display
        await pilot.press("down", "down", "up")
        assert lines.row == 2
        weight = one(app, HeadGrid).reading.attentions[0, 0, 2, 9]
        assert f"{weight:.3f}" in screen_text(app)
        await pilot.press("l")
        await pilot.pause()
        assert one(app, HeatMap).has_focus
        assert one(app, HeatMap).cursor[0] == 2


async def test_m_hides_and_shows_the_special_tokens(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("m")
        assert one(app, HeatMap).data.labels == (
            "the", "old", "cat", "sat", "the", "man", "was", "warm",
        )  # fmt: skip
        assert one(app, HeadGrid).reading.attentions.shape[-2:] == (8, 8)
        assert "[CLS]" not in "".join(word.text for word in one(app, ShadedWords).words)
        await pilot.press("m")
        assert len(one(app, HeatMap).data.labels) == 11


async def test_words_are_colored_by_the_attention_of_the_selected_token(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        words = one(app, ShadedWords)
        words.focus()
        await pilot.press("home", "right", "right", "right", "left")
        assert one(app, HeatMap).cursor[0] == 2
        assert str(words.border_title) == "Attention of 'old'"
        row = one(app, HeadGrid).reading.attentions[0, 0, 2]
        shades = [word.level for word in words.words]
        assert shades.index(max(shades)) == int(row.argmax())


async def test_comma_and_full_stop_go_through_the_checkpoints(app, looked_at):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        slider = one(app, CheckpointSlider)
        assert "newest" in screen_text(app)
        await pilot.press("comma", "comma", "comma")
        await app.workers.wait_for_complete()
        assert slider.folder.name == "step-00000250"
        expected = weights_of(slider.folder, "the old cat sat", "the man was warm")
        assert np.array_equal(one(app, HeadGrid).reading.attentions, expected)
        await pilot.press("full_stop")
        await app.workers.wait_for_complete()
        assert slider.folder.name == "step-00000500"


async def test_the_slider_is_moved_by_its_own_keys_and_by_dragging(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        slider = one(app, CheckpointSlider)
        slider.focus()
        for key, at in (("home", 0), ("right", 1), ("end", 2), ("left", 1)):
            await pilot.press(key)
            assert slider.index == at
        await pilot.mouse_down(CheckpointSlider, offset=(100, 0))
        assert slider.index == 2
        await pilot.hover(CheckpointSlider, offset=(16, 0))
        assert slider.index == 0
        await pilot.mouse_up(CheckpointSlider, offset=(16, 0))
        await pilot.hover(CheckpointSlider, offset=(100, 0))
        assert slider.index == 0


async def test_the_mouse_selects_a_head_a_cell_a_word_and_a_checkpoint(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        frame = screen_text(app).splitlines()
        row = next(n for n, line in enumerate(frame) if line.count("▀▀") >= 4)
        column = frame[row].index("▀", frame[row].index("▀ ") + 1)
        await pilot.click(offset=(column, row))
        assert one(app, HeadGrid).selected == (0, 1)
        heat_map = one(app, HeatMap)
        layout = heat_map._layout_map()
        x = layout.left + 4 * layout.width
        await pilot.hover(HeatMap, offset=(x, layout.top + 2 * layout.height))
        assert heat_map.cursor == (2, 4)
        await pilot.click(HeatMap, offset=(x, layout.top))
        assert heat_map.cursor == (0, 4)
        await pilot.click(ShadedWords, offset=(14, 1))
        assert reading(app).startswith("old →")
        await pilot.click(CheckpointSlider, offset=(2 + 14, 0))
        await app.workers.wait_for_complete()
        assert one(app, CheckpointSlider).index == 0


async def test_a_double_click_opens_a_head(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.click(HeadGrid, offset=(4, 3), times=2)
        await pilot.pause()
        assert one(app, HeatMap).has_focus


async def test_a_narrow_window_shows_all_heads_or_one(app):
    async with app.run_test(size=(80, 24)) as pilot:
        await opened(app, pilot)
        assert one(app, HeadGrid).display
        assert "Layer 1, head 1" not in screen_text(app)
        await pilot.press("right", "enter")
        await pilot.pause()
        assert "Layer 1, head 2" in screen_text(app)
        assert "3 layers" not in screen_text(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "3 layers" in screen_text(app)
        await pilot.press("l")
        await pilot.pause()
        assert one(app, AttentionLines).has_focus


async def test_e_edits_and_enter_goes_to_the_heads(app):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("e")
        await pilot.pause()
        assert one(app, "#text").has_focus
        await pilot.press("end", *" cat")
        await app.workers.wait_for_complete()
        assert one(app, HeadGrid).reading.tokens[-2:] == ("cat", "[SEP]")
        await pilot.press("enter")
        await pilot.pause()
        assert one(app, HeadGrid).has_focus


@pytest.mark.parametrize(
    ("name", "begins"), [("a.svg", b"<svg"), ("b.html", b"<!doctype html>"), ("c.png", b"\x89PNG")]
)
async def test_x_writes_the_head(app, tmp_path, monkeypatch, name, begins):
    if name.endswith(".png"):
        pytest.importorskip("resvg_py")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await opened(app, pilot)
        await pilot.press("right", "x")
        await pilot.pause()
        field = app.screen.query_one("Input")
        assert field.value == "attention-1-2.svg"
        field.value = str(tmp_path / name)
        await pilot.press("enter")
        await until(pilot, "Written:")
    assert (tmp_path / name).read_bytes().lower().startswith(begins.lower())


@pytest.mark.parametrize(
    ("name", "said"),
    [("a.gif", "must end in"), ("there.svg", "exists; choose"), ("no/a.svg", "cannot be")],
)
async def test_a_file_that_cannot_be_written_shows_why(app, tmp_path, name, said):
    (tmp_path / "there.svg").write_text("mine")
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await opened(app, pilot)
        await pilot.press("x")
        await pilot.pause()
        app.screen.query_one("Input").value = str(tmp_path / name)
        await pilot.press("enter")
        await until(pilot, said)
    assert (tmp_path / "there.svg").read_text() == "mine"


async def test_escape_cancels_the_prompt_and_nothing_is_written(app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot)
        await pilot.press("x", "escape")
        await pilot.pause()
        assert one(app, HeadGrid).reading is not None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Type a text to see"),
        ("   ", "Type a text to see"),
        ("\u200b", "The text has no word."),
        ("cat " * 60, "62 tokens with [CLS] and [SEP], but the model has 40 positions"),
    ],
)
async def test_an_invalid_text_shows_a_message_in_place_of_the_maps(app, text, said):
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(app, pilot, text)
        await until(pilot, said)
        assert not app.screen.query_one("#heads").display
        await pilot.press("n", "m", "l", "x", "left", "enter")
        await write(app, pilot, "the cat")
        assert app.screen.query_one("#heads").display


TEXTS = ["cat", "שלום the cat | שלום", "今日 sat 今日", "incomprehensibilities", "the " * 38]


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (250, 70)])
async def test_any_text_fits_the_window(app, size):
    async with app.run_test(size=size) as pilot:
        await opened(app, pilot)
        for text in TEXTS:
            await write(app, pilot, text)
            for key in ("escape", "enter", "l", "m"):
                await pilot.press(key)
                await pilot.pause()
                assert all(cell_len(line) <= size[0] for line in screen_text(app).splitlines())


async def test_a_run_without_weights_shows_a_message_until_the_first_checkpoint(
    make_run, give_weights, clock
):
    run = make_run(20)
    app = MinibertApp(RunWatcher(run.path, clock))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3")
        await until(pilot, "There is no checkpoint yet")
        give_weights(run.path)
        await until(pilot, "step 750")
        await until(pilot, "3 layers")


async def test_a_new_checkpoint_is_shown_unless_another_is_selected(looked_at, tmp_path, clock):
    path = shutil.copytree(looked_at, tmp_path / "live")
    newest = path / "checkpoints" / "step-00000750"
    newest.rename(tmp_path / "later")
    app = MinibertApp(RunWatcher(path, clock))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("3")
        await until(pilot, "step 500")
        await until(pilot, "3 layers")
        (tmp_path / "later").rename(newest)
        await until(pilot, "step 750")
        await pilot.press("comma")
        newest.rename(tmp_path / "later")
        await until(pilot, "2 of 2")
        assert one(app, CheckpointSlider).folder.name == "step-00000500"


async def test_without_a_run_there_is_no_attention(tmp_path, clock):
    app = MinibertApp(RunWatcher(tmp_path / "nothing", clock), live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("3")
        await until(pilot, "There is no run yet")
