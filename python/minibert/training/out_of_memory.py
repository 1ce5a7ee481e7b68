"""Steps that need too much memory: recognizing the error, and finding a batch size that fits."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import torch

from minibert.errors import OutOfMemoryError

if TYPE_CHECKING:
    from minibert.training.trainer import Trainer

# PyTorch's messages on a CPU: on Unix, on Windows, and by oneDNN, which gives no reason. For GPUs
# there is an exception class.
_CPU_MESSAGES = ("can't allocate memory", "not enough memory", "could not create a primitive")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error means that a GPU or CPU has no memory left."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(
        message in str(error) for message in _CPU_MESSAGES
    )


def out_of_memory_error(trainer: Trainer, reason: str) -> OutOfMemoryError:
    """The error about a step that did not fit, with a number of examples that does fit.

    Args:
        trainer: the trainer of the step.
        reason: the message of the error. The error itself must be gone, since its traceback holds
            the tensors of the step.
    """
    examples = trainer.dataset.batch_size // trainer.accumulate
    problem = (
        f"{_describe_step(trainer, examples)} needs more memory than {trainer.device} has "
        f"({reason.strip().splitlines()[0]}); the last checkpoint is kept"
    )
    fitting = examples // 2
    while fitting and not fits(trainer, fitting):
        fitting //= 2
    if fitting == 0:
        # On a CPU the memory of the failed step may not be free yet, so that this proves nothing.
        return OutOfMemoryError(
            f"{problem}; train a smaller model, or with a smaller `batch_size` or `seq_len`"
        )
    here = trainer.dataset.batch_size
    micro_batches = next(n for n in range(1, here + 1) if here % n == 0 and here // n <= fitting)
    batch_size = fitting * trainer.accumulate * trainer.group.ranks.world_size
    return OutOfMemoryError(
        problem,
        advice=f"resume with `accumulate` {micro_batches} (micro-batches of "
        f"{here // micro_batches} examples), or start again with `batch_size` {batch_size}",
        cause="step_too_large",
        micro_batches=micro_batches,
        micro_batch_size=here // micro_batches,
        batch_size=batch_size,
    )


def _describe_step(trainer: Trainer, examples: int) -> str:
    """The batch of a forward and backward pass, and the whole batch if it is a part of one."""
    sizes = f"{examples} examples of {trainer.dataset.seq_len} tokens"
    world_size, accumulate = trainer.group.ranks.world_size, trainer.accumulate
    if world_size * accumulate == 1:
        return f"a step on {sizes}"
    parts = [f"in {world_size} processes"] if world_size > 1 else []
    parts += [f"with `accumulate` {accumulate}"] if accumulate > 1 else []
    batch_size = examples * accumulate * world_size
    return f"a micro-batch of {sizes} (`batch_size` {batch_size} {' '.join(parts)})"


def fits(trainer: Trainer, examples: int) -> bool:
    """Whether a forward and backward pass on so many examples fits.

    Memory for the optimizer's two moments is included if they are not allocated yet.
    """
    trainer.model.zero_grad()
    gc.collect()  # the step's objects may be in reference cycles
    if trainer.device.type == "cuda":
        torch.cuda.empty_cache()
    have_moments = {p for optimizer in trainer.optimizers for p in optimizer.state}
    try:
        fresh = [p for p in trainer.model.parameters() if p not in have_moments]
        moments = [torch.empty_like(p) for p in fresh for _ in range(2)]
        loss, _ = trainer.loss(trainer.dataset.batch(0, 0).split(examples)[0])
        # Not into the parameters, whose gradients would be exchanged with other processes.
        torch.autograd.grad(loss, list(trainer.model.parameters()), allow_unused=True)
        del moments
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        return False
    return True
