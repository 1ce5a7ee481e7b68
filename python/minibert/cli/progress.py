"""The progress of `minibert pretrain` and `minibert vocab`: a live panel on a terminal, else lines.

All of it goes to standard error.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from minibert.config import MASK_UNITS, OBJECTIVES, PAIR_TASKS, spell_flags
from minibert.config.recipe import VALIDATION_MASKED_LM_PROB
from minibert.io.units import format_duration
from minibert.runs.progress import RECENT_ROWS, LossLevel, loss_level, seconds_left

if TYPE_CHECKING:
    from types import TracebackType

    from minibert.pretraining.plan import Plan
    from minibert.runs.metrics import Metrics
    from minibert.training.trainer import Trainer


class StderrConsole(Console):
    """Standard error; raises BrokenPipeError when it is no longer read."""

    def __init__(self) -> None:
        super().__init__(stderr=True)

    def on_broken_pipe(self) -> None:
        """Raise the error; Rich itself would end the program."""
        raise BrokenPipeError


class ProgressReporter:
    """Prints the progress of a training; a context manager, because it ends its live panel."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._plan: Plan | None = None
        self._train: deque[Metrics] = deque(maxlen=RECENT_ROWS)
        self._validation: Metrics | None = None
        self._live: Live | None = None
        self._next_line = 0  # in fiftieths of the budget
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
        """Print the name of a stage that begins; a terminal shows it until the next one."""
        self._stage = text
        if self._live:
            self._live.update(Text(f"{text} …", style="dim"))
        else:
            self._line(f"{text} …")

    def advance(self, share: float) -> None:
        """Show the share of the stage that is done, from 0 to 1; only on a terminal."""
        if self._live:
            bar = Table.grid(padding=(0, 2))
            bar.add_row(
                Text(f"{self._stage} …", style="dim"),
                ProgressBar(total=1.0, completed=share, width=32),
                Text(f"{share:4.0%}", style="dim"),
            )
            self._live.update(bar)

    def note(self, text: str) -> None:
        """Print a line, with options spelled as flags."""
        self._line(spell_flags(text))

    def plan(self, plan: Plan) -> None:
        """Print the plan as a table."""
        self._plan = plan
        self.console.print(_plan_table(plan))
        if self._live:
            self._live.update(Text("training …", style="dim"))

    def row(self, row: Metrics, trainer: Trainer) -> None:
        """Update the panel with a row of metrics, or print a line."""
        assert self._plan is not None
        if row.split == "validation":
            self._validation = row
            self._line(_validation_line(row, self._plan))
        else:
            self._train.append(row)
        if self._live:
            self._live.update(self._panel(row, trainer))
        elif row.split == "train" and self._is_line_due(trainer):
            left = _time_left(trainer, self._train)
            self._line(_training_line(row, self._plan, trainer, left))

    def _line(self, text: str) -> None:
        # A log keeps its lines whole; on a terminal they wrap at words.
        self.console.print(Text(text), soft_wrap=not self.console.is_terminal)

    def _is_line_due(self, trainer: Trainer) -> bool:
        # A log gets dozens of lines, not thousands: one each fiftieth of the budget.
        if trainer.share_done * 50 < self._next_line:
            return False
        self._next_line = int(trainer.share_done * 50) + 1
        return True

    def _panel(self, row: Metrics, trainer: Trainer) -> Group:
        assert self._plan is not None
        head = Table.grid(padding=(0, 2))
        head.add_row(
            Text(_position(trainer), style="bold"),
            ProgressBar(total=1.0, completed=trainer.share_done, width=32),
            Text(f"{trainer.share_done:4.0%}"),
            Text(f"{_time_left(trainer, self._train)} left"),
        )
        parts: list[Table | Text] = [head]
        train = self._train[-1] if self._train else None
        if train:
            parts.append(_numbers(train, self._validation, self._plan))
        parts.append(_scale((train or row).mlm_loss, self._plan))
        return Group(*parts)


def _plan_table(plan: Plan) -> Table:
    config = plan.config
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column()
    table.add_row(
        "model",
        f"{config.num_hidden_layers} layers, hidden size {config.hidden_size}, "
        f"{config.num_attention_heads} heads, {config.parameters():,} parameters, "
        f"{config.max_position_embeddings} positions",
    )
    if plan.options.init_from is not None:
        table.add_row("from", plan.options.init_from)
    table.add_row(
        "text",
        f"{plan.documents:,} documents ({plan.validation_documents:,} for validation), "
        f"{plan.sentences:,} sentences, {plan.tokens:,} tokens, "
        f"a vocabulary of {config.vocab_size:,} tokens",
    )
    table.add_row("objective", _task(plan))
    table.add_row("masking", _masks(plan))
    table.add_row("training", _length(plan))
    table.add_row("device", _machine(plan))
    table.add_row(
        "baselines",
        f"uniform loss (ln V) {plan.uniform_loss:.2f} nats, unigram entropy "
        f"{plan.unigram_entropy:.2f} nats; an MLM loss below it shows that context is used",
    )
    table.add_row("run", str(plan.run))
    return table


