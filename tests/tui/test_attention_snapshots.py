"""Whole frames of the Attention and Fill screens, of a model with made predictions."""

from __future__ import annotations

import numpy as np
import pytest

from minibert.errors import ModelError
from minibert.tokenizer.wordpiece import WordPieceTokenizer
from minibert.tui.app import LIGHT, MinibertApp
from minibert.tui.models.encoding import split_pair
from minibert.tui.models.predictions import TokenPrediction
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.sections.attention.attention_reading import AttentionReading
from minibert.tui.sections.fill.masked_text import MASK, words_of
from minibert.tui.sections.fill.predictions import LayerPredictions, MaskPredictions

from helpers.samples import until
from helpers.snapshots import SIZES, compare, compare_picture, frames

TEXTS = {
    "": None,
    "cjk": "今日 [MASK] the cat | 日",
    "rtl": "שלום the [MASK] שלום",
    "long": "incomprehensibilities the [MASK] " * 4,
    "empty": "",
}
TOKENS = [
    "man",
    "cat",
    "incomprehensibilities",
    "##able",
    "今",
    "שלום",
    *(f"word{n}" for n in range(44)),
]


class FixedModels:
    """Predictions that are the same on every machine."""

    def __init__(self, folder):
        self.tokenizer = WordPieceTokenizer.from_pretrained(folder)

    async def run(self, folder, compute):
        text = getattr(compute, "keywords", {}).get("text")
        if text is None:
            raise ModelError("the Training screen has no part in this")
        kind = getattr(compute.func, "__name__", "reading")
        known = {"predict_masks": self.predictions, "word_surprisals": self.surprisals}
        return known.get(kind, self.reading)(text)

    def reading(self, text):
        encoding = self.tokenizer.encode(*split_pair(text))
        side = len(encoding.ids)
        places = np.arange(side)
        weights = np.zeros((3, 4, side, side), dtype=np.float32)
        for layer in range(3):
            for head in range(4):
                away = places[None] - places[:, None] - (head - 2)
                weights[layer, head] = np.exp2(-(4 - layer) * np.abs(away))
        weights /= weights.sum(-1, keepdims=True)
        patterns = (("two back", "previous", "self", "next"),) * 2 + (("broad",) * 4,)
        special = np.array(encoding.special_tokens_mask, dtype=bool)
        return AttentionReading(tuple(encoding.tokens), special, weights, patterns)

    def predictions(self, text):
        best = tuple(TokenPrediction(token, 0.4 / 2**n) for n, token in enumerate(TOKENS))
        layers = tuple(LayerPredictions(best[4 - n : 9 - n], 5 - n) for n in range(5))
        return (MaskPredictions(best, layers),) * text.count(MASK)

    def surprisals(self, text):
        return tuple(1.5 * (n % 7) for n in range(len(words_of(self.tokenizer, text))))

    def close(self):
        pass


FRAMES = [(name, size, "", "") for name in ("attention", "fill") for size in SIZES]
FRAMES += [(name, "80x24", text, "") for name in ("attention", "fill") for text in TEXTS if text]
FRAMES += [("attention", "80x24", "", keys) for keys in ("enter", "enter,l", "question_mark")]
FRAMES += [("attention", "120x40", "", keys) for keys in ("right,l", "m", "x")]
FRAMES += [("fill", "80x24", "", keys) for keys in ("c", "question_mark", "right,space,a,down")]
FRAMES += [("fill", "250x70", "", "c"), ("fill", "120x40", "long", "a,right,right")]


@pytest.mark.parametrize(
    ("name", "size", "text", "keys"),
    frames(*FRAMES, quick="80x24"),
    ids=lambda part: part or "as-opened",
)
async def test_the_section_matches_its_snapshot(looked_at, monkeypatch, name, size, text, keys):
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = MinibertApp(RunWatcher(looked_at), live=False)
    app.models = FixedModels(looked_at)
    async with app.run_test(size=SIZES[size]) as pilot:
        await show(app, pilot, name, TEXTS[text], keys)
        frame = screen_text(app)
    compare("-".join(filter(None, (name, size, text, keys.replace(",", "")))), frame)


@pytest.mark.parametrize("size", frames(*SIZES, quick="80x24"))
@pytest.mark.parametrize("name", ["attention", "fill"])
async def test_the_light_theme_differs_in_colors_only(looked_at, monkeypatch, name, size):
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = MinibertApp(RunWatcher(looked_at), live=False)
    app.models = FixedModels(looked_at)
    async with app.run_test(size=SIZES[size]) as pilot:
        await show(app, pilot, name, None, "")
        compare_picture(f"{name}-{size}", app)
        app.theme = LIGHT
        await settle(app, pilot)
        compare(f"{name}-{size}", screen_text(app))
        compare_picture(f"{name}-{size}", app)


@pytest.mark.parametrize("name", ["attention", "fill"])
async def test_without_colors_characters_show_the_levels(looked_at, monkeypatch, name):
    monkeypatch.setenv("NO_COLOR", "1")
    app = MinibertApp(RunWatcher(looked_at), live=False)
    app.models = FixedModels(looked_at)
    async with app.run_test(size=SIZES["120x40"]) as pilot:
        await show(app, pilot, name, None, "")
        compare(f"{name}-120x40-nocolor", screen_text(app))


async def show(app, pilot, name, text, keys):
    await pilot.press({"attention": "3", "fill": "4"}[name])
    await until(pilot, {"attention": "3 layers", "fill": " %"}[name])
    if text is not None:
        app.screen.query_one("#text").value = text
    await settle(app, pilot)
    for key in filter(None, keys.split(",")):
        await pilot.press(key)
        await settle(app, pilot)


async def settle(app, pilot):
    for _ in range(2):
        await pilot.pause()
        await app.workers.wait_for_complete()
    await pilot.pause()
