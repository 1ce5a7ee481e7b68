"""Details of the run under the cursor."""

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
    RunState.STARTING: "Its process is preparing the text.",
    RunState.UNSTARTED: "Its process ended before the training began.",
    RunState.CRASHED: "Its process crashed or was killed. P resumes from the newest checkpoint.",
    RunState.FAILED: "It ended with an error. P resumes from the newest checkpoint.",
    RunState.INTERRUPTED: "It was stopped before its end. P resumes from the newest checkpoint.",
    RunState.PAUSED: "It is paused between two steps. P resumes it.",
}
REQUESTED = {
    "pause": "A pause is requested. It begins after the current step.",
    "resume": "It is requested to resume.",
    "stop": "A stop is requested. The training saves and ends after the current step.",
    "checkpoint": "A checkpoint is requested. It is saved after the current step.",
}


class RunDetails(Widget):
    """Its name and state, model and corpus, loss and progress, and the end of its log."""

    entry: reactive[Entry | None] = reactive(None, layout=True)

    def render(self) -> Content:
        """Draw for the width there is."""
        if self.entry is None:
            return Content("")
        lines = [_title(self.entry), *_facts(self.entry), *_log_lines(self.entry)]
        cut = [line.truncate(self.size.width, ellipsis=True) for line in lines]
        problem = [Content(self.entry.problem)] if self.entry.problem else []
        return Content("\n").join([cut[0], *problem, *cut[1:]])


def _title(entry: Entry) -> Content:
    sign = state_sign(entry.state)
    sentence = REQUESTED.get(entry.requested or "") or SENTENCES.get(entry.state, "")
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
        split = "validation" if summary.split == "validation" else "training"
        progress.append(f"{split} MLM loss {summary.mlm_loss:.3f}")
    if summary is not None and summary.share_done is not None:
        progress.append(f"{percent(summary.share_done)} of the budget")
    lines = [" · ".join(facts), " · ".join([*progress, str(entry.path)])]
    return [Content(line).stylize("$foreground 65%") for line in lines if line]


def _log_lines(entry: Entry) -> list[Content]:
    if not entry.log_lines:
        return []
    head = Content("last lines of training.log").stylize("$foreground 65% italic")
    return [head, *(Content(f"│ {line}") for line in entry.log_lines)]
