"""The work of `minibert pretrain`: from a corpus to a run folder.

The pipeline: text, tokens, token store, batches, model, trainer, run folder. A `TrainingReporter`
receives the progress.
"""

from __future__ import annotations

import math
import platform
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import torch

from minibert._core import __version__
from minibert.inference.fill_mask import FillMask
from minibert.model.device import check_compile, compute_dtype
from minibert.model.fast.bert import compile_layers
from minibert.model.files import save_model
from minibert.pretraining.cloze import DEFAULT_CLOZE, fill_cloze, validation_cloze
from minibert.pretraining.initial_model import (
    init_from_record,
    initial_config,
    initial_model,
    initial_tokenizer,
)
from minibert.pretraining.plan import Plan, SilentTrainingReporter
from minibert.pretraining.run_setup import RunSetup, new_run_path, resolve_run
from minibert.pretraining.session import train_as_worker, train_session
from minibert.runs.manifest import CorpusRecord, TrainingRecord, Versions
from minibert.runs.run import Run
from minibert.training.checkpoint import load_newest_checkpoint, save_checkpoint
from minibert.training.datasets import TrainingData, prepare_training_data
from minibert.training.distributed import own_device, process_group
from minibert.training.ranks import Ranks
from minibert.training.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from signal import Signals

    from minibert.config import PretrainOptions
    from minibert.config.model import BertConfig
    from minibert.model.bert import BertForPreTraining
    from minibert.pretraining.cloze import ClozeSentence
    from minibert.pretraining.plan import TrainingReporter
    from minibert.runs.metrics import Metrics
    from minibert.training.distributed import ProcessGroup


@dataclass(frozen=True, slots=True)
class PretrainResult:
    """The end of a session.

    Attributes:
        run: the run.
        step: the last step.
        finished: whether the budget is used up.
        stopped_by: the signal that stopped the training, if any.
        evaluation: the last evaluation of the session, if any.
        cloze: masked sentences with the model's answers, if the training is finished.
    """

    run: Run
    step: int
    finished: bool
    stopped_by: Signals | None
    evaluation: Metrics | None
    cloze: list[ClozeSentence]


def pretrain(
    inputs: Sequence[str],
    options: PretrainOptions,
    reporter: TrainingReporter,
    started: float | None = None,
    named: Collection[str] | None = None,
) -> PretrainResult:
    """Train a BERT from scratch or from a model folder, or resume a run.

    Under `torchrun`, each process calls this with the same arguments.

    Args:
        inputs: files, folders, globs, or `-` for standard input; or one folder written by
            `prepare`; the default corpus when empty.
        options: of `minibert pretrain`.
        reporter: receives the progress, in rank 0.
        started: the `time.perf_counter()` at which a time budget began; default: now.
        named: the names of the options that were given, which must agree with those of a resumed
            run; default: the options that differ from their defaults.

    Raises:
        MinibertError: an input cannot be used; nothing has been written then.
        ReportedByPeerError: another rank raises the error.
    """
    started = time.perf_counter() if started is None else started
    ranks = Ranks.from_environment()
    with process_group(ranks) as group:
        setup = group.broadcast_from_rank0(lambda: resolve_run(inputs, options, group.ranks, named))
        return _pretrain(
            setup, reporter if ranks.is_rank0 else SilentTrainingReporter(), started, group
        )


