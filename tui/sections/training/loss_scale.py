"""The loss on a scale with its baselines, the uniform loss and the unigram entropy."""

from __future__ import annotations

import math

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.runs.manifest import Manifest
from minibert.runs.progress import LossLevel, loss_level
from minibert.tui.monitoring.run_snapshot import RunSnapshot
from minibert.tui.text import compact

LOSS, UNIGRAM = "●", "┼"


class LossScale(Widget):
    """Two lines: a scale from ln V down to 0 with the loss on it, and a sentence on the loss."""

    snapshot: reactive[RunSnapshot] = reactive(RunSnapshot(), always_update=True)

    def render(self) -> Content:
        """Draw for the width there is."""
        manifest, loss = self.snapshot.manifest, self.snapshot.train.last("mlm_loss")
        words = Content(describe_loss(loss, manifest)).stylize("$foreground")
        words = words.truncate(self.size.width, ellipsis=True)
        if manifest is None:
            return words
        uniform, unigram = manifest.uniform_loss, manifest.unigram_entropy
        return Content("\n").join((_scale(uniform, unigram, loss, self.size.width), words))


def describe_loss(loss: float | None, manifest: Manifest | None) -> str:
    """The meaning of an MLM loss in nats, in one sentence."""
    if loss is None:
        return "There is no loss yet. It starts near the uniform loss, ln V."
    perplexity = math.exp(min(loss, 600.0))
    shown = compact(round(perplexity) if perplexity > 10 else perplexity)
    level = ""
    if manifest is not None:
        level = _LEVELS[loss_level(loss, manifest.uniform_loss, manifest.unigram_entropy)]
    return f"MLM loss {loss:.2f}, perplexity {shown}{level}"


_LEVELS = {
    LossLevel.ABOVE_UNIFORM: "; above the uniform loss",
    LossLevel.ABOVE_UNIGRAM: "; above the unigram entropy",
    LossLevel.AT_UNIGRAM: "; at the unigram entropy: knows token frequencies",
    LossLevel.BELOW_UNIGRAM: "; below the unigram entropy: uses context",
}


def _scale(uniform: float, unigram: float, loss: float | None, width: int) -> Content:
    left, right = f"uniform loss {uniform:.2f} ", " 0"
    room = width - len(left) - len(right)
    if room < 20:
        return Content("")
    here = room if loss is None else _column(loss, uniform, room)
    cells = ["─"] * room
    if 0 < unigram < uniform:
        _write_unigram(cells, unigram, _column(unigram, uniform, room), here)
    if loss is not None:
        cells[here] = LOSS
    bar = "".join(cells)
    passed = bar[:here] if loss is None else bar[:here].replace("─", "━")
    return Content.assemble(
        (left, "$foreground 65%"),
        (passed, "$primary" if loss is not None else "$foreground 40%"),
        (bar[here : here + 1], "bold $primary"),
        (bar[here + 1 :], "$foreground 60%"),
        (right, "$foreground 65%"),
    )


def _write_unigram(cells: list[str], unigram: float, at: int, here: int) -> None:
    """Mark the unigram entropy, with the longest label that does not cover the loss."""
    cells[at] = UNIGRAM
    for label in (f" unigram entropy {unigram:.2f} ", f" {unigram:.2f} "):
        for start in (at + 1, at - len(label)):
            end = start + len(label)
            if start >= 1 and end < len(cells) and not start <= here < end:
                cells[start:end] = label
                return


def _column(loss: float, uniform: float, room: int) -> int:
    return min(room - 1, max(0, round((1.0 - loss / uniform) * (room - 1))))
