"""What `minibert pretrain` and `minibert vocab` show: a live panel on a terminal, else plain lines.

All of it is talk, so it goes to standard error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from minibert.config import PAIR_TASKS
from minibert.config.recipe import VALIDATION_MASKED_LM_PROB
from minibert.io.units import format_duration

if TYPE_CHECKING:
    from types import TracebackType

    from minibert.pretraining.plan import Plan
    from minibert.runs.metrics import Metrics
    from minibert.training.trainer import Trainer


class StderrConsole(Console):
    """Standard error. That nobody reads it any more is an error, which the caller hears of."""

    def __init__(self) -> None:
        super().__init__(stderr=True)

    def on_broken_pipe(self) -> None:
        """Rich itself would end the program."""
        raise BrokenPipeError


class ProgressReporter:
    """Reports a training to a person; a context manager, since a live panel must be put away."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._plan: Plan | None = None
        self._train: Metrics | None = None
        self._eval: Metrics | None = None
        self._live: Live | None = None
        self._lines_due = 0
        self._stage = ""

    def __enter__(self) -> ProgressReporter:
        if self.console.is_terminal:
            self._live = Live(console=self.console, refresh_per_second=8, transient=True)
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def stage(self, text: str) -> None:
        """A line for something that begins; on a terminal it goes when the next one comes."""
        self._stage = text
        if self._live:
            self._live.update(Text(f"{text} …", style="dim"))
        else:
            self._line(f"{text} …")

    def advance(self, share: float) -> None:
        """How far the stage is, on a terminal."""
        if self._live:
            bar = Table.grid(padding=(0, 2))
            bar.add_row(
                Text(f"{self._stage} …", style="dim"),
                ProgressBar(total=1.0, completed=share, width=32),
                Text(f"{share:4.0%}", style="dim"),
            )
            self._live.update(bar)

    def note(self, text: str) -> None:
        """A line worth reading."""
        self._line(text)

    def plan(self, plan: Plan) -> None:
        """The plan as a table."""
        self._plan = plan
        self.console.print(_plan_table(plan))
        if self._live:
            self._live.update(Text("training …", style="dim"))

    def row(self, row: Metrics, trainer: Trainer) -> None:
        """A row of metrics: the panel is drawn anew, or a line is printed."""
        assert self._plan is not None
        if row.split == "validation":
            self._eval = row
            self._line(_evaluation_line(row, self._plan))
        else:
            self._train = row
        if self._live:
            self._live.update(self._panel(row, trainer))
        elif row.split == "train" and self._speaks(trainer):
            self._line(_training_line(row, self._plan, trainer))

    def _line(self, text: str) -> None:
        # A log keeps its lines whole; a terminal's are wrapped at words.
        self.console.print(Text(text), soft_wrap=not self.console.is_terminal)

    def _speaks(self, trainer: Trainer) -> bool:
        # A log wants some dozens of lines, not thousands: one each fiftieth of the budget.
        if trainer.share_done * 50 < self._lines_due:
            return False
        self._lines_due = int(trainer.share_done * 50) + 1
        return True

    def _panel(self, row: Metrics, trainer: Trainer) -> Group:
        assert self._plan is not None
        head = Table.grid(padding=(0, 2))
        head.add_row(
            Text(_position(trainer), style="bold"),
            ProgressBar(total=1.0, completed=trainer.share_done, width=32),
            Text(f"{trainer.share_done:4.0%}"),
            Text(f"{_time_left(trainer)} left"),
        )
        parts: list[Table | Text] = [head]
        if self._train:
            parts.append(_numbers(self._train, self._eval, self._plan))
        parts.append(_gauge((self._train or row).mlm_loss, self._plan))
        return Group(*parts)


def _plan_table(plan: Plan) -> Table:
    config = plan.config
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    table.add_row(
        "model",
        f"{config.num_hidden_layers} layers x {config.hidden_size} wide, "
        f"{config.num_attention_heads} heads, {config.parameters():,} parameters, "
        f"{config.max_position_embeddings} positions",
    )
    if plan.options.init_from is not None:
        table.add_row("from", plan.options.init_from)
    table.add_row(
        "text",
        f"{plan.documents:,} documents ({plan.validation_documents:,} held out), "
        f"{plan.sentences:,} sentences, {plan.tokens:,} tokens, "
        f"a vocabulary of {config.vocab_size:,} pieces",
    )
    table.add_row("learns", _task(plan))
    table.add_row("masks", _masks(plan))
    table.add_row("training", _length(plan))
    table.add_row("on", _machine(plan))
    table.add_row(
        "guessing",
        f"costs {plan.uniform_loss:.2f} nats (ln V) uniformly, "
        f"{plan.unigram_entropy:.2f} by word frequency alone; below that, context is used",
    )
    table.add_row("run", str(plan.run))
    return table


def _length(plan: Plan) -> str:
    if plan.budget.seconds is not None:
        much = f"for {format_duration(plan.budget.seconds)}"
    else:
        assert plan.budget.steps is not None
        passes = plan.budget.steps / max(1, plan.steps_per_epoch)
        much = f"{plan.budget.steps:,} steps ({passes:.1f} passes over the text)"
    return (
        f"{much}, batches of {plan.options.batch_size} x {plan.config.max_position_embeddings}, "
        f"recipe {plan.options.recipe}"
    )


