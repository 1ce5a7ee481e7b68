"""What there is to say of the run under the cursor."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from minibert.runs.manifest import RunState
from minibert.tui.monitoring.describe import describe_corpus, describe_model
from minibert.tui.monitoring.run_states import state_sign
from minibert.tui.sections.runs.run_list import Entry
from minibert.tui.text import percent

SENTENCES: dict[str, str] = {
    RunState.STARTING: "Its process has begun, and prepares the text.",
    RunState.UNSTARTED: "Its process ended before the training began.",
    RunState.CRASHED: "Its process is gone without a word; P goes on from its newest checkpoint.",
    RunState.FAILED: "It ended with an error; P goes on from its newest checkpoint.",
    RunState.INTERRUPTED: "It was stopped before its end; P goes on from its newest checkpoint.",
    RunState.PAUSED: "It holds between two steps; P goes on.",
}
ASKED = {
    "pause": "A pause was asked for; it comes after the step under way.",
    "resume": "It was asked to go on.",
    "stop": "A stop was asked for; it saves and ends after the step under way.",
    "checkpoint": "A checkpoint was asked for; it comes after the step under way.",
}


class RunDetails(Widget):
    """Its name, what is trained on what, its state in a sentence, and its last words."""

    entry: reactive[Entry | None] = reactive(None, layout=True)

    def render(self) -> Content:
        """Draw for the width there is."""
        if self.entry is None:
            return Content("")
        lines = [_title(self.entry), *_facts(self.entry), *_words(self.entry)]
        cut = [line.truncate(self.size.width, ellipsis=True) for line in lines]
        problem = [Content(self.entry.problem)] if self.entry.problem else []
        return Content("\n").join([cut[0], *problem, *cut[1:]])


def _title(entry: Entry) -> Content:
    sign = state_sign(entry.state)
    sentence = ASKED.get(entry.asked or "") or SENTENCES.get(entry.state, "")
    return Content.assemble(
        (entry.name, "bold"),
        "  ",
        (f"{sign.sign} {sign.word}", f"bold {sign.color}"),
        "  ",
        sentence,
    )


def _facts(entry: Entry) -> list[Content]:
    facts = []
    if entry.manifest is not None:
        facts = [describe_model(entry.manifest), describe_corpus(entry.manifest, brief=True)]
    summary = entry.summary
    progress = []
    if summary is not None and summary.mlm_loss is not None:
        where = "held out" if summary.split == "validation" else "in training"
        progress.append(f"MLM loss {summary.mlm_loss:.3f} {where}")
    if summary is not None and summary.share_done is not None:
        progress.append(f"{percent(summary.share_done)} of its budget")
    lines = [" · ".join(facts), " · ".join([*progress, str(entry.path)])]
    return [Content(line).stylize("$foreground 65%") for line in lines if line]


def _words(entry: Entry) -> list[Content]:
    if not entry.last_words:
        return []
    head = Content("last lines of training.log").stylize("$foreground 65% italic")
    return [head, *(Content(f"│ {line}") for line in entry.last_words)]
