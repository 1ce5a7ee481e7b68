"""The whole of `minibert pretrain`: a corpus in, a run folder out.

Stations, in order: text, pieces, store, batches, encoder, trainer, run folder. What a person sees
of it is a `Reporter`'s matter.
"""

from __future__ import annotations

import dataclasses
import math
import platform
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from minibert._core import __version__
from minibert.inference.fill_mask import FillMask
from minibert.model.device import check_compile, compile_layers, compute_dtype
from minibert.model.files import save_model
from minibert.pretraining.cloze import DEFAULT_QUESTIONS, ask, held_out_questions
from minibert.pretraining.initial_model import first_config, first_model, first_tokenizer, origin
from minibert.pretraining.plan import Plan, SilentTrainingReporter
from minibert.pretraining.run_setup import Opened, new_path, open_run
from minibert.pretraining.session import follow, sit
from minibert.runs.run import Run
from minibert.training.checkpoint import restore_newest, save_checkpoint
from minibert.training.datasets import TrainingData, prepare_training_data
from minibert.training.distributed import joined, own_device
from minibert.training.ranks import Ranks
from minibert.training.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from signal import Signals

    from minibert.config import PretrainOptions
    from minibert.config.model import BertConfig
    from minibert.model.bert import BertForPreTraining
    from minibert.pretraining.cloze import Question
    from minibert.pretraining.plan import TrainingReporter
    from minibert.runs.metrics import Metrics
    from minibert.training.distributed import Group


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a training ended."""

    run: Run
    step: int
    finished: bool
    stopped_by: Signals | None
    evaluation: Metrics | None
    questions: list[Question]


def pretrain(
    inputs: Sequence[str],
    options: PretrainOptions,
    reporter: TrainingReporter,
    started: float | None = None,
    named: Collection[str] | None = None,
) -> Outcome:
    """Train a BERT from nothing or from a model folder, or go on with a run.

    Under `torchrun` this is one of several processes that train together, and each calls it with
    the same arguments.

    Args:
        inputs: files, folders, globs, or `-` for standard input; or one folder that `prepare` has
            made; the default corpus when empty.
        options: the rest.
        reporter: is told what goes on, in the first of the processes.
        started: `time.perf_counter()` when the clock of a time budget began; now by default.
        named: the options that were given by name, which must be those of a run that is gone on
            with; those that are not their default by default.

    Raises:
        MinibertError: something given cannot be used; nothing has been written then.
        ToldElsewhereError: the same, where another process raises what is wrong.
    """
    started = time.perf_counter() if started is None else started
    ranks = Ranks.of_environment()
    with joined(ranks) as group:
        opened = group.from_first(lambda: open_run(inputs, options, group.ranks, named))
        return _pretrain(
            opened, reporter if ranks.first else SilentTrainingReporter(), started, group
        )


def _pretrain(opened: Opened, reporter: TrainingReporter, started: float, group: Group) -> Outcome:
    inputs, options, run = opened.inputs, opened.options, opened.run
    device = group.as_one(lambda: own_device(options.device, group.ranks))
    if options.compile:
        group.as_one(lambda: check_compile(device))
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    tokenizer = None if run else group.as_one(lambda: first_tokenizer(options))
    data = group.in_turn(
        lambda: prepare_training_data(inputs, options, run, reporter, group.ranks, tokenizer)
    )
    path = run.path if run else group.from_first(lambda: new_path(inputs, options))
    config = group.as_one(lambda: first_config(options, run, data.tokenizer.vocab_size))
    plan = _make_plan(path, options, config, data, device, group.ranks)
    # Other texts, numbers of other precision or sums in another order make other weights.
    group.refuse_unlike(
        {
            "the hash of the text": data.store.fingerprint,
            "the type of device": device.type,
            "the precision": plan.dtype,
            "the number of threads": plan.threads,
        }
    )
    model = group.as_one(lambda: first_model(config, options, run, data.dataset, reporter))
    if options.compile:
        compile_layers(model)
    trainer = Trainer(
        model,
        data.dataset,
        recipe=options.training_recipe(),
        budget=plan.budget,
        held_out=data.held_out,
        device=device,
        log_every=options.log_every,
        evaluate_every=options.checkpoint_every,
        accumulate=options.accumulate,
        seconds_used=time.perf_counter() - started,
        group=group,
    )
    if run:
        group.in_turn(partial(_resume, run, trainer, reporter))
    else:
        run = group.from_first(lambda: _create(inputs, plan, data, trainer))
    reporter.plan(plan)
    if group.ranks.first:
        stopped_by, evaluation = sit(run, trainer, plan, options, reporter)
    else:
        stopped_by, evaluation = follow(trainer), None
    ended = group.ranks.first and not trainer.stopping
    questions = _answer(trainer.model, data, inputs) if ended else []
    return Outcome(run, trainer.step, not trainer.stopping, stopped_by, evaluation, questions)


def _create(inputs: Sequence[str], plan: Plan, data: TrainingData, trainer: Trainer) -> Run:
    run = Run.create(plan.run, _manifest(inputs, plan, data))
    data.tokenizer.save_pretrained(plan.run, model_max_length=plan.config.max_position_embeddings)
    save_model(plan.run, trainer.model)
    save_checkpoint(plan.run, trainer, plan.options.keep)
    return run


def _resume(run: Run, trainer: Trainer, reporter: TrainingReporter) -> None:
    checkpoint = restore_newest(run.path, trainer, reporter.note)
    if not trainer.group.ranks.first:
        return
    run.forget_after(trainer.step, at_end=trainer.share_done >= 1.0)
    run.begin_sitting()
    reporter.note(f"going on from step {trainer.step:,} ({checkpoint})")


# ---- plan and manifest --------------------------------------------------------------------------


def _make_plan(
    path: Path,
    options: PretrainOptions,
    config: BertConfig,
    data: TrainingData,
    device: torch.device,
    ranks: Ranks,
) -> Plan:
    steps_per_epoch = data.dataset.batches_per_epoch(0)
    return Plan(
        run=path,
        options=options,
        config=config,
        budget=options.budget(steps_per_epoch),
        steps_per_epoch=steps_per_epoch,
        documents=data.store.documents,
        sentences=data.store.sentences,
        tokens=data.store.tokens,
        held_out_documents=len(data.held_out.documents) if data.held_out else 0,
        random_next_share=data.dataset.random_next_share,
        uniform_loss=math.log(config.vocab_size),
        unigram_entropy=data.store.unigram_entropy(),
        device=str(device),
        dtype=str(compute_dtype(device)).removeprefix("torch."),
        threads=torch.get_num_threads(),
        processes=ranks.world,
    )


def _manifest(inputs: Sequence[str], plan: Plan, data: TrainingData) -> dict[str, Any]:
    options = plan.options
    return {
        "inputs": [item if item == "-" else str(Path(item).absolute()) for item in inputs],
        "options": dataclasses.asdict(options),
        "init_from": origin(options),
        "recipe": dataclasses.asdict(options.training_recipe()),
        "budget": dataclasses.asdict(plan.budget),
        "config": dataclasses.asdict(plan.config),
        "parameters": plan.config.parameters(),
        "corpus": {
            "fingerprint": data.store.fingerprint,
            "documents": plan.documents,
            "sentences": plan.sentences,
            "tokens": plan.tokens,
            "held_out_documents": plan.held_out_documents,
            "layout": data.store.corpus_summary.describe_layout(),
        },
        "uniform_loss": plan.uniform_loss,
        "unigram_entropy": plan.unigram_entropy,
        "device": plan.device,
        "dtype": plan.dtype,
        "threads": plan.threads,
        "processes": plan.processes,
        "versions": {
            "minibert": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
    }


# ---- the end ------------------------------------------------------------------------------------


def _answer(model: BertForPreTraining, data: TrainingData, inputs: Sequence[str]) -> list[Question]:
    """The questions at the end of a run, answered."""
    fill = FillMask(model, data.tokenizer, device=next(model.parameters()).device)
    questions: list[tuple[str, str | None]] = [(text, None) for text in DEFAULT_QUESTIONS]
    if inputs:
        asked_from = data.held_out or data.dataset
        questions = held_out_questions(asked_from, data.tokenizer, data.store.token_counts())
    return ask(fill, questions)
