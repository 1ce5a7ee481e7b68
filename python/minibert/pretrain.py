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
from typing import TYPE_CHECKING, Any, Literal, cast

import numpy as np
import torch

import minibert
from minibert.batches import PretrainingDataset
from minibert.cache import cache_folder, mark_used
from minibert.checkpoint import restore_newest, save_checkpoint, save_model
from minibert.device import compile_layers, compute_dtype, refuse_to_compile
from minibert.distributed import joined, own_device
from minibert.encoder import BertForPreTraining
from minibert.errors import CorpusError, OptionError, RunError
from minibert.fill import FillMask
from minibert.initial_weights import start_as_recipe_says
from minibert.learn import open_corpus
from minibert.opening import Opened, new_path, open_run
from minibert.options import PretrainOptions, VocabOptions, flag
from minibert.pieces import WordPieceTokenizer
from minibert.plan import Plan, Silence
from minibert.prepare import (
    Prepared,
    Source,
    find_prepared,
    is_prepared,
    open_prepared,
    prepare_in_cache,
)
from minibert.questions import DEFAULT_QUESTIONS, ask, held_out_questions
from minibert.ranks import Ranks
from minibert.runs import Run
from minibert.sitting import follow, sit
from minibert.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from signal import Signals

    from minibert.config import BertConfig
    from minibert.distributed import Group
    from minibert.metrics import Metrics
    from minibert.options import MaskUnit
    from minibert.plan import Reporter
    from minibert.questions import Question
    from minibert.store import TokenStore


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
    reporter: Reporter,
    started: float | None = None,
    named: Collection[str] | None = None,
) -> Outcome:
    """Train a BERT from nothing, or go on with a run.

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
        return _pretrain(opened, reporter if ranks.first else Silence(), started, group)


def _pretrain(opened: Opened, reporter: Reporter, started: float, group: Group) -> Outcome:
    inputs, options, run = opened.inputs, opened.options, opened.run
    device = group.as_one(lambda: own_device(options.device, group.ranks))
    if options.compile:
        group.as_one(lambda: refuse_to_compile(device))
    if options.threads is not None:
        torch.set_num_threads(options.threads)
    data = group.in_turn(lambda: _prepare(inputs, options, run, reporter, group.ranks))
    path = run.path if run else group.from_first(lambda: new_path(inputs, options))
    plan = _make_plan(path, options, data, device, group.ranks)
    # Other texts, numbers of other precision or sums in another order make other weights.
    group.refuse_unlike(
        {
            "the hash of the text": data.store.fingerprint,
            "the type of device": device.type,
            "the precision": plan.dtype,
            "the number of threads": plan.threads,
        }
    )
    model = _make_model(plan.config, options)
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


def _create(inputs: Sequence[str], plan: Plan, data: _Data, trainer: Trainer) -> Run:
    run = Run.create(plan.run, _manifest(inputs, plan, data))
    data.tokenizer.save_pretrained(plan.run, model_max_length=plan.options.seq_len)
    save_model(plan.run, trainer.model)
    save_checkpoint(plan.run, trainer, plan.options.keep)
    return run


def _resume(run: Run, trainer: Trainer, reporter: Reporter) -> None:
    checkpoint = restore_newest(run.path, trainer, reporter.note)
    if not trainer.group.ranks.first:
        return
    run.forget_after(trainer.step, at_end=trainer.share_done >= 1.0)
    run.set_state("running")
    reporter.note(f"going on from step {trainer.step:,} ({checkpoint})")


# ---- text, pieces, store, batches ---------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Data:
    tokenizer: WordPieceTokenizer
    store: TokenStore
    dataset: PretrainingDataset
    held_out: PretrainingDataset | None
    """None where the corpus has too few documents to hold any out."""


# Two to hold out and two to train on: what a pair with a random document needs.
_FEWEST_TO_SPLIT = 4


def _prepare(
    inputs: Sequence[str],
    options: PretrainOptions,
    run: Run | None,
    reporter: Reporter,
    ranks: Ranks,
) -> _Data:
    prepared = _tokens(inputs, options, run, reporter)
    tokenizer, store = prepared.tokenizer, prepared.store
    reporter.note(f"the text is laid out as {store.corpus_summary.describe_layout()}")
    unknown = store.token_counts()[tokenizer.unk_token_id] / store.tokens
    if unknown > 0.01:
        reporter.note(
            f"{unknown:.0%} of the pieces are [UNK]: words with characters too rare for the "
            "vocabulary; a larger --vocab-size keeps more of them"
        )
    if run and store.fingerprint != run.manifest["corpus"]["fingerprint"]:
        raise RunError(
            f"the corpus is not the one that {run.path} was trained on; "
            "bring back the old text, or train anew"
        )
    _refuse_without_pairs(store, options.objective, "this text")
    few = options.eval_corpus is None and store.documents < _FEWEST_TO_SPLIT
    whole = few or options.eval_corpus is not None
    dataset = _training_set(store, options, "all" if whole else "train", ranks)
    held_out = None
    if few:
        reporter.note(
            f"nothing is held out to evaluate on, since the text has fewer than {_FEWEST_TO_SPLIT} "
            "documents; --eval-corpus names another text for that"
        )
    else:
        held_out = _held_out_set(store, tokenizer, options, reporter)
    return _Data(tokenizer, store, dataset, held_out)


def _refuse_without_pairs(store: TokenStore, objective: str, name: str) -> None:
    """Raises if no next-sentence pairs can be made of a text, and says what can be learned of it.

    Raises:
        CorpusError: the text has one document, or nothing but documents of one sentence.
    """
    if objective != "next_sentence":
        return
    if store.documents < 2:
        raise CorpusError(
            "to tell the next sentence from a random one takes two documents or more, and "
            f"{name} is a single one; add --objective sentence_order, which learns from one, or "
            "give more files or another --layout"
        )
    if store.sentences == store.documents:
        raise CorpusError(
            f"every document of {name} is a single sentence, so that none has a next one; add "
            "--objective sentence_order or full_sentences, or take out the blank lines between "
            "the sentences"
        )


def _training_set(
    store: TokenStore, options: PretrainOptions, split: Literal["train", "all"], ranks: Ranks
) -> PretrainingDataset:
    def dataset(epochs: float = 1.0) -> PretrainingDataset:
        return PretrainingDataset(
            store,
            split=split,
            mask_unit=cast("MaskUnit", options.mask_unit),
            masked_lm_prob=options.masked_lm_prob,
            final_masked_lm_prob=options.final_masked_lm_prob,
            masked_lm_prob_epochs=epochs,
            max_predictions_per_seq=options.max_predictions_per_seq,
            batch_size=options.batch_size // ranks.world,
            rank=ranks.rank,
            world_size=ranks.world,
            **_examples(options),
        )

    made = dataset()
    if options.final_masked_lm_prob is None:
        return made
    # How many epochs the run has is known once one is planned; masks do not change the plan.
    steps_per_epoch = made.batches_per_epoch(0)
    steps = options.budget(steps_per_epoch).steps
    assert steps is not None  # `PretrainOptions` refuses a schedule on the clock
    return dataset(epochs=steps / steps_per_epoch)


def _held_out_set(
    store: TokenStore, tokenizer: WordPieceTokenizer, options: PretrainOptions, reporter: Reporter
) -> PretrainingDataset:
    """What is evaluated on: always 15 % of single pieces, so that runs can be compared."""
    split: Literal["held_out", "all"] = "held_out"
    if options.eval_corpus is not None:
        split = "all"
        source = Source(open_corpus([options.eval_corpus], options), tokenizer)
        store = prepare_in_cache(source, reporter).store
        _refuse_without_pairs(store, options.objective, "the text of --eval-corpus")
    return PretrainingDataset(
        store, split=split, batch_size=options.batch_size, drop_last=False, **_examples(options)
    )


def _examples(options: PretrainOptions) -> dict[str, Any]:
    return {
        "objective": options.objective,
        "seq_len": options.seq_len,
        "seed": options.seed,
    }


def _tokens(
    inputs: Sequence[str], options: PretrainOptions, run: Run | None, reporter: Reporter
) -> Prepared:
    """The tokens of a prepared folder, or else of a corpus, which are kept for the next time."""
    if len(inputs) == 1 and is_prepared(inputs[0]):
        for name in ("layout", "errors", "cased", "vocab_size"):
            if getattr(options, name) != PretrainOptions.__dataclass_fields__[name].default:
                raise OptionError(
                    f"{flag(name)} is for text, and {inputs[0]} holds tokens already; leave it out"
                )
        return open_prepared(Path(inputs[0]))
    corpus = open_corpus(inputs, options)
    learning = Source(corpus, VocabOptions(size=options.vocab_size, cased=options.cased))
    if not run:
        return prepare_in_cache(learning, reporter)
    tokenizer = WordPieceTokenizer.from_pretrained(run.path)
    folder = cache_folder(learning.digest)
    found = find_prepared(folder, learning)
    if found and found.tokenizer.fingerprint == tokenizer.fingerprint:
        mark_used(folder)
        return found
    return prepare_in_cache(Source(corpus, tokenizer), reporter)


# ---- plan and manifest --------------------------------------------------------------------------


def _make_plan(
    path: Path, options: PretrainOptions, data: _Data, device: torch.device, ranks: Ranks
) -> Plan:
    config = options.config(data.tokenizer.vocab_size)
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


def _manifest(inputs: Sequence[str], plan: Plan, data: _Data) -> dict[str, Any]:
    options = plan.options
    return {
        "inputs": [item if item == "-" else str(Path(item).absolute()) for item in inputs],
        "options": dataclasses.asdict(options),
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
            "minibert": minibert.__version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "numpy": np.__version__,
        },
    }


def _make_model(config: BertConfig, options: PretrainOptions) -> BertForPreTraining:
    torch.manual_seed(options.seed)
    model = BertForPreTraining(config)
    start_as_recipe_says(model, options.training_recipe())
    return model


# ---- the end ------------------------------------------------------------------------------------


def _answer(model: BertForPreTraining, data: _Data, inputs: Sequence[str]) -> list[Question]:
    """The questions at the end of a run, answered."""
    fill = FillMask(model, data.tokenizer, device=next(model.parameters()).device)
    questions: list[tuple[str, str | None]] = [(text, None) for text in DEFAULT_QUESTIONS]
    if inputs:
        asked_from = data.held_out or data.dataset
        questions = held_out_questions(asked_from, data.tokenizer, data.store.token_counts())
    return ask(fill, questions)
