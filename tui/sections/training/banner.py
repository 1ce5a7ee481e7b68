"""The top of the training screen: the model, the corpus and the progress."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.config.recipe import Budget
from minibert.io.units import format_duration
from minibert.runs.manifest import ACTIVE
from minibert.tui.monitoring.describe import describe_corpus, describe_model
from minibert.tui.monitoring.run_snapshot import RunSnapshot


class Banner(Widget):
    """Two lines: the run's model and corpus, and its progress."""

    snapshot: reactive[RunSnapshot] = reactive(RunSnapshot(), always_update=True)

    def render(self) -> Content:
        """Draw for the width there is."""
        width = self.size.width
        return Content("\n").join((_facts(self.snapshot, width), _progress(self.snapshot, width)))


def _facts(snapshot: RunSnapshot, width: int) -> Content:
    manifest = snapshot.manifest
    if manifest is None:
        return Content("")
    model, corpus = describe_model(manifest), describe_corpus(manifest)
    if len(model) + len(corpus) + 2 > width:
        model, corpus = describe_model(manifest, brief=True), describe_corpus(manifest, brief=True)
    return _apart(Content(model), Content(corpus), width).stylize("$foreground 65%")


def _progress(snapshot: RunSnapshot, width: int) -> Content:
    words = describe_progress(snapshot)
    share = snapshot.share_done
    room = width - len(words) - 2
    if share is None or room < 8:
        return Content(words).stylize("$foreground")
    done = round(share * room)
    percent = f" {100 * share:.0f} % "
    bar = "━" * done + "─" * (room - done)
    at = min(max(0, done - len(percent)), room - len(percent))
    bar = bar[:at] + percent + bar[at + len(percent) :]
    return Content.assemble(
        (bar[:done], "$primary"), (bar[done:], "$foreground 40%"), "  ", (words, "$foreground")
    )


def describe_progress(snapshot: RunSnapshot) -> str:
    """The step, the time used and the time left."""
    parts = []
    budget = Budget() if snapshot.manifest is None else snapshot.manifest.budget
    step, steps = snapshot.newest("step"), budget.steps
    if step is not None or steps is not None:
        of = f" of {steps:,.0f}" if steps is not None else ""
        parts.append(f"step {step or 0:,.0f}{of}")
    seconds = snapshot.newest("seconds")
    if seconds is not None:
        of = f" of {format_duration(budget.seconds)}" if budget.seconds is not None else ""
        parts.append(f"{format_duration(seconds)}{of}")
    left = snapshot.seconds_left
    if left is not None and snapshot.state in ACTIVE:
        parts.append(f"{format_duration(left)} left")
    return " · ".join(parts)


def _apart(left: Content, right: Content, width: int) -> Content:
    """A text at the left edge and one at the right; the left one is truncated if needed."""
    right = right.truncate(width, ellipsis=True)
    left = left.truncate(max(0, width - right.cell_length - 2), ellipsis=True)
    space = " " * max(0, width - left.cell_length - right.cell_length)
    return Content.assemble(left, space, right)