def _pretrain(
    setup: RunSetup, reporter: TrainingReporter, started: float, group: ProcessGroup
) -> PretrainResult:
    inputs, options, run = setup.inputs, setup.options, setup.run
    device = group.all_or_none(lambda: own_device(options.device, group.ranks))
    if options.compile:
        group.all_or_none(lambda: check_compile(device))
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    tokenizer = None if run else group.all_or_none(lambda: initial_tokenizer(options))
    data = group.rank0_first(
        lambda: prepare_training_data(inputs, options, run, reporter, group.ranks, tokenizer)
    )
    path = run.path if run else group.broadcast_from_rank0(lambda: new_run_path(inputs, options))
    config = group.all_or_none(lambda: initial_config(options, run, data.tokenizer.vocab_size))
    plan = _make_plan(path, options, config, data, device, group.ranks)
    # Otherwise the ranks would compute different gradients.
    group.check_same(
        {
            "the hash of the text": data.store.fingerprint,
            "the type of device": device.type,
            "the precision": plan.dtype,
            "the number of threads": plan.threads,
        }
    )
    model = group.all_or_none(lambda: initial_model(config, options, run, data.dataset, reporter))
    if options.compile:
        compile_layers(model)
    trainer = Trainer(
        model,
        data.dataset,
        recipe=options.training_recipe(),
        budget=plan.budget,
        validation=data.validation,
        device=device,
        log_every=options.log_every,
        evaluate_every=options.checkpoint_every,
        accumulate=options.accumulate,
        seconds_used=time.perf_counter() - started,
        group=group,
    )
    if run:
        group.rank0_first(partial(_resume, run, trainer, reporter))
    else:
        run = group.broadcast_from_rank0(lambda: _create(inputs, plan, data, trainer))
    reporter.plan(plan)
    if group.ranks.is_rank0:
        stopped_by, evaluation = train_session(run, trainer, plan, options, reporter)
    else:
        stopped_by, evaluation = train_as_worker(trainer), None
    finished = group.ranks.is_rank0 and not trainer.stopping
    cloze = _fill_cloze(trainer.model, data, inputs) if finished else []
    return PretrainResult(run, trainer.step, not trainer.stopping, stopped_by, evaluation, cloze)


def _create(inputs: Sequence[str], plan: Plan, data: TrainingData, trainer: Trainer) -> Run:
    run = Run.create(plan.run, _record(inputs, plan, data))
    data.tokenizer.save_pretrained(plan.run, model_max_length=plan.config.max_position_embeddings)
    save_model(plan.run, trainer.model)
    save_checkpoint(plan.run, trainer, plan.options.keep)
    return run


def _resume(run: Run, trainer: Trainer, reporter: TrainingReporter) -> None:
    checkpoint = load_newest_checkpoint(run.path, trainer, reporter.note)
    if not trainer.group.ranks.is_rank0:
        return
    run.truncate_metrics(trainer.step, at_end=trainer.share_done >= 1.0)
    run.begin_session()
    reporter.note(f"resuming from step {trainer.step:,} ({checkpoint})")


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
        validation_documents=len(data.validation.documents) if data.validation else 0,
        random_next_share=data.dataset.random_next_share,
        uniform_loss=math.log(config.vocab_size),
        unigram_entropy=data.store.unigram_entropy(),
        device=str(device),
        dtype=str(compute_dtype(device)).removeprefix("torch."),
        threads=torch.get_num_threads(),
        processes=ranks.world_size,
    )


def _record(inputs: Sequence[str], plan: Plan, data: TrainingData) -> TrainingRecord:
    options, store = plan.options, data.store
    return TrainingRecord(
        inputs=tuple(item if item == "-" else str(Path(item).absolute()) for item in inputs),
        options=options,
        init_from=init_from_record(options),
        recipe=options.training_recipe(),
        budget=plan.budget,
        config=plan.config,
        parameters=plan.config.parameters(),
        corpus=CorpusRecord(
            fingerprint=store.fingerprint,
            documents=plan.documents,
            sentences=plan.sentences,
            tokens=plan.tokens,
            validation_documents=plan.validation_documents,
            layout=store.corpus_summary.describe_layout(),
        ),
        uniform_loss=plan.uniform_loss,
        unigram_entropy=plan.unigram_entropy,
        device=plan.device,
        dtype=plan.dtype,
        threads=plan.threads,
        processes=plan.processes,
        versions=Versions(
            minibert=__version__,
            python=platform.python_version(),
            torch=torch.__version__,
            numpy=np.__version__,
        ),
    )


# ---- cloze --------------------------------------------------------------------------------------


def _fill_cloze(
    model: BertForPreTraining, data: TrainingData, inputs: Sequence[str]
) -> list[ClozeSentence]:
    """The model's answers to some masked sentences, at the end of a run."""
    fill = FillMask(model, data.tokenizer, device=next(model.parameters()).device)
    sentences: list[tuple[str, str | None]] = [(text, None) for text in DEFAULT_CLOZE]
    if inputs:
        source = data.validation or data.dataset
        sentences = validation_cloze(source, data.tokenizer, data.store.token_counts())
    return fill_cloze(fill, sentences)