def _machine(plan: Plan) -> str:
    one = f"{plan.device}, {plan.dtype}, {plan.threads} threads"
    if plan.processes == 1:
        return one
    examples = plan.options.batch_size // plan.processes
    return f"{plan.processes} processes of {examples} examples a step each: {one}"


_TASKS = {
    "next_sentence": "masked words (MLM), and whether a segment follows another (NSP); {:.0%} of "
    "the pairs are random",
    "sentence_order": "masked words (MLM), and which of two segments comes first (SOP); {:.0%} of "
    "the pairs are swapped",
    "full_sentences": "masked words (MLM) alone, in sentences in a row, also across documents",
    "doc_sentences": "masked words (MLM) alone, in sentences in a row of one document",
    "line": "masked words (MLM) alone, in a sentence each",
}
_UNITS = {
    "token": "each by itself",
    "whole_word": "by whole words",
    "span": "by spans of 1 to 10 words",
    "ngram": "by 1 to 3 words in a row",
}


def _task(plan: Plan) -> str:
    return _TASKS[plan.options.objective].format(plan.random_next_share)


def _masks(plan: Plan) -> str:
    options = plan.options
    share = options.training_recipe().masked_lm_prob
    text = f"{100 * share:.3g}% of the pieces"
    if options.final_masked_lm_prob is not None:
        text += f" at first, {100 * options.final_masked_lm_prob:.3g}% at the end"
    text += f", {_UNITS[options.mask_unit]}"
    if options.max_predictions_per_seq is not None:
        text += f", at most {options.max_predictions_per_seq:,} in an example"
    in_training = (share, options.final_masked_lm_prob, options.mask_unit)
    if in_training != (VALIDATION_MASKED_LM_PROB, None, "token") and plan.validation_documents:
        text += "; in the held-out text always 15%, each by itself"
    return text


def _position(trainer: Trainer) -> str:
    steps = trainer.budget.steps
    return f"step {trainer.step:,}" + (f" of {steps:,}" if steps is not None else "")


def _time_left(trainer: Trainer) -> str:
    if trainer.budget.seconds is not None:
        return format_duration(max(0.0, trainer.budget.seconds - trainer.seconds))
    assert trainer.budget.steps is not None
    pace = trainer.seconds_per_step
    return "?" if pace is None else format_duration(pace * (trainer.budget.steps - trainer.step))


def _numbers(train: Metrics, validation: Metrics | None, plan: Plan) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(6):
        table.add_column(justify="right")
    pairs = PAIR_TASKS.get(plan.options.objective, "NSP")
    table.add_row("", "MLM loss", "accuracy", f"{pairs} loss", "accuracy", "tokens/s", style="dim")
    speed = f"{train.tokens_per_second:,.0f}" if train.tokens_per_second else ""
    table.add_row("training", *_losses(train), speed)
    if validation:
        table.add_row("held out", *_losses(validation), "")
    return table


def _losses(row: Metrics) -> tuple[str, str, str, str]:
    return (
        f"{row.mlm_loss:.3f}",
        f"{row.mlm_accuracy:.1%}",
        "-" if row.nsp_loss is None else f"{row.nsp_loss:.3f}",
        "-" if row.nsp_accuracy is None else f"{row.nsp_accuracy:.1%}",
    )


def _pair_accuracy(row: Metrics, plan: Plan) -> str:
    """What a line says of the second head: nothing where there are no pairs."""
    if row.nsp_accuracy is None:
        return ""
    return f"  {PAIR_TASKS[plan.options.objective]} accuracy {row.nsp_accuracy:.1%}"


def _gauge(loss: float, plan: Plan, width: int = 56) -> Text:
    """Where the loss stands between guessing uniformly, guessing by frequency, and knowing."""

    def column(value: float) -> int:
        return round((1 - min(max(value / plan.uniform_loss, 0.0), 1.0)) * (width - 1))

    cells = ["─"] * width
    cells[column(plan.unigram_entropy)] = "┼"
    cells[column(loss)] = "●"
    gauge = Text(f"{plan.uniform_loss:.2f} ", style="dim")
    gauge.append("".join(cells), style="default not dim")
    gauge.append(f" 0   ┼ = {plan.unigram_entropy:.2f}: {_standing(loss, plan)}")
    return gauge


def _standing(loss: float, plan: Plan) -> str:
    gain = plan.unigram_entropy - loss
    if gain > 0.2:
        return f"{gain:.2f} below word frequencies"
    if gain > -0.2:
        return "at word frequencies"
    return "above word frequencies"


def _training_line(row: Metrics, plan: Plan, trainer: Trainer) -> str:
    return (
        f"{_position(trainer)}  {trainer.share_done:.0%}  "
        f"MLM loss {row.mlm_loss:.3f} ({_standing(row.mlm_loss, plan)})  "
        f"accuracy {row.mlm_accuracy:.1%}{_pair_accuracy(row, plan)}  "
        f"{row.tokens_per_second or 0:,.0f} tokens/s  {_time_left(trainer)} left"
    )


def _evaluation_line(row: Metrics, plan: Plan) -> str:
    return (
        f"held out at step {row.step:,}: MLM loss {row.mlm_loss:.3f} "
        f"({_standing(row.mlm_loss, plan)})  accuracy {row.mlm_accuracy:.1%}"
        f"{_pair_accuracy(row, plan)}"
    )
