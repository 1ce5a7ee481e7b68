"""The training loop: batches in, a better model out, a row of metrics now and then.

The loop is `Trainer.train`; what it does to the model is one `Recipe`, how long is one `Budget`.
Everything that a resumed run needs is in `Trainer.state`, and nothing else is remembered.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch import Tensor

from minibert.config import PAIR_TASKS
from minibert.config.recipe import Budget, Recipe
from minibert.data.dataloader import BatchStream, batch_to_device
from minibert.errors import DivergedError, RunError
from minibert.model.device import compute_dtype, peak_memory
from minibert.model.losses import perplexity, pretraining_loss
from minibert.runs.metrics import Metrics
from minibert.training.distributed import ProcessGroup
from minibert.training.optimization import learning_rate_factor, make_optimizers
from minibert.training.running_metrics import RunningMetrics

if TYPE_CHECKING:
    from collections.abc import Iterator

    from minibert.data.dataset import Batch, PretrainingDataset
    from minibert.model.bert import BertForPreTraining, PreTrainingOutput


HELD_SECONDS = 0.25  # between two questions whether a pause is over
MAX_SKIPPED = 3  # batches in a row whose loss is not finite; a lone one can be a freak of the data


class Trainer:
    """Trains a model on a dataset until its budget is used up.

    Attributes:
        step: optimiser steps done so far.
        stopping: whether `train` has ended because of `stop`, in this process or another.

    Args:
        model: the model; it is moved to `device` and changed in place.
        dataset: where batches come from; any batch of any epoch, by number.
        validation: a dataset to evaluate on, with batches that never change.
        recipe: how the weights are changed.
        budget: how long.
        device: where to compute.
        log_every: steps between rows of training metrics.
        evaluate_every: steps between evaluations.
        seconds_used: of a time budget, what went by before training.
        accumulate: micro-batches that a batch is cut into, whose gradients are summed for a step.
        group: the processes that train together. Each has a trainer, whose dataset is its shard;
            the first alone evaluates and has rows.

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
        group: ProcessGroup = ProcessGroup(),  # noqa: B008 - a constant
    ) -> None:
        self.device = torch.device(device)
        self.model = model.to(self.device)
        self.dataset = dataset
        self.validation = validation if group.ranks.first else None
        self.recipe = recipe
        self.budget = budget
        self.log_every = log_every
        self.evaluate_every = evaluate_every
        self.accumulate = accumulate
        self.dtype = compute_dtype(self.device)
        self.optimizers = make_optimizers(model, recipe, self.dtype)
        self.group = group
        all_used = dataset.objective in PAIR_TASKS
        self._replica = group.replicate(model, lambda *part: self.loss(*part), all_used=all_used)
        self._seed = torch.initial_seed()

        self.step = 0
        self.epoch = 0
        self.index = 0  # of the next batch in its epoch
        self.tokens = 0
        self.stopping = False
        self._told_to_stop = False
        self._skipped = 0  # batches in a row
        self._window = RunningMetrics(self.device)
        self._steps_before = 0
        self._seconds_before = seconds_used  # what the clock showed when this process took over
        self._clock_start = time.perf_counter()

    @property
    def seconds(self) -> float:
        """Time spent so far, in this process and those that it resumed from."""
        return self._seconds_before + time.perf_counter() - self._clock_start

    @property
    def share_done(self) -> float:
        """The share of the budget that is used up."""
        return self.budget.share_done(self.step, self.seconds)

    @property
    def seconds_a_step(self) -> float | None:
        """The pace of this process so far, evaluations included; None before its first step."""
        steps = self.step - self._steps_before
        return (time.perf_counter() - self._clock_start) / steps if steps else None

    def stop(self) -> None:
        """End `train` after the step that is under way; for a signal handler or another thread.

        Where several processes train together, all of them end after the same step.
        """
        self._told_to_stop = True

    def train(self, holds: Callable[[], bool] = lambda: False) -> Iterator[Metrics]:
        """Train to the end of the budget, yielding rows of metrics as they come.

        A validation row follows every `evaluate_every` steps and the last step. The state is then
        complete, so that the caller can save it. After `stop` there is no last evaluation.

        Args:
            holds: asked between two steps, where the state is whole too, whether to make none for
                now. Meanwhile the clock stands still, and `stop` is heeded. Where several processes
                train together, all hold when one does.

        Raises:
            DivergedError: the loss was not finite for `MAX_SKIPPED` batches in a row. The model is
                as it was before them.
            RankLostError: another process is gone. The state is that of the last whole step.
        """
        with self._stream() as stream:
            yield from self._train(stream, holds)
        if self.validation is not None and not self.stopping:
            yield self.evaluate(max_batches=64)

    def _train(self, stream: BatchStream, holds: Callable[[], bool]) -> Iterator[Metrics]:
        while True:
            asked = time.perf_counter()
            batch = next(stream)
            self._window.waited += time.perf_counter() - asked
            agreed = self._agree_to_go_on(batch, holds)
            self.stopping = agreed.stop
            if self.stopping:
                self._told_to_stop = False  # another `train` goes on
            if self.stopping or self.budget.share_done(self.step, agreed.seconds) >= 1.0:
                return
            if self._train_step(batch, agreed, stream):
                yield from self._rows_due()

    def _rows_due(self) -> Iterator[Metrics]:
        if self.step % self.log_every == 0:
            window, self._window = self._window, RunningMetrics(self.device)
            if self.group.ranks.first:
                yield self._row("train", window.sums, **window.figures())
        due = self.step % self.evaluate_every == 0 and self.share_done < 1.0
        if self.validation is not None and due:
            paused = time.perf_counter()
            yield self.evaluate(max_batches=20)
            self._window.start += time.perf_counter() - paused

    def evaluate(self, max_batches: int) -> Metrics:
        """Measure the model on the held-out batches, the same ones with the same masks each time.

        Means are over predictions, not over batches.
        """
        if self.validation is None:
            raise RunError("there is no held-out dataset to evaluate on")
        sums = torch.zeros(6, device=self.device)
        self.model.eval()
        with torch.inference_mode():
            for index in range(min(max_batches, self.validation.batches_per_epoch(0))):
                for part in self._parts(self.validation.batch(0, index)):
                    sums += self.loss(part)[1]
        self.model.train()
        return self._row("validation", sums, perplexity=perplexity(float(sums[0] / sums[2])))

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """What `restore` needs beside the weights: tensors by name, and plain numbers."""
        tensors = {"rng.cpu": torch.get_rng_state()}
        if self.device.type == "cuda":
            tensors["rng.cuda"] = torch.cuda.get_rng_state(self.device)
        tensors |= {"window.sums": self._window.sums, "window.grad_norm": self._window.grad_norm}
        names: dict[Tensor, str] = {p: name for name, p in self.model.named_parameters()}
        for optimizer in self.optimizers:
            for parameter, slots in optimizer.state.items():
                for slot, value in slots.items():
                    tensors[f"optimizer.{slot}.{names[parameter]}"] = value
        numbers = {
            "step": self.step,
            "epoch": self.epoch,
            "index": self.index,
            "tokens": self.tokens,
            "seconds": self.seconds,
            "skipped": self._skipped,
            "window": self._window.numbers(),
        }
        return tensors, numbers

    def restore(self, tensors: dict[str, Tensor], numbers: dict[str, Any]) -> None:
        """Go on from a `state`; the weights are loaded into the model by the caller."""
        torch.set_rng_state(tensors["rng.cpu"])
        if self.device.type == "cuda" and "rng.cuda" in tensors:
            torch.cuda.set_rng_state(tensors["rng.cuda"], self.device)
        parameters = dict(self.model.named_parameters())
        owner = {p: o for o in self.optimizers for g in o.param_groups for p in g["params"]}
        for key, value in tensors.items():
            kind, _, rest = key.partition(".")
            if kind == "optimizer":
                slot, _, name = rest.partition(".")
                parameter = parameters[name]
                owner[parameter].state[parameter][slot] = value.to(self.device)
        self.step = numbers["step"]
        self.epoch = numbers["epoch"]
        self.index = numbers["index"]
        self.tokens = numbers["tokens"]
        self._skipped = numbers["skipped"]
        self._window.restore(numbers["window"])
        self._window.sums = tensors["window.sums"].to(self.device)
        self._window.grad_norm = tensors["window.grad_norm"].to(self.device)
        self._steps_before = self.step
        self._seconds_before = numbers["seconds"]
        self._clock_start = time.perf_counter()

    # ---- one step -------------------------------------------------------------------------------

    def _stream(self) -> BatchStream:
        return BatchStream(self.dataset, epoch=self.epoch, index=self.index)

    def _agree_to_go_on(self, batch: Batch, holds: Callable[[], bool]) -> _Agreed:
        """What `_agree` says, when no process holds any more or all are to end.

        However long a pause, no process waits for another longer than a moment.
        """
        agreed = self._agree(batch, hold=holds())
        held = time.perf_counter()
        while agreed.hold and not agreed.stop:
            time.sleep(HELD_SECONDS)
            hold = holds()
            before, held = held, time.perf_counter()
            self._clock_start += held - before
            self._window.start += held - before
            agreed = self._agree(batch, hold=hold)
        return agreed

    def _agree(self, batch: Batch, hold: bool = False) -> _Agreed:
        """What all processes must know alike before the step on their shards of a batch.

        The clock that a time budget goes by is the first one's: with its own, each would have other
        learning rates, and with them other weights.
        """
        counts = len(batch.masked_lm_ids), len(batch.next_sentence_label)
        seconds = self.seconds if self.group.ranks.first else 0.0
        shares = [*counts, batch.attention_mask.sum(), self._told_to_stop, seconds, hold]
        sums = self.group.all_reduce(torch.tensor(shares, dtype=torch.float64)).tolist()
        masked, pairs, tokens = map(int, sums[:3])
        return _Agreed(masked, pairs, tokens, stop=sums[3] > 0, seconds=sums[4], hold=sums[5] > 0)

    def _train_step(self, batch: Batch, agreed: _Agreed, stream: BatchStream) -> bool:
        """Whether the batch has changed the model: one whose loss is not finite does not.

        Until the gradients are those of all processes, nothing of the state is touched.
        """
        with self.group.detecting_lost_ranks():
            loss, sums = self._backward(batch, agreed.masked, agreed.pairs)
        self.epoch, self.index = stream.epoch, stream.index
        norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.recipe.max_grad_norm)
        if not self._is_finite(loss + norm):
            return False
        factor = self._set_learning_rates(agreed.seconds)
        for optimizer in self.optimizers:
            optimizer.step()
        self.model.zero_grad()

        self.step += 1
        self.tokens += agreed.tokens
        self._window.add(sums, norm, self.recipe.learning_rate * factor, agreed.tokens)
        return True

    def _backward(self, batch: Batch, masked: int, pairs: int) -> tuple[Tensor, Tensor]:
        """Leave the gradients of a batch's loss in the parameters; the loss and its sums.

        Each micro-batch's loss, in each process, is divided by the labels of the whole batch. A
        mean of the means of micro-batches would weigh a prediction by how few others are in its
        own. The gradients go between processes once, with the last micro-batch's.

        Args:
            batch: of this process.
            masked: the predictions in all processes.
            pairs: the pairs in all processes.
        """
        self.group.seed_dropout(self._seed, self.step)
        parts = self._parts(batch)
        losses, all_sums = [], []
        for number, part in enumerate(parts, 1):
            loss, sums = self._replica.backward(part, masked, pairs, last=number == len(parts))
            losses.append(loss)
            all_sums.append(sums)
        total = torch.stack(losses).sum()
        over_all = self.group.all_reduce(torch.cat((total[None], torch.stack(all_sums).sum(dim=0))))
        return over_all[0], over_all[1:]

    def _parts(self, batch: Batch) -> list[Batch]:
        return batch.split(self.dataset.batch_size // self.accumulate)

    def _is_finite(self, loss_and_norm: Tensor) -> bool:
        """Whether a step can be made; if not, its gradients are dropped, and counted are those.

        On a GPU this waits for the step's forward and backward pass, so that the launches of the
        optimiser's kernels are no longer hidden behind them; the next forward pass's still are.

        Raises:
            DivergedError: it was one too many in a row.
        """
        if math.isfinite(float(loss_and_norm)):
            self._skipped = 0
            return True
        self.model.zero_grad()
        self._window.skipped += 1
        self._skipped += 1
        if self._skipped < MAX_SKIPPED:
            return False
        index = self.index - 1  # the stream stands behind the batch; 0 is never behind one
        raise DivergedError(
            f"the loss was not finite for {MAX_SKIPPED} batches in a row after step {self.step}, "
            f"the last being batch {index} of epoch {self.epoch}",
            epoch=self.epoch,
            index=index,
        )

    def loss(
        self, batch: Batch, masked: int | None = None, pairs: int | None = None
    ) -> tuple[Tensor, Tensor]:
        """The loss on a batch, and its sums, as `pretraining_loss` returns them."""
        tensors = self._to_device(batch)
        return pretraining_loss(self._forward(tensors), tensors, masked, pairs)

    def _to_device(self, batch: Batch) -> dict[str, Tensor]:
        tensors = batch_to_device(batch, self.device)
        if batch.attention_mask.all():
            del tensors["attention_mask"]  # nothing is padded, so attention needs no mask
        return tensors

    def _forward(self, tensors: dict[str, Tensor]) -> PreTrainingOutput:
        reduced = self.dtype != torch.float32
        with torch.autocast(self.device.type, dtype=self.dtype, enabled=reduced):
            output: PreTrainingOutput = self.model(
                tensors["input_ids"],
                tensors["token_type_ids"],
                tensors.get("attention_mask"),
                tensors["masked_lm_positions"],
            )
        return output

    def _set_learning_rates(self, seconds: float) -> float:
        # Taken at the middle of the step, so that no step has a rate of zero.
        share = self.budget.share_done(self.step + 0.5, seconds)
        factor = learning_rate_factor(share, self.recipe.warmup_share)
        for optimizer in self.optimizers:
            for group in optimizer.param_groups:
                group["lr"] = group["peak_lr"] * factor
        return factor

    # ---- rows of metrics ------------------------------------------------------------------------

    def _row(self, split: str, sums: Tensor, **more: Any) -> Metrics:
        memory, gpu_memory = peak_memory(self.device)
        mlm_loss, mlm_right, masked, nsp_loss, nsp_right, pairs = sums.tolist()
        if not masked:
            what = "held-out text" if split == "validation" else f"batches before step {self.step}"
            raise RunError(
                f"there is nothing to mask in the {what}, since every piece is [UNK]; "
                "train with a larger --vocab-size, or on other text"
            )
        return Metrics(
            step=self.step,
            split=split,
            seconds=round(self.seconds, 3),
            tokens=self.tokens,
            mlm_loss=mlm_loss / masked,
            mlm_accuracy=mlm_right / masked,
            nsp_loss=nsp_loss / pairs if pairs else None,
            nsp_accuracy=nsp_right / pairs if pairs else None,
            epoch=self.epoch + self.index / self.dataset.batches_per_epoch(self.epoch),
            peak_memory=memory,
            peak_gpu_memory=gpu_memory,
            **more,
        )


class _Agreed(NamedTuple):
    """What is the same in all processes: of a batch over all of them, and when to end or hold."""

    masked: int
    pairs: int
    tokens: int
    stop: bool
    seconds: float
    hold: bool
