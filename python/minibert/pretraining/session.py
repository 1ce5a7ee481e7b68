"""One session of a run: training from where it stands until the end, a signal or an error.

Whatever ends it, the run folder says so and has a checkpoint to go on from.
"""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager, suppress
from functools import partial
from signal import SIGTERM, Signals
from typing import TYPE_CHECKING, TypeVar

from minibert.errors import (
    DivergedError,
    FileError,
    OutOfMemoryError,
    RankLostError,
    ReportedByPeerError,
    RunError,
)
from minibert.pretraining.signals import graceful_shutdown
from minibert.pretraining.trackers import open_tracker
from minibert.runs.control import RunControl
from minibert.runs.model_card import write_model_card
from minibert.training.checkpoint import save_batch, save_checkpoint
from minibert.training.out_of_memory import explain_out_of_memory, is_out_of_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from minibert.config import PretrainOptions
    from minibert.pretraining.plan import Plan, TrainingReporter
    from minibert.runs.metrics import Metrics
    from minibert.runs.run import Run
    from minibert.training.trainer import Trainer

T = TypeVar("T")


def train_session(
    run: Run, trainer: Trainer, plan: Plan, options: PretrainOptions, reporter: TrainingReporter
) -> tuple[Signals | None, Metrics | None]:
    """Train to the end or until told to stop, and leave a checkpoint and the run's state.

    Returns:
        The signal that told so, and the last evaluation, if there were any.

    Raises:
        FileError: the disk is full, or refuses otherwise.
        RunError: the loss was not finite for several batches in a row; the last is in the folder.
        OutOfMemoryError: a step needs more memory than there is.
    """
    signals: list[Signals] = []

    once_more = "; once more to stop at once" if trainer.group.alone else ""

    def stop(signal: Signals, hint: str = once_more) -> None:
        signals.append(signal)
        trainer.stop()
        with suppress(BrokenPipeError):  # it would come in the middle of a step
            reporter.note(f"stopping after this step and saving{hint}")

    control = RunControl(
        run,
        stop=lambda: stop(SIGTERM, "; as was asked for"),
        save=lambda: _save(run, trainer, options),
        note=reporter.note,
    )
    try:
        with graceful_shutdown(stop, launched=not trainer.group.alone):
            with _tracked(run, trainer, options) as log:
                rows = partial(_rows, run, trainer, plan, options, reporter, log, control)
                evaluation = _train(run, trainer, options, rows)
            if trainer.stopping or trainer.validation is None:
                _save(run, trainer, options)
    except BaseException as error:
        with suppress(FileError):  # a full disk takes no word on it either
            if isinstance(error, (KeyboardInterrupt, BrokenPipeError)):
                run.set_state("interrupted")
            else:
                run.set_state("failed", str(error) or type(error).__name__)
        if isinstance(error, FileError):
            raise FileError(
                f"{error}; what was saved before is kept: make room and go on by --resume"
            ) from None
        raise
    run.set_state("interrupted" if trainer.stopping else "finished")
    control.close()
    with suppress(RankLostError):  # one that has not waited until all was saved
        trainer.group.barrier()
    return (signals[0] if signals else None), evaluation


def train_as_worker(trainer: Trainer) -> Signals | None:
    """Train along with the first process, which writes and talks, until it has saved.

    Returns:
        The signal that told this process to stop, if one did.

    Raises:
        ReportedByPeerError: the first process has ended, or says why it will.
        OutOfMemoryError: a step needs more memory than this process has.
    """
    signals: list[Signals] = []

    def stop(signal: Signals) -> None:
        signals.append(signal)
        trainer.stop()

    try:
        with graceful_shutdown(stop, launched=True):
            _explaining_memory(trainer, lambda: deque(trainer.train(), maxlen=0))
            trainer.group.barrier()
    except DivergedError:
        trainer.group.wait_for_rank0()
    except RankLostError as error:
        raise ReportedByPeerError(str(error)) from None
    return signals[0] if signals else None


def _train(run: Run, trainer: Trainer, options: PretrainOptions, train: Callable[[], T]) -> T:
    """Train, and leave what there is to go on from if that fails."""
    try:
        return _explaining_memory(trainer, train)
    except DivergedError as error:
        epoch, index = error.context["epoch"], error.context["index"]
        path = run.path / f"batch-{epoch}-{index}.safetensors"
        save_batch(path, trainer.dataset.whole().batch(epoch, index))
        raise RunError(
            f"{error}, which is kept in {path} to look into; the last checkpoint is kept: "
            "train anew with a lower --lr"
        ) from None
    except BrokenPipeError:  # nobody reads any more what is said
        _save(run, trainer, options)
        raise
    except RankLostError as error:
        _save(run, trainer, options)
        raise RankLostError(
            f"{error} after step {trainer.step:,}, which is saved; go on by --resume, with as many "
            "processes as there are"
        ) from None


def _rows(
    run: Run,
    trainer: Trainer,
    plan: Plan,
    options: PretrainOptions,
    reporter: TrainingReporter,
    log: Callable[[Metrics], None],
    control: RunControl,
) -> Metrics | None:
    """Train, with a row of metrics and a checkpoint now and then; the last evaluation."""
    evaluation = None
    saved_at = trainer.step
    stuck = _PlateauWatch(plan)
    for row in trainer.train(control.holds):
        log(row)
        reporter.row(row, trainer)
        stuck.look(row, trainer, reporter)
        if row.skipped:
            reporter.note(f"{row.skipped} batches were skipped: their loss was not finite")
        if row.split == "validation":
            evaluation = row
        unmeasured = row.step - saved_at if trainer.validation is None else 0
        if row.split == "validation" or unmeasured >= trainer.evaluate_every:
            _save(run, trainer, options)
            saved_at = row.step
    return evaluation


def _explaining_memory(trainer: Trainer, train: Callable[[], T]) -> T:
    try:
        return train()
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        reason = str(error) or type(error).__name__
    # Only here are the error and the tensors that it held gone.
    raise OutOfMemoryError(explain_out_of_memory(trainer, reason))


@contextmanager
def _tracked(
    run: Run, trainer: Trainer, options: PretrainOptions
) -> Iterator[Callable[[Metrics], None]]:
    """What logs a row: to the run's metrics, and to a tracker where one is wanted."""
    if options.log_to is None:
        yield run.log
        return
    tracker = open_tracker(options.log_to, run, trainer.step)

    def log(row: Metrics) -> None:
        run.log(row)
        tracker.log(row)

    try:
        yield log
    finally:
        tracker.close()


def _save(run: Run, trainer: Trainer, options: PretrainOptions) -> None:
    run.sync_metrics()
    save_checkpoint(run.path, trainer, options.keep)
    write_model_card(run, trainer.step, trainer.share_done)


class _PlateauWatch:
    """Says once when the model has learned word frequencies and nothing else for too long."""

    def __init__(self, plan: Plan) -> None:
        self._frequencies = plan.unigram_entropy
        self._said = False

    def look(self, row: Metrics, trainer: Trainer, reporter: TrainingReporter) -> None:
        stuck = row.mlm_loss > self._frequencies - 0.2
        long_enough = trainer.share_done > 0.3 and row.step >= 200
        if row.split == "validation" and stuck and long_enough and not self._said:
            self._said = True
            reporter.note(
                f"stuck at word frequencies: the held-out loss of {row.mlm_loss:.2f} is no better "
                f"than the {self._frequencies:.2f} of guessing by frequency; "
                "it may need more steps, another --lr, or more text"
            )
