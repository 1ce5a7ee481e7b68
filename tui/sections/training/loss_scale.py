"""Where the loss stands between guessing, knowing the words' frequencies, and knowing the text."""

from __future__ import annotations

import math

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.runs.manifest import Manifest
from minibert.runs.progress import LossLevel, loss_level
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.text import compact

MARK, FREQUENCIES = "●", "┼"


class LossScale(Widget):
    """Two lines: a scale from ln V down to 0 with the loss on it, and what that means in words."""

    snapshot: reactive[RunSnapshot] = reactive(RunSnapshot(), always_update=True)

    def render(self) -> Content:
        """Draw for the width there is."""
        manifest, loss = self.snapshot.manifest, self.snapshot.train.last("mlm_loss")
        words = Content(describe_loss(loss, manifest)).stylize("$foreground")
        words = words.truncate(self.size.width, ellipsis=True)
        if manifest is None:
            return words
        uniform, frequencies = manifest.uniform_loss, manifest.unigram_entropy
        return Content("\n").join((_scale(uniform, frequencies, loss, self.size.width), words))


def describe_loss(loss: float | None, manifest: Manifest | None) -> str:
    """The meaning of an MLM loss in nats, in one sentence."""
    if loss is None:
        return "No loss yet; it begins at that of a uniform guess, ln V."
    pieces = math.exp(min(loss, 600.0))
    unsure = f"as unsure as a draw from {compact(round(pieces) if pieces > 10 else pieces)} pieces"
    level = ""
    if manifest is not None:
        level = _LEVELS[loss_level(loss, manifest.uniform_loss, manifest.unigram_entropy)]
    return f"MLM loss {loss:.2f}{level}: {unsure}"


_LEVELS = {
    LossLevel.ABOVE_UNIFORM: ", worse than guessing",
    LossLevel.ABOVE_UNIGRAM: "",
    LossLevel.AT_UNIGRAM: ", it knows word frequencies",
    LossLevel.BELOW_UNIGRAM: ", it reads the context",
}


def _scale(uniform: float, frequencies: float, loss: float | None, width: int) -> Content:
    left, right = f"uniform guess {uniform:.2f} ", " 0 certain"
    room = width - len(left) - len(right)
    if room < 20:
        return Content("")
    here = room if loss is None else _at(loss, uniform, room)
    cells = ["─"] * room
    if 0 < frequencies < uniform:
        _write_frequencies(cells, frequencies, _at(frequencies, uniform, room), here)
    if loss is not None:
        cells[here] = MARK
    bar = "".join(cells)
    passed = bar[:here] if loss is None else bar[:here].replace("─", "━")
    return Content.assemble(
        (left, "$foreground 65%"),
        (passed, "$primary" if loss is not None else "$foreground 40%"),
        (bar[here : here + 1], "bold $primary"),
        (bar[here + 1 :], "$foreground 60%"),
        (right, "$foreground 65%"),
    )


def _write_frequencies(cells: list[str], frequencies: float, at: int, here: int) -> None:
    """Mark the frequencies' place, with the longest label that leaves the loss's place free."""
    cells[at] = FREQUENCIES
    for label in (f" word frequencies {frequencies:.2f} ", f" {frequencies:.2f} "):
        for start in (at + 1, at - len(label)):
            end = start + len(label)
            if start >= 1 and end < len(cells) and not start <= here < end:
                cells[start:end] = label
                return


def _at(loss: float, uniform: float, room: int) -> int:
    return min(room - 1, max(0, round((1.0 - loss / uniform) * (room - 1))))