def _length(plan: Plan) -> str:
    if plan.budget.seconds is not None:
        length = format_duration(plan.budget.seconds)
    else:
        assert plan.budget.steps is not None
        epochs = plan.budget.steps / max(1, plan.steps_per_epoch)
        length = f"{plan.budget.steps:,} steps ({epochs:.1f} epochs)"
    return (
        f"{length}, batches of {plan.options.batch_size} x {plan.config.max_position_embeddings}, "
        f"recipe {plan.options.recipe}"
    )


def _machine(plan: Plan) -> str:
    one = f"{plan.device}, {plan.dtype}, {plan.threads} threads"
    if plan.processes == 1:
        return one
    examples = plan.options.batch_size // plan.processes
    return f"{plan.processes} processes with {examples} sequences per step each: {one}"


def _task(plan: Plan) -> str:
    return OBJECTIVES[plan.options.objective].summary.format(plan.random_next_share)


def _masks(plan: Plan) -> str:
    options = plan.options
    share = options.training_recipe().masked_lm_prob
    text = f"{100 * share:.3g}% of the tokens"
    if options.final_masked_lm_prob is not None:
        text += f" at first, {100 * options.final_masked_lm_prob:.3g}% at the end"
    text += f", as {MASK_UNITS[options.mask_unit]}"
    if options.max_predictions_per_seq is not None:
        text += f", at most {options.max_predictions_per_seq:,} per sequence"
    in_training = (share, options.final_masked_lm_prob, options.mask_unit)
    if in_training != (VALIDATION_MASKED_LM_PROB, None, "token") and plan.validation_documents:
        text += f"; for validation always {VALIDATION_MASKED_LM_PROB:.0%}, as single tokens"
    return text


def _position(trainer: Trainer) -> str:
    steps = trainer.budget.steps
    return f"step {trainer.step:,}" + (f" of {steps:,}" if steps is not None else "")


def _time_left(trainer: Trainer, rows: Sequence[Metrics]) -> str:
    steps, seconds = [row.step for row in rows], [row.seconds for row in rows]
    left = seconds_left(trainer.budget, steps, seconds)
    return "?" if left is None else format_duration(left)


def _numbers(train: Metrics, validation: Metrics | None, plan: Plan) -> Table:
    table = Table.grid(padding=(0, 2))
    for _ in range(6):
        table.add_column(justify="right")
    pairs = PAIR_TASKS.get(plan.options.objective, "NSP")
    table.add_row("", "MLM loss", "accuracy", f"{pairs} loss", "accuracy", "tokens/s", style="dim")
    speed = f"{train.tokens_per_second:,.0f}" if train.tokens_per_second else ""
    table.add_row("training", *_losses(train), speed)
    if validation:
        table.add_row("validation", *_losses(validation), "")
    return table


def _losses(row: Metrics) -> tuple[str, str, str, str]:
    return (
        f"{row.mlm_loss:.3f}",
        f"{row.mlm_accuracy:.1%}",
        "-" if row.nsp_loss is None else f"{row.nsp_loss:.3f}",
        "-" if row.nsp_accuracy is None else f"{row.nsp_accuracy:.1%}",
    )


def _pair_accuracy(row: Metrics, plan: Plan) -> str:
    """The accuracy of the second head, or nothing where the objective has no pairs."""
    if row.nsp_accuracy is None:
        return ""
    return f"  {PAIR_TASKS[plan.options.objective]} accuracy {row.nsp_accuracy:.1%}"


def _scale(loss: float, plan: Plan, width: int = 56) -> Text:
    """A line from the uniform loss on the left to 0 on the right, with the loss as ● on it."""

    def column(value: float) -> int:
        return round((1 - min(max(value / plan.uniform_loss, 0.0), 1.0)) * (width - 1))

    cells = ["─"] * width
    cells[column(plan.unigram_entropy)] = "┼"
    cells[column(loss)] = "●"
    scale = Text(f"{plan.uniform_loss:.2f} ", style="dim")
    scale.append("".join(cells), style="default not dim")
    scale.append(f" 0   ┼ = {plan.unigram_entropy:.2f}: {_level(loss, plan)}")
    return scale


def _level(loss: float, plan: Plan) -> str:
    match loss_level(loss, plan.uniform_loss, plan.unigram_entropy):
        case LossLevel.BELOW_UNIGRAM:
            return f"{plan.unigram_entropy - loss:.2f} below the unigram entropy"
        case LossLevel.AT_UNIGRAM:
            return "at the unigram entropy"
        case LossLevel.ABOVE_UNIGRAM:
            return "above the unigram entropy"
        case LossLevel.ABOVE_UNIFORM:
            return "above the uniform loss"


def _training_line(row: Metrics, plan: Plan, trainer: Trainer, left: str) -> str:
    return (
        f"{_position(trainer)}  {trainer.share_done:.0%}  "
        f"MLM loss {row.mlm_loss:.3f} ({_level(row.mlm_loss, plan)})  "
        f"accuracy {row.mlm_accuracy:.1%}{_pair_accuracy(row, plan)}  "
        f"{row.tokens_per_second or 0:,.0f} tokens/s  {left} left"
    )


def _validation_line(row: Metrics, plan: Plan) -> str:
    return (
        f"validation at step {row.step:,}: MLM loss {row.mlm_loss:.3f} "
        f"({_level(row.mlm_loss, plan)})  accuracy {row.mlm_accuracy:.1%}"
        f"{_pair_accuracy(row, plan)}"
    )
