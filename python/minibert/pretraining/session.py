"""One session of a run: training from its latest checkpoint until the end, a signal or an error.

At the end of the session the run folder records the run's state and has a checkpoint to resume
from. SIGKILL is the exception: the manifest then still says `running` or `paused`.
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
    RankLostError,
    ReportedByPeerError,
    RunError,
)
from minibert.pretraining.signals import graceful_shutdown
from minibert.pretraining.trackers import open_tracker
from minibert.runs.control import RunControl
from minibert.runs.manifest import RunState
from minibert.runs.model_card import write_model_card
from minibert.runs.progress import is_plateau
from minibert.training.checkpoint import save_batch, save_checkpoint
from minibert.training.out_of_memory import is_out_of_memory, out_of_memory_error

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
    """Train in rank 0 until the end or a request to stop; save a checkpoint and the run's state.

    Returns:
        The signal that stopped the training and the last evaluation, if any.

    Raises:
        FileError: the disk is full or refuses otherwise.
        RunError: the loss was not finite for several batches in a row; the last one is saved in
            the run folder.
        RankLostError: another rank is gone; the training is saved.
        OutOfMemoryError: a step needs more memory than there is.
    """
    signals: list[Signals] = []

    at_once = "; repeat it to stop at once" if trainer.group.alone else ""

    def stop(signal: Signals, hint: str = at_once) -> None:
        signals.append(signal)
        trainer.stop()
        with suppress(BrokenPipeError):  # it would interrupt a step
            reporter.note(f"stopping after this step and saving{hint}")

    control = RunControl(
        run,
        stop=lambda: stop(SIGTERM, ", as requested"),
        save=lambda: _save(run, trainer, options),
        note=reporter.note,
    )
    try:
        with graceful_shutdown(stop, launched=not trainer.group.alone):
            with _tracked(run, trainer, options) as log:
                train = partial(_train, run, trainer, plan, options, reporter, log, control)
                evaluation = _save_on_failure(run, trainer, options, train)
            if trainer.stopping or trainer.validation is None:
                _save(run, trainer, options)
    except BaseException as error:
        with suppress(FileError):  # the disk may be full
            if isinstance(error, (KeyboardInterrupt, BrokenPipeError)):
                run.set_state(RunState.INTERRUPTED)
            else:
                run.set_state(RunState.FAILED, str(error) or type(error).__name__)
        if isinstance(error, FileError):
            raise FileError(
                f"{error}; the saved checkpoints are kept",
                advice="free disk space and resume the run",
                cause="cannot_save",
            ) from None
        raise
    run.set_state(RunState.INTERRUPTED if trainer.stopping else RunState.FINISHED)
    control.close()
    with suppress(RankLostError):  # a rank that did not wait for the last save
        trainer.group.barrier()
    return (signals[0] if signals else None), evaluation


def train_as_worker(trainer: Trainer) -> Signals | None:
    """Train in a rank other than 0, which neither logs nor saves, until rank 0 has saved.

    Returns:
        The signal that stopped this process, if any.

    Raises:
        ReportedByPeerError: rank 0 has ended, or reports why it will.
        OutOfMemoryError: a step needs more memory than this process has.
    """
    signals: list[Signals] = []

    def stop(signal: Signals) -> None:
        signals.append(signal)
        trainer.stop()

    try:
        with graceful_shutdown(stop, launched=True):
            _explain_memory_errors(trainer, lambda: deque(trainer.train(), maxlen=0))
            trainer.group.barrier()
    except DivergedError:
        trainer.group.wait_for_rank0()
    except RankLostError as error:
        raise ReportedByPeerError(str(error)) from None
    return signals[0] if signals else None


def _save_on_failure(
    run: Run, trainer: Trainer, options: PretrainOptions, train: Callable[[], T]
) -> T:
    """Train. After a failure, save a checkpoint, or the batch whose loss was not finite."""
    try:
        return _explain_memory_errors(trainer, train)
    except DivergedError as error:
        epoch, index = error.context["epoch"], error.context["index"]
        path = run.path / f"batch-{epoch}-{index}.safetensors"
        save_batch(path, trainer.dataset.whole().batch(epoch, index))
        raise RunError(
            f"{error}, which is saved in {path}; the last checkpoint is kept",
            advice="start a new run with a lower learning rate",
            cause="diverged",
        ) from None
    except BrokenPipeError:  # the reader of the output has gone
        _save(run, trainer, options)
        raise
    except RankLostError as error:
        _save(run, trainer, options)
        raise RankLostError(
            f"{error} after step {trainer.step:,}, which is saved",
            advice="resume the run with the processes that are left",
            cause="rank_lost",
        ) from None


def _train(
    run: Run,
    trainer: Trainer,
    plan: Plan,
    options: PretrainOptions,
    reporter: TrainingReporter,
    log: Callable[[Metrics], None],
    control: RunControl,
) -> Metrics | None:
    """Train with rows of metrics and checkpoints; returns the last evaluation."""
    evaluation = None
    saved_at = trainer.step
    plateau_watch = _PlateauWatch(plan)
    for row in trainer.train(control.should_pause):
        log(row)
        reporter.row(row, trainer)
        plateau_watch.check(row, trainer, reporter)
        if row.skipped:
            reporter.note(f"skipped {row.skipped} batches: their loss was not finite")
        if row.split == "validation":
            evaluation = row
        unsaved = row.step - saved_at if trainer.validation is None else 0
        if row.split == "validation" or unsaved >= trainer.evaluate_every:
            _save(run, trainer, options)
            saved_at = row.step
    return evaluation


def _explain_memory_errors(trainer: Trainer, train: Callable[[], T]) -> T:
    try:
        return train()
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        reason = str(error) or type(error).__name__
    # Only here, outside the handler, are the error and the tensors in its traceback freed.
    raise out_of_memory_error(trainer, reason)


@contextmanager
def _tracked(
    run: Run, trainer: Trainer, options: PretrainOptions
) -> Iterator[Callable[[Metrics], None]]:
    """A function that logs a row to the run's metrics and to the tracker, if there is one."""
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
    """Reports once that the loss has stayed at the unigram entropy for too long."""

    def __init__(self, plan: Plan) -> None:
        self._unigram_entropy = plan.unigram_entropy
        self._reported = False

    def check(self, row: Metrics, trainer: Trainer, reporter: TrainingReporter) -> None:
        if row.split != "validation" or self._reported:
            return
        if is_plateau(row.mlm_loss, self._unigram_entropy, trainer.share_done, row.step):
            self._reported = True
            reporter.note(
                f"the validation loss of {row.mlm_loss:.2f} is still at the unigram entropy of "
                f"{self._unigram_entropy:.2f}: the model uses no context yet; it may need more "
                "steps, another learning rate or more text"
            )
