"""Whole frames, compared with those that were looked at and found good.

`MINIBERT_SNAPSHOTS=write pytest tests/tui/test_snapshots.py` writes them anew: look at the
difference before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from minibert.tui.app import MinibertApp
from minibert.tui.follower import Follower
from minibert.tui.frame import screen_text

from samples import until

SNAPSHOTS = Path(__file__).parent / "snapshots"
SIZES = {"80x24": (80, 24), "120x40": (120, 40), "250x70": (250, 70)}
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
    "bare": lambda make_run: make_run(60, config=None, corpus=None, budget=None, parameters=None,
                                      uniform_loss=None, unigram_entropy=None, options=None),
    "long-names": lambda make_run: make_run(
        60,
        name="a-run-with-a-name-that-is-longer-than-any-terminal-is-wide-and-語-in-it-too-" * 2,
        corpus={"inputs": ["texts/" + "long-" * 20 + "語.txt", "b"], "tokens": 10**13},
    ),
}  # fmt: skip

FRAMES = [
    (state, size, "") for state in STATES for size in (SIZES if state == "running" else ["80x24"])
]
FRAMES += [("running", "80x24", keys) for keys in ("l", "s,s", "x", "x,x", "question_mark")]
FRAMES += [("running", "250x70", "l,s,x,x"), ("empty", "250x70", "")]


def compare(name: str, text: str) -> None:
    file = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("MINIBERT_SNAPSHOTS") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text + "\n", encoding="utf-8")
    assert text + "\n" == file.read_text(encoding="utf-8"), f"the frame {name} has changed"


@pytest.mark.parametrize(("state", "size", "keys"), FRAMES, ids=lambda part: part or "as-opened")
async def test_the_frame_is_the_one_that_was_looked_at(make_run, clock, state, size, keys):
    run = STATES[state](make_run)
    app = MinibertApp(Follower(run.path, clock), live=False)
    async with app.run_test(size=SIZES[size]) as pilot:
        await pilot.pause()
        await pilot.press(*filter(None, keys.split(",")))
        await pilot.pause()
        text = screen_text(app)
    compare("-".join(filter(None, (state, size, keys.replace(",", "")))), text)


async def test_the_waiting_frame_is_the_one_that_was_looked_at(clock):
    app = MinibertApp(Follower(Path("no-such-folder"), clock), live=False)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        compare("waiting-80x24", screen_text(app))


class FixedModels:
    """Answers that are the same on every machine."""

    async def ask(self, folder, compute):
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


@pytest.mark.parametrize(("name", "size", "text"), SECTIONS, ids=lambda part: part or "as-opened")
async def test_the_section_is_the_one_that_was_looked_at(short_run, name, size, text):
    app = MinibertApp(Follower(short_run.path), live=False)
    app.models = FixedModels()
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
