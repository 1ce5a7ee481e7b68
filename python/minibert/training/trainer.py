"""The training loop: trains a model on batches and yields a row of metrics at fixed steps.

The loop is `Trainer.train`. A `Recipe` says how the weights change, a `Budget` for how long.
`Trainer.state` has everything that a resumed run needs beside the weights.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from minibert.config import PAIR_TASKS
from minibert.config.recipe import Budget, Recipe
from minibert.data.dataloader import BatchStream
from minibert.errors import DivergedError, OptionError, RunError
from minibert.model.device import compute_dtype
from minibert.model.losses import perplexity
from minibert.training.agreement import Agreement, agree
from minibert.training.distributed import ProcessGroup
from minibert.training.loss import PretrainingLoss
from minibert.training.running_metrics import RunningMetrics, metrics_row
from minibert.training.step import MAX_SKIPPED, OptimizerStep

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from minibert.data.dataset import Batch, PretrainingDataset
    from minibert.model.bert import BertForPreTraining
    from minibert.runs.metrics import Metrics
    from minibert.training.optimization import Optimizer


PAUSE_POLL_SECONDS = 0.25
"""Time between two calls of `should_pause` during a pause."""
EVALUATION_BATCHES = 20
"""Batches of an evaluation during training."""
LAST_EVALUATION_BATCHES = 64
"""Batches of the evaluation at the end of training."""


class TrainerCallback:
    """The base class of callbacks; override what you need.

    A callback may read the trainer and call `trainer.stop()`. What it raises ends the training.

    Example:
        >>> class StopEarly(TrainerCallback):
        ...     def on_evaluate(self, trainer, metrics):
        ...         if metrics.mlm_loss < 2.5:
        ...             trainer.stop()
    """

    def on_step(self, trainer: Trainer) -> None:
        """Called after each step that changed the weights, in every process."""

    def on_evaluate(self, trainer: Trainer, metrics: Metrics) -> None:
        """Called after each evaluation, in rank 0."""

    def on_checkpoint(self, trainer: Trainer, path: Path) -> None:
        """Called after `save_checkpoint` has written a checkpoint folder, in rank 0."""

    def on_end(self, trainer: Trainer) -> None:
        """Called when the budget is used up or `stop` was called, in every process."""


class Trainer:
    """Trains a model on a dataset until its budget is used up.

    Attributes:
        step: optimizer steps done so far.
        epoch: the epoch of the last batch, from 0.
        index: the number of batches of this epoch that training has used.
        tokens: tokens trained on so far, padding not counted.
        stopping: whether `train` has ended because of `stop`, in this process or another.
        loss: the model and its loss: a batch in, the loss and the sums of metrics out.

    Args:
        model: the model; it is moved to `device` and changed in place.
        dataset: the batches to train on. It must mask the share of tokens that `recipe` says.
        validation: a dataset to evaluate on, the same batches each time.
        recipe: how the weights change.
        budget: how long to train.
        device: the device to compute on.
        log_every: steps between rows of training metrics.
        evaluate_every: steps between evaluations.
        seconds_used: seconds of a time budget that are used up before training.
        accumulate: micro-batches per batch. Their gradients are summed for one step.
        callbacks: called in this order; see `TrainerCallback`.
        group: the processes that train together. Each has its own trainer, whose dataset is a shard
            of the batches; rank 0 alone evaluates and yields rows.

    Raises:
        OptionError: the dataset does not mask the share of tokens that the recipe says.

    Example:
        >>> trainer = Trainer(model, dataset, recipe=RECIPES["minibert"], budget=Budget(steps=100))
        >>> for row in trainer.train():
        ...     print(row.step, row.mlm_loss)
    """

    def __init__(
        self,
        model: BertForPreTraining,
        dataset: PretrainingDataset,
        *,
        recipe: Recipe,
        budget: Budget,
        validation: PretrainingDataset | None = None,
        device: torch.device | str = "cpu",
        log_every: int = 10,
        evaluate_every: int = 250,
        seconds_used: float = 0.0,
        accumulate: int = 1,
        callbacks: Sequence[TrainerCallback] = (),
        group: ProcessGroup = ProcessGroup(),  # noqa: B008 - a constant
    ) -> None:
        if dataset.masked_lm_prob != recipe.masked_lm_prob:
            raise OptionError(
                f"`masked_lm_prob` is {dataset.masked_lm_prob:g} in the dataset and "
                f"{recipe.masked_lm_prob:g} in the recipe; make the dataset with that of the recipe"
            )
        self.device = torch.device(device)
        self.model = model.to(self.device)
        self.dataset = dataset
        self.validation = validation if group.ranks.is_rank0 else None
        self.recipe = recipe
        self.budget = budget
        self.log_every = log_every
        self.evaluate_every = evaluate_every
        self.accumulate = accumulate
        self.callbacks = list(callbacks)
        self.group = group
        dtype = compute_dtype(self.device)
        self.loss = PretrainingLoss(model, self.device, dtype)
        self._optimizer_step = OptimizerStep(model, recipe, dtype)
        self._replica = group.replicate(self.loss, all_used=dataset.objective in PAIR_TASKS)
        self._seed = torch.initial_seed()

        self.step = 0
        self.epoch = 0
        self.index = 0
        self.tokens = 0
        self.stopping = False
        self._stop_requested = False
        self._window = RunningMetrics(self.device)
        self._seconds_before = seconds_used  # at `_clock_start`
        self._clock_start = time.perf_counter()

    @property
    def optimizers(self) -> list[Optimizer]:
        """AdamW, and Muon if the recipe has it."""
        return self._optimizer_step.optimizers

    @property
    def seconds(self) -> float:
        """Time spent so far, in this process and those that it resumed from."""
        return self._seconds_before + time.perf_counter() - self._clock_start

    @property
    def share_done(self) -> float:
        """The share of the budget that is used up, from 0 to 1."""
        return self.budget.share_done(self.step, self.seconds)

    def stop(self) -> None:
        """End `train` after the current step; for a signal handler, a callback or another thread.

        With several processes, all of them end after the same step.
        """
        self._stop_requested = True

    # ---- the loop -------------------------------------------------------------------------------

    def train(
        self,
        should_pause: Callable[[], bool] = lambda: False,
        batches: Iterable[Batch] | None = None,
    ) -> Iterator[Metrics]:
        """Train to the end of the budget, and yield rows of metrics.

        A validation row follows every `evaluate_every` steps and the last step. When a row is
        yielded the state is that of a whole step, so that the caller can save it. After `stop`
        there is no last evaluation.

        Args:
            should_pause: called between two steps; training pauses while it returns true. During a
                pause the clock stands still, and `stop` works. With several processes, all pause
                when one does.
            batches: the batches to train on, in place of `BatchStream(dataset)`. They must not end
                before the budget.

        Raises:
            DivergedError: the loss was not finite for `MAX_SKIPPED` batches in a row. The model is
                as it was before them.
            RankLostError: another process is gone. The state is that of the last whole step.
            RunError: `batches` has ended.
        """
        stream = BatchStream(self.dataset, epoch=self.epoch, index=self.index)
        with stream if batches is None else nullcontext(batches) as source:
            yield from self._train(iter(source), should_pause)
        if self.validation is not None and not self.stopping:
            yield self.evaluate(LAST_EVALUATION_BATCHES)
        for callback in self.callbacks:
            callback.on_end(self)

    def _train(
        self, batches: Iterator[Batch], should_pause: Callable[[], bool]
    ) -> Iterator[Metrics]:
        while True:
            waiting_since = time.perf_counter()
            batch = next(batches, None)
            if batch is None:
                raise RunError(f"the batches ended after step {self.step}, before the budget did")
            self._window.waited += time.perf_counter() - waiting_since
            agreed = self._agree_when_not_paused(batch, should_pause)
            self.stopping = agreed.stop
            if self.stopping:
                self._stop_requested = False  # a later `train` continues
            if self.stopping or self.budget.share_done(self.step, agreed.seconds) >= 1.0:
                return
            if self._train_step(batch, agreed):
                for callback in self.callbacks:
                    callback.on_step(self)
                yield from self._due_rows()

    def _due_rows(self) -> Iterator[Metrics]:
        if self.step % self.log_every == 0:
            window, self._window = self._window, RunningMetrics(self.device)
            if self.group.ranks.is_rank0:
                yield self._row("train", window.sums, **window.figures())
        due = self.step % self.evaluate_every == 0 and self.share_done < 1.0
        if self.validation is not None and due:
            evaluating_since = time.perf_counter()
            yield self.evaluate(EVALUATION_BATCHES)
            self._window.start += time.perf_counter() - evaluating_since

    def evaluate(self, max_batches: int) -> Metrics:
        """Evaluate the model on the validation batches, the same batches and masks each time.

        Means are over predictions, not over batches.

        Raises:
            RunError: there is no validation dataset, or nothing in it can be masked.
        """
        if self.validation is None:
            raise RunError("there is no validation dataset to evaluate on")
        sums = torch.zeros(6, device=self.device)
        self.model.eval()
        with torch.inference_mode():
            for index in range(min(max_batches, self.validation.batches_per_epoch(0))):
                for part in self._micro_batches(self.validation.batch(0, index)):
                    sums += self.loss(part)[1]
        self.model.train()
        row = self._row("validation", sums, perplexity=perplexity(float(sums[0] / sums[2])))
        for callback in self.callbacks:
            callback.on_evaluate(self, row)
        return row

    # ---- one step -------------------------------------------------------------------------------

    def _agree_when_not_paused(self, batch: Batch, should_pause: Callable[[], bool]) -> Agreement:
        """The result of `_agree` as soon as no process pauses, or all of them stop.

        During a pause the processes agree every `PAUSE_POLL_SECONDS`, so that none waits for
        another until a timeout.
        """
        agreed = self._agree(batch, pause=should_pause())
        paused_at = time.perf_counter()
        while agreed.pause and not agreed.stop:
            time.sleep(PAUSE_POLL_SECONDS)
            pause = should_pause()
            before, paused_at = paused_at, time.perf_counter()
            self._clock_start += paused_at - before
            self._window.start += paused_at - before
            agreed = self._agree(batch, pause=pause)
        return agreed

    def _agree(self, batch: Batch, pause: bool = False) -> Agreement:
        return agree(
            self.group, batch, seconds=self.seconds, stop=self._stop_requested, pause=pause
        )

    def _train_step(self, batch: Batch, agreed: Agreement) -> bool:
        """Make one step, and return whether it changed the model.

        The trainer's state changes only after the gradients of all processes are summed, so that a
        lost process leaves the state of the last whole step.

        Raises:
            DivergedError: too many steps in a row were skipped.
        """
        with self.group.detecting_lost_ranks():
            loss, sums = self._backward(batch, agreed.masked, agreed.pairs)
        self._count_batch()
        share_done = self.budget.share_done(self.step + 0.5, agreed.seconds)
        result = self._optimizer_step(loss, share_done)
        if result is None:
            self._window.skipped += 1
            if not self._optimizer_step.diverged:
                return False
            epoch, index = self.epoch, self.index - 1
            raise DivergedError(
                f"the loss was not finite for {MAX_SKIPPED} batches in a row after step "
                f"{self.step}, the last being batch {index} of epoch {epoch}",
                epoch=epoch,
                index=index,
            )
        self.step += 1
        self.tokens += agreed.tokens
        self._window.add(sums, result.grad_norm, result.learning_rate, agreed.tokens)
        return True

    def _backward(self, batch: Batch, masked: int, pairs: int) -> tuple[Tensor, Tensor]:
        """Leave the gradients of a batch's loss in the parameters.

        The loss of each micro-batch, in each process, is divided by the number of labels of the
        whole batch: a mean over the means of micro-batches would weigh a prediction more the fewer
        others its micro-batch has. Gradients are exchanged once, with the last micro-batch.

        Args:
            batch: this process's shard.
            masked: the number of predictions over all processes.
            pairs: the number of pairs over all processes.

        Returns:
            The loss and the sums (6,) over all processes.
        """
        self.group.seed_dropout(self._seed, self.step)
        parts = self._micro_batches(batch)
        losses, all_sums = [], []
        for number, part in enumerate(parts, 1):
            loss, sums = self._replica.backward(part, masked, pairs, last=number == len(parts))
            losses.append(loss)
            all_sums.append(sums)
        total = torch.stack(losses).sum()
        reduced = self.group.all_reduce(torch.cat((total[None], torch.stack(all_sums).sum(dim=0))))
        return reduced[0], reduced[1:]

    def _micro_batches(self, batch: Batch) -> list[Batch]:
        return batch.split(self.dataset.batch_size // self.accumulate)

    def _count_batch(self) -> None:
        while self.index >= self.dataset.batches_per_epoch(self.epoch):
            self.epoch, self.index = self.epoch + 1, 0
        self.index += 1

    # ---- metrics and state ----------------------------------------------------------------------

    def _row(self, split: str, sums: Tensor, **more: Any) -> Metrics:
        return metrics_row(
            sums,
            step=self.step,
            split=split,
            seconds=self.seconds,
            tokens=self.tokens,
            epoch=self.epoch + self.index / self.dataset.batches_per_epoch(self.epoch),
            device=self.device,
            **more,
        )

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """What `restore` needs beside the weights: tensors by name, and plain numbers."""
        tensors = {"rng.cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            tensors["rng.cuda"] = torch.cuda.get_rng_state(self.device)
        tensors |= {f"window.{name}": tensor for name, tensor in self._window.tensors().items()}
        optimizers = self._optimizer_step.state()
        tensors |= {f"optimizer.{name}": tensor for name, tensor in optimizers.items()}
        numbers = {
            "step": self.step,
            "epoch": self.epoch,
            "index": self.index,
            "tokens": self.tokens,
            "seconds": self.seconds,
            "skipped": self._optimizer_step.skipped,
            "window": self._window.numbers(),
        }
        return tensors, numbers

    def restore(self, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
        """Continue from a `state`; the caller loads the weights into the model."""
        torch.set_rng_state(tensors["rng.cpu"])
        if self.device.type == "cuda" and "rng.cuda" in tensors:
            torch.cuda.set_rng_state(tensors["rng.cuda"], self.device)
        self._optimizer_step.load_state(_with_prefix("optimizer.", tensors))
        self._optimizer_step.skipped = numbers["skipped"]
        self.step, self.tokens = numbers["step"], numbers["tokens"]
        self.epoch, self.index = numbers["epoch"], numbers["index"]
        self._window.restore(_with_prefix("window.", tensors), numbers["window"])
        self._seconds_before = numbers["seconds"]
        self._clock_start = time.perf_counter()


def _with_prefix(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors whose names begin with a prefix, by the rest of their names."""
    return {k.removeprefix(prefix): v for k, v in tensors.items() if k.startswith(prefix)}
