"""Which run a training makes or goes on with, and by which options; checked before any work."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.config import PAIR_TASKS, PretrainOptions, flag, nearest_multiple
from minibert.errors import OptionError, RunError
from minibert.io.extras import require_extra
from minibert.model.folder import read_config, weight_files
from minibert.runs.run import RUNS, Run, check_no_run, free_path, has_run, newest_run

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from minibert.training.ranks import Ranks


@dataclass(frozen=True, slots=True)
class RunSetup:
    """What is to be trained, from what."""

    inputs: list[str]
    options: PretrainOptions
    run: Run | None
    """The run that is gone on with; None where a new one is to be made."""


def resolve_run(
    inputs: Sequence[str],
    options: PretrainOptions,
    ranks: Ranks,
    named: Collection[str] | None = None,
) -> RunSetup:
    """Find the run to go on with, or that there can be a new one. Nothing is written.

    Args:
        inputs: the corpus as it was named.
        options: as they were given.
        ranks: of the first process of those that train.
        named: the options that were given by name, their default or not; by default those that are
            not their default.

    Raises:
        OptionError: an option does not go with the run or the number of processes.
        RunError: the run cannot be gone on with, or a new one cannot be made there.
    """
    _refuse_for_several(inputs, options, ranks)
    run = None
    given = list(inputs)
    if options.resume or _is_restart(options, ranks):
        run = _run_to_resume(options, ranks)
        given, options = _options_of(run, inputs, options, named)
    else:
        if options.out is not None:
            check_no_run(Path(options.out))
        if options.init_from is not None:
            options = fit_options_to_model(options, named)
    _refuse_uneven(options, ranks)
    if options.log_to is not None:
        require_extra(options.log_to, f"--log-to {options.log_to}")
    return RunSetup(given, options, run)


# ---- several processes --------------------------------------------------------------------------


def _refuse_for_several(inputs: Sequence[str], options: PretrainOptions, ranks: Ranks) -> None:
    if ranks.world > 1 and "-" in inputs:
        raise OptionError(
            "standard input is read once, and there are several processes; give them the folder "
            "that minibert prepare makes of it"
        )
    if ranks.max_restarts and options.out is None:
        raise OptionError(
            "with torchrun --max-restarts say which folder the run goes into, such as --out run, "
            "so that it is the same after a restart"
        )


def _refuse_uneven(options: PretrainOptions, ranks: Ranks) -> None:
    """Raises if the processes and their micro-batches do not have as many examples each."""
    parts = ranks.world * options.accumulate
    if options.batch_size % parts == 0:
        return
    near = nearest_multiple(options.batch_size, parts)
    each = f", with --accumulate {options.accumulate} each," if options.accumulate > 1 else ""
    raise OptionError(
        f"--batch-size is {options.batch_size}, which {ranks.world} processes{each} do not divide "
        f"among them; give --batch-size {near}"
    )


def _is_restart(options: PretrainOptions, ranks: Ranks) -> bool:
    """Whether `torchrun` has started the processes anew, of a run that had begun."""
    return ranks.restarts > 0 and options.out is not None and has_run(Path(options.out))


# ---- a new run ----------------------------------------------------------------------------------


def new_run_path(inputs: Sequence[str], options: PretrainOptions, root: Path = RUNS) -> Path:
    """The folder for a new run: the one that was named, or one that is free now in `root`."""
    if options.out is not None:
        return Path(options.out)
    first = inputs[0] if inputs else "small-world"
    stem = "stdin" if first == "-" else Path(first).resolve().name.split(".")[0]
    safe = "".join(c if c.isalnum() or c in "-_" else "-" for c in stem).strip("-") or "corpus"
    return free_path(root, f"{safe}-{_shape_name(options)}")


def _shape_name(options: PretrainOptions) -> str:
    if options.init_from is None:
        return options.preset
    return f"from-{Path(options.init_from).resolve().name}"


# ---- going on with a run ------------------------------------------------------------------------

# What may differ from one session to the next without changing what is trained.
_FREE = (
    "out",
    "resume",
    "accumulate",
    "checkpoint_every",
    "keep",
    "log_every",
    "log_to",
    "device",
    "threads",
)


def _run_to_resume(options: PretrainOptions, ranks: Ranks) -> Run:
    if options.out is not None:
        run = Run.open(Path(options.out))
    else:
        found = newest_run(RUNS, states=("interrupted", "crashed", "failed"))
        if found is None:
            raise RunError(f"there is no unfinished run under {RUNS}/ to resume; name one by --out")
        run = found
    if ranks.restarts:  # by whatever of those before it; even at the very end, or elsewhere
        return run
    if run.state == "finished":
        raise RunError(f"{run.path} is finished; there is nothing to resume")
    if run.state == "running":
        raise RunError(
            f"{run.path} is being trained by process {run.manifest['pid']}; stop it first"
        )
    if run.state == "paused":
        raise RunError(
            f"{run.path} is paused, and process {run.manifest['pid']} holds it; "
            f"go on by: minibert runs resume {run.path}"
        )
    return run


def _options_of(
    run: Run,
    inputs: Sequence[str],
    given: PretrainOptions,
    named: Collection[str] | None = None,
) -> tuple[list[str], PretrainOptions]:
    """The inputs and options that the run was started with, but for what may be changed."""
    saved = run.options()
    for field in dataclasses.fields(PretrainOptions):
        value, before = getattr(given, field.name), getattr(saved, field.name)
        is_named = field.name in named_options(given, named)
        if field.name in _FREE or not is_named or value == before:
            continue
        raise OptionError(
            f"{flag(field.name)} is {value}, but {run.path} was started with {before}; "
            "leave it out to go on, or train anew"
        )
    changed = {name: getattr(given, name) for name in _FREE}
    # The corpus may have moved too; its fingerprint says whether it is the one.
    return list(inputs) or run.inputs(), dataclasses.replace(saved, **changed)


# What a model that there is has settled.
_SETTLED = ("preset", "layers", "hidden_size", "heads", "vocab_size", "cased")


def fit_options_to_model(
    options: PretrainOptions, named: Collection[str] | None
) -> PretrainOptions:
    """Options beside which a model folder is named to start from: made to fit it, or refused.

    Sequences are no longer than it has positions, where nothing is said of them.

    Raises:
        ModelError: the folder holds no model.
        OptionError: an option contradicts the model.
    """
    assert options.init_from is not None
    folder = Path(options.init_from)
    given = named_options(options, named)
    for name in _SETTLED:
        if name in given:
            raise OptionError(
                f"{flag(name)} is of a new model, and --init-from {folder} names one that has its "
                "own; leave one of them out"
            )
    config = read_config(folder)
    weight_files(folder)
    positions = config.max_position_embeddings
    if options.objective in PAIR_TASKS and config.type_vocab_size < 2:
        raise OptionError(
            f"--objective {options.objective} has two segments, and {folder} knows one; "
            "add --objective full_sentences"
        )
    if options.seq_len <= positions:
        return options
    if "seq_len" in given:
        raise OptionError(
            f"--seq-len is {options.seq_len}, and {folder} has {positions} positions; "
            f"give --seq-len {positions}"
        )
    return dataclasses.replace(options, seq_len=positions)


def named_options(options: PretrainOptions, named: Collection[str] | None) -> Collection[str]:
    """The options that were given by name; those that are not their default where it is unknown."""
    if named is not None:
        return named
    fields = dataclasses.fields(PretrainOptions)
    return {field.name for field in fields if getattr(options, field.name) != field.default}
