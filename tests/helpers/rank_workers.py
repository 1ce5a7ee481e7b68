"""Processes that train together, and what they do; apart from the tests, to be imported there."""

from __future__ import annotations

import itertools
import json
import multiprocessing
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.distributed.algorithms.ddp_comm_hooks.default_hooks import allreduce_hook

import minibert.pretraining.pretrain
import minibert.training.loss
import minibert.training.trainer
from minibert import BertConfig, BertForPreTraining, Budget, PretrainingDataset, Trainer
from minibert.cli import main
from minibert.config import Objective
from minibert.config.recipe import RECIPES
from minibert.data.token_store import TokenStore
from minibert.errors import MinibertError
from minibert.training.distributed import ProcessGroup, process_group
from minibert.training.ranks import Ranks

from helpers.killed_runs import PROCESSES
from helpers.samples import small_tokenizer

OBJECTIVES: list[Objective] = ["next_sentence", "line"]


def start_together(
    world: int, target: Callable[..., None], *arguments: object, log: Path
) -> list[multiprocessing.process.BaseProcess]:
    """Start processes as `torchrun` does; each calls `target`, and its talk goes to `log.RANK`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    processes = []
    for rank in range(world):
        environment = {
            "RANK": str(rank),
            "LOCAL_RANK": str(rank),
            "WORLD_SIZE": str(world),
            "MASTER_ADDR": "127.0.0.1",
            "MASTER_PORT": str(port),
        }
        process = PROCESSES.Process(
            target=_as_rank, args=(environment, f"{log}.{rank}", target, *arguments), daemon=True
        )
        process.start()
        processes.append(process)
    return processes


def _as_rank(
    environment: dict[str, str], log: str, target: Callable[..., None], *arguments: object
) -> None:
    os.environ.update(environment)
    with Path(log).open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    target(*arguments)


def command(words: list[str]) -> None:
    """The command line, in fp32, so that sums in another order are nearly the same."""
    for module in (minibert.pretraining.pretrain, minibert.training.trainer):
        module.compute_dtype = lambda device: torch.float32
    main(words)


def short_of_memory(words: list[str]) -> None:
    """As `command`, but process 1 cannot go back through more than two examples after a while."""
    forward, calls = BertForPreTraining.forward, itertools.count()

    def refuse(gradient: Tensor) -> None:
        raise RuntimeError("DefaultCPUAllocator: can't allocate memory")

    def forward_of_few(self: BertForPreTraining, input_ids: Tensor, *more: Any) -> Any:
        output = forward(self, input_ids, *more)
        if next(calls) > 10 and len(input_ids) > 2:
            output.prediction_logits.register_hook(refuse)
        return output

    if os.environ["RANK"] == "1":
        BertForPreTraining.forward = forward_of_few
    command(words)


def losing_its_number(words: list[str]) -> None:
    """As `command`, but the loss of process 1 is no number after a while."""
    loss, calls = minibert.training.loss.pretraining_loss, itertools.count()

    def poisoned(*arguments: Any) -> tuple[Tensor, Tensor]:
        value, sums = loss(*arguments)
        return value * (float("nan") if next(calls) >= 5 else 1.0), sums

    if os.environ["RANK"] == "1":
        minibert.training.loss.pretraining_loss = poisoned
    command(words)


ALONE = ProcessGroup()
SIX_STEPS = Budget(steps=6)


def make_trainer(
    store: TokenStore,
    group: ProcessGroup = ALONE,
    objective: Objective = "next_sentence",
    accumulate: int = 1,
    dropout: float = 0.0,
    budget: Budget = SIX_STEPS,
) -> Trainer:
    """A trainer on batches of 8 over all processes, in fp32."""
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=small_tokenizer().vocab_size,
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=24,
        hidden_dropout_prob=dropout,
        attention_probs_dropout_prob=dropout,
    )
    ranks = group.ranks
    data = PretrainingDataset(
        store,
        objective=objective,
        seq_len=24,
        batch_size=8 // ranks.world_size,
        rank=ranks.rank,
        world_size=ranks.world_size,
        split="all",
        masked_lm_prob=RECIPES["minibert"].masked_lm_prob,
    )
    trainer = Trainer(
        BertForPreTraining(config),
        data,
        recipe=RECIPES["minibert"],
        budget=budget,
        accumulate=accumulate,
        group=group,
    )
    trainer.loss.dtype = torch.float32
    return trainer


def one_step(trainer: Trainer) -> dict[str, Tensor]:
    """The gradients of the first batch, its loss and its sums."""
    batch = trainer.dataset.batch(0, 0)
    agreed = trainer._agree(batch)
    loss, sums = trainer._backward(batch, agreed.masked, agreed.pairs)
    named = trainer.model.named_parameters()
    gradients = {name: p.grad.clone() for name, p in named if p.grad is not None}
    return {**gradients, "loss": loss, "sums": sums}


def steps_of_a_rank(store_path: str, out: str) -> None:
    """What one of two processes finds, left in files."""
    store = TokenStore.open(store_path)
    ranks = Ranks.from_environment()
    exchanges = []

    def counted(state, bucket):
        exchanges.append(bucket.index())
        return allreduce_hook(state, bucket)

    with process_group(ranks) as group:
        for objective in OBJECTIVES:
            for accumulate in (1, 2, 4):
                trainer = make_trainer(store, group, objective, accumulate)
                trainer._replica.parallel.register_comm_hook(None, counted)
                found = one_step(trainer)
                save_file(found, f"{out}/{objective}-{accumulate}.{ranks.rank}")
        for name, budget in [("steps", SIX_STEPS), ("seconds", Budget(seconds=0.5))]:
            trainer = make_trainer(store, group, dropout=0.1, budget=budget)
            trainer._seconds_before = 100.0 * ranks.rank
            group.seed_dropout(0, trainer.step)
            drawn = {"drawn": torch.rand(4)}
            list(trainer.train())
            save_file({**_state(trainer), **drawn}, f"{out}/{name}.{ranks.rank}")
        Path(f"{out}/exchanges.{ranks.rank}").write_text(json.dumps(exchanges))
        try:
            group.check_same({"the text": "one", "the number of threads": ranks.rank})
        except MinibertError as error:
            Path(f"{out}/unlike.{ranks.rank}").write_text(f"{type(error).__name__}: {error}")
            os._exit(0)


def _state(trainer: Trainer) -> dict[str, Tensor]:
    """What must be the same in all processes."""
    weights = {f"model.{name}": value for name, value in trainer.model.state_dict().items()}
    tensors, _ = trainer.state()
    kept = {k: v for k, v in tensors.items() if k.startswith(("optimizer.", "window."))}
    return {**weights, **kept, "step": torch.tensor(trainer.step)}
