"""Whole frames, compared with reviewed snapshots.

`MINIBERT_SNAPSHOTS=write pytest tests/tui` writes them again: look at the
difference before you commit it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color

from minibert.tui.app import DARK, LIGHT, MinibertApp
from minibert.tui.models.predictions import SentencePredictions, TokenPrediction
from minibert.tui.monitoring.run_watcher import RunWatcher
from minibert.tui.once import screen_text
from minibert.tui.plotting.canvas import COLORS, RUN_COLORS
from minibert.tui.settings import LoadedSettings, Settings

from helpers.samples import until
from helpers.snapshots import SIZES, compare, compare_picture, frames

ANSWERS = {
    text: SentencePredictions(
        [
            [
                TokenPrediction(piece, score)
                for piece, score in ((word, 0.43), ("of", 0.09), ("語", 0.004))
            ]
        ]
    )
    for text, word in zip(Settings().sentences, ("cat", "extraordinariness"), strict=True)
}
DEAD = 2**22 + 12345  # above the greatest process number


def running(make_run):
    run = make_run(200)
    keep = (run.path / "metrics.jsonl").read_bytes().splitlines(keepends=True)[:127]
    return run.write(b"".join(keep)).freeze()


STATES = {
    "running": running,
    "empty": lambda make_run: make_run(0),
    "finished": lambda make_run: make_run(200, state="finished"),
    "time-budget": lambda make_run: make_run(50, budget={"steps": None, "seconds": 600.0}),
    "crashed": lambda make_run: make_run(60, pid=DEAD),
    "failed": lambda make_run: make_run(60, state="failed", error="the loss is not finite"),
    "long-names": lambda make_run: make_run(
        60,
        name="a-run-with-a-name-that-is-longer-than-any-terminal-is-wide-and-語-in-it-too-" * 2,
        inputs=["texts/" + "long-" * 20 + "語.txt", "b"],
        corpus={"tokens": 10**13},
    ),
}  # fmt: skip

FRAMES = [
    (state, size, "") for state in STATES for size in (SIZES if state == "running" else ["80x24"])
]
FRAMES += [("running", "80x24", keys) for keys in ("l", "v", "c,left", "question_mark")]
FRAMES += [("running", "250x70", "l,s,x,x"), ("empty", "250x70", "")]
RARER = [("running", "80x24", keys) for keys in ("s,s", "x", "x,x", "L", "plus,plus", "v,v")]


@pytest.mark.parametrize(
    ("state", "size", "keys"),
    frames(*FRAMES, quick="80x24") + frames(*RARER, quick="none of them"),
    ids=lambda part: part or "as-opened",
)
async def test_the_frame_matches_its_snapshot(make_run, clock, state, size, keys):
    run = STATES[state](make_run)
    app = MinibertApp(RunWatcher(run.path, clock), live=False)
    async with app.run_test(size=SIZES[size]) as pilot:
        await pilot.pause()
        await pilot.press(*filter(None, keys.split(",")))
        await pilot.pause()
        text = screen_text(app)
    compare("-".join(filter(None, (state, size, keys.replace(",", "")))), text)


@pytest.mark.parametrize("size", frames(*SIZES, quick="80x24"))
@pytest.mark.parametrize("theme", frames(DARK, LIGHT, quick=DARK))
async def test_the_frame_of_compared_runs_matches_its_snapshot(
    make_run, clock, monkeypatch, size, theme
):
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = MinibertApp(RunWatcher(running(make_run).path, clock), live=False)
    app.theme = theme
    names = ("b", "a-second-run-with-a-long-name", "語の実験")
    others = [make_run(60 + 20 * n, name=name).path for n, name in enumerate(names)]
    async with app.run_test(size=SIZES[size]) as pilot:
        app.compared = tuple(others)
        app.screen._history.add(app.snapshot.path, 250, ANSWERS)
        app.screen._history.add(app.snapshot.path, 1000, ANSWERS)
        app.screen._show_answers()
        await pilot.press("s", "c", "left", "left")
        await pilot.pause()
        compare(f"compared-{size}", screen_text(app))
        compare_picture(f"compared-{size}", app)
        await pilot.press("v", "v", "v" if size != "80x24" else "c")
        await pilot.pause()
        compare(f"compared-sentences-{size}", screen_text(app))


def contrast(one: Color, other: Color) -> float:
    """Their contrast as WCAG 2 has it, from 1 to 21; 3 is asked of what is not text."""

    def luminance(color: Color) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
                  for c in color.normalized]  # fmt: skip
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted(map(luminance, (one, other)))
    return (light + 0.05) / (dark + 0.05)


async def test_every_run_has_contrast_to_the_background(make_run, clock):
    app = MinibertApp(RunWatcher(make_run(20).path, clock), live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        for theme in ("textual-dark", "textual-light", "nord", "solarized-light"):
            app.theme = theme
            await pilot.pause()
            for color in COLORS[-RUN_COLORS:]:
                style = app.screen.get_component_rich_style(f"curve--{color}")
                ink, ground = (Color.from_rich_color(c) for c in (style.color, style.bgcolor))
                assert contrast(ink, ground) > 3.0, (theme, color)


async def test_the_waiting_frame_matches_its_snapshot(clock):
    app = MinibertApp(RunWatcher(Path("no-such-folder"), clock), live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        compare("waiting-80x24", screen_text(app))


class FixedModels:
    """Answers that are the same on every machine."""

    async def run(self, folder, compute):
        return [(id, 0.9 - 0.03 * id) for id in range(5, 30)]

    def close(self):
        pass


TEXTS = {
    "": "",
    "cjk": "今日は良い天気 the cat",
    "rtl": "שלום the cat مرحبا",
    "long": "incomprehensibilities " * 12,
}
SECTIONS = [("tokens", size, "") for size in SIZES]
SECTIONS += [("tokens", "80x24", text) for text in ("cjk", "rtl", "long")]
SECTIONS += [("data", size, "") for size in SIZES]


@pytest.mark.parametrize("theme", frames(DARK, LIGHT, quick=DARK))
@pytest.mark.parametrize(
    ("name", "size", "text"), frames(*SECTIONS, quick="80x24"), ids=lambda part: part or "as-opened"
)
async def test_the_section_matches_its_snapshot(short_run, monkeypatch, name, size, text, theme):
    monkeypatch.delenv("NO_COLOR", raising=False)
    app = MinibertApp(
        RunWatcher(short_run.path),
        live=False,
        loaded_settings=LoadedSettings(Settings(sentences=())),
    )
    app.models = FixedModels()
    app.theme = theme
    async with app.run_test(size=SIZES[size]) as pilot:
        await pilot.press({"tokens": "5", "data": "6"}[name])
        await until(pilot, {"tokens": " words", "data": "batch 0"}[name])
        if text:
            app.screen.query_one("#text").value = TEXTS[text]
        await app.workers.wait_for_complete()
        await pilot.press("down", "down")
        await app.workers.wait_for_complete()
        await pilot.pause()
        compare("-".join(filter(None, (name, size, text))), screen_text(app))
        if not text:
            compare_picture(f"{name}-{size}", app)
