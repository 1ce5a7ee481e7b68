"""Sentences with masks, filled at every checkpoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Static

from minibert.tui.models.predictions import SentencePredictions, TokenPrediction

TOKEN, BAR = 12, 8  # columns
MAX_SENTENCES = 4


class Answers(Widget):
    """One row per checkpoint, the newest on top."""

    answers: reactive[Mapping[int, SentencePredictions]] = reactive({}, always_update=True)
    placeholder: reactive[str] = reactive("")

    def render(self) -> Content:
        """As many checkpoints as fit."""
        if not self.answers:
            return Content(self.placeholder).stylize("$text-muted italic")
        width = max(len(f"{step:,}") for step in self.answers)
        shown = list(self.answers.items())[: max(1, self.size.height)]
        lines = [self._line(step, answer, width) for step, answer in shown]
        return Content("\n").join(lines)

    def _line(self, step: int, answer: SentencePredictions, width: int) -> Content:
        head = Content(f"{step:>{width},} ").stylize("$foreground 65%")
        if answer.problem is not None:
            return (head + Content(answer.problem).stylize("$text-error")).truncate(
                self.size.width, ellipsis=True
            )
        room = self.size.width - head.cell_length
        return head + (_one(answer.masks[0], room) if len(answer.masks) == 1 else _several(answer))


class Sentence(Vertical):
    """A sentence that can be edited, and its answers."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def compose(self) -> ComposeResult:
        """The sentence above its answers."""
        yield Input(
            self.text, placeholder="a sentence with a [MASK]", select_on_focus=False, compact=True
        )
        yield Answers()


class Sentences(Vertical):
    """The sentences that the user has chosen."""

    class Changed(Message):
        """The user has edited, added or removed a sentence."""

        def __init__(self, sentences: tuple[str, ...]) -> None:
            super().__init__()
            self.sentences = sentences

    class Shown(Message):
        """The sentences have become visible."""

    def __init__(self, sentences: Sequence[str], *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._first = tuple(sentences)[:MAX_SENTENCES]
        self.border_title = "Sentences, filled at every checkpoint"

    def compose(self) -> ComposeResult:
        """One below the other."""
        yield from map(Sentence, self._first)
        yield Static("a adds a sentence with a [MASK].", id="no-sentence", markup=False)

    def on_show(self) -> None:
        """Post that the sentences are visible."""
        self.post_message(self.Shown())

    @property
    def sentences(self) -> tuple[str, ...]:
        """The sentences to fill."""
        return tuple(one.text for one in self.query(Sentence) if one.text)

    def show(
        self, answers: Mapping[str, Mapping[int, SentencePredictions]], placeholder: str
    ) -> None:
        """Show the answers, or `placeholder` for a sentence without any."""
        self.query_one("#no-sentence").display = not self.query(Sentence)
        for sentence in self.query(Sentence):
            rows = sentence.query_one(Answers)
            rows.placeholder = placeholder if sentence.text else "Press Enter to fill the sentence."
            rows.answers = answers.get(sentence.text, {})

    async def add(self) -> None:
        """Add an empty sentence and edit it."""
        if len(self.query(Sentence)) < MAX_SENTENCES:
            await self.mount(Sentence(""), before="#no-sentence")
            self.query_one("#no-sentence").display = False
        self.query(Sentence).last().query_one(Input).focus()

    def edit(self) -> None:
        """Edit the first sentence, or the one after the sentence that is being edited."""
        inputs = list(self.query(Input))
        at = next((n for n, one in enumerate(inputs) if one.has_focus), -1)
        if inputs:
            inputs[(at + 1) % len(inputs)].focus()

    async def leave(self) -> bool:
        """End editing without a change; returns whether a sentence was being edited."""
        for sentence in self.query(Sentence):
            field = sentence.query_one(Input)
            if field.has_focus:
                field.value = sentence.text
                self.screen.set_focus(None)
                if not sentence.text:
                    await sentence.remove()
                return True
        return False

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Accept the edited sentence; remove it if it is empty."""
        event.stop()
        sentence = event.input.parent
        assert isinstance(sentence, Sentence)
        sentence.text = " ".join(event.value.split())
        event.input.value = sentence.text
        self.screen.set_focus(None)
        if not sentence.text:
            await sentence.remove()
        self.post_message(self.Changed(self.sentences))


def _one(predictions: Sequence[TokenPrediction], room: int) -> Content:
    """The best prediction with a bar, and as many of the others as fit."""
    best, rest = predictions[0], predictions[1:]
    line = Content.assemble(
        Content(best.token).truncate(TOKEN, ellipsis=True, pad=True).stylize("bold $foreground"),
        " ",
        *_bar(best.score),
        (f" {_percent(best.score)}", "bold $foreground"),
    )
    for prediction in rest:
        text = f"  {prediction.token} {_percent(prediction.score).strip()}"
        if line.cell_length + cell_len(text) > room:
            break
        line += Content(text).stylize("$foreground 75%")
    return line


def _several(answer: SentencePredictions) -> Content:
    """The best prediction for each mask."""
    parts = [f"{mask[0].token} {_percent(mask[0].score).strip()}" for mask in answer.masks if mask]
    return Content(" · ".join(parts)).stylize("bold $foreground")


def _bar(score: float) -> tuple[tuple[str, str], tuple[str, str]]:
    """A bar in half cells, and the rest of its track."""
    halves = round(score * BAR * 2)
    done = "━" * (halves // 2) + "╸" * (halves % 2)
    return (done, "$primary"), ("─" * (BAR - len(done)), "$foreground 20%")


def _percent(score: float) -> str:
    return f"{100 * score:3.0f} %" if score >= 0.01 else f"{100 * score:3.1f} %"
