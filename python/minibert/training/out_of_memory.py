"""When a step does not fit: knowing it by its error, and finding what would have."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from minibert.training.trainer import Trainer

# What PyTorch says on a CPU: on Unix, on Windows, and by oneDNN, which gives no reason. On a GPU it
# has an error of its own.
_SAID_ON_CPU = ("can't allocate memory", "not enough memory", "could not create a primitive")


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there is no memory left, on a GPU or a CPU."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and any(said in str(error) for said in _SAID_ON_CPU)


def explain_out_of_memory(trainer: Trainer, reason: str) -> str:
    """A sentence on a step that did not fit, with numbers of examples that were found to fit.

    Args:
        trainer: the step's.
        reason: the error's words. The error itself must be gone by now, since its traceback holds
            the tensors of the step.
    """
    examples = trainer.dataset.batch_size // trainer.accumulate
    said = (
        f"{_at_a_time(trainer, examples)} needs more memory than there is on {trainer.device} "
        f"({reason.strip().splitlines()[0]}); what was saved before is kept"
    )
    fitting = examples // 2
    while fitting and not fits(trainer, fitting):
        fitting //= 2
    if fitting == 0:
        # On a CPU what the step took may not have come back, so that this proves nothing.
        return f"{said}: train anew with a smaller --batch-size, --seq-len or --preset"
    here = trainer.dataset.batch_size
    micro_batches = next(n for n in range(1, here + 1) if here % n == 0 and here // n <= fitting)
    batch_size = fitting * trainer.accumulate * trainer.group.ranks.world
    return (
        f"{said}: go on by --resume --accumulate {micro_batches}, with {here // micro_batches} "
        f"examples at a time, or train anew with --batch-size {batch_size}, which fits too"
    )


def _at_a_time(trainer: Trainer, examples: int) -> str:
    """What a forward and backward pass was on, and of how much it was a part."""
    sizes = f"{examples} examples of {trainer.dataset.seq_len} pieces"
    world, accumulate = trainer.group.ranks.world, trainer.accumulate
    if world * accumulate == 1:
        return f"a step on {sizes}"
    ways = [f"in {world} processes"] if world > 1 else []
    ways += [f"with --accumulate {accumulate}"] if accumulate > 1 else []
    batch_size = examples * accumulate * world
    return f"a micro-batch of {sizes} (--batch-size {batch_size} {' '.join(ways)})"


def fits(trainer: Trainer, examples: int) -> bool:
    """Whether there is room for a forward and backward pass on so many examples.

    Room for the optimiser's two moments is asked for too where it has none yet.
    """
    trainer.model.zero_grad()
    gc.collect()  # what is left of the step may hold itself
    if trainer.device.type == "cuda":
        torch.cuda.empty_cache()
    have_moments = {p for optimizer in trainer.optimizers for p in optimizer.state}
    try:
        fresh = [p for p in trainer.model.parameters() if p not in have_moments]
        moments = [torch.empty_like(p) for p in fresh for _ in range(2)]
        loss, _ = trainer.loss(trainer.dataset.batch(0, 0).split(examples)[0])
        # Into no parameter, which would have the gradients go to other processes.
        torch.autograd.grad(loss, list(trainer.model.parameters()), allow_unused=True)
        del moments
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        return False
    return True
