"""Finds the run to create or resume and its options, and checks them before any work."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.config import PAIR_TASKS, PretrainOptions, nearest_multiple
from minibert.errors import OptionError, RunError
from minibert.io.extras import require_extra
from minibert.model.folder import read_config, weight_files
from minibert.runs.manifest import RESUMABLE, RunState
from minibert.runs.run import RUNS, Run, check_no_run, free_path, has_run, newest_run

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from minibert.training.ranks import Ranks


@dataclass(frozen=True, slots=True)
class RunSetup:
    """The corpus, the options and the run of a training.

    Attributes:
        inputs: the corpus.
        options: for a resumed run, those that it was started with.
        run: the run to resume; None for a new one.
    """

    inputs: list[str]
    options: PretrainOptions
    run: Run | None


def resolve_run(
    inputs: Sequence[str],
    options: PretrainOptions,
    ranks: Ranks,
    named: Collection[str] | None = None,
) -> RunSetup:
    """Find the run to resume, or check that a new one can be created. Nothing is written.

    Args:
        inputs: the corpus as given.
        options: as given.
        ranks: of rank 0.
        named: the names of the options that were given, even with their default; default: those
            that differ from their default.

    Raises:
        OptionError: an option contradicts the run or the number of processes.
        RunError: the run cannot be resumed, or a new one cannot be created in the folder.
    """
    _check_processes(inputs, options, ranks)
    run = None
    given = list(inputs)
    if options.resume or _is_restart(options, ranks):
        run = _run_to_resume(options, ranks)
        given, options = _resumed_options(run, inputs, options, named)
    else:
        if options.out is not None:
            check_no_run(Path(options.out))
        if options.init_from is not None:
            options = fit_options_to_model(options, named)
    _check_batch_size(options, ranks)
    if options.log_to is not None:
        require_extra(options.log_to, f"`log_to` {options.log_to}")
    return RunSetup(given, options, run)


# ---- several processes --------------------------------------------------------------------------


def _check_processes(inputs: Sequence[str], options: PretrainOptions, ranks: Ranks) -> None:
    if ranks.world_size > 1 and "-" in inputs:
        raise OptionError(
            "standard input cannot be shared by several processes",
            advice="prepare the corpus first, and give its folder",
            cause="stdin_with_processes",
        )
    if ranks.max_restarts and options.out is None:
        raise OptionError(
            "`out` is missing, and torchrun may restart the processes; give the run folder, such "
            "as my-run, so that they find it after a restart"
        )


def _check_batch_size(options: PretrainOptions, ranks: Ranks) -> None:
    """Check that all micro-batches of all processes have the same number of examples."""
    parts = ranks.world_size * options.accumulate
    if options.batch_size % parts == 0:
        return
    near = nearest_multiple(options.batch_size, parts)
    each = f" times `accumulate` {options.accumulate}" if options.accumulate > 1 else ""
    raise OptionError(
        f"`batch_size` is {options.batch_size}, which {ranks.world_size} processes{each} do not "
        f"divide; give `batch_size` {near}"
    )


def _is_restart(options: PretrainOptions, ranks: Ranks) -> bool:
    """Whether `torchrun` has restarted the processes of a run that had started."""
    return ranks.restarts > 0 and options.out is not None and has_run(Path(options.out))


# ---- a new run ----------------------------------------------------------------------------------


def new_run_path(inputs: Sequence[str], options: PretrainOptions, root: Path = RUNS) -> Path:
    """The folder for a new run: the given one, or a free one in `root`."""
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


# ---- resuming a run -----------------------------------------------------------------------------

# The options that may change from session to session, since they do not change the training.
_CHANGEABLE = (
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
        found = newest_run(RUNS, RESUMABLE)
        if found is None:
            raise RunError(
                f"there is no unfinished run in {RUNS}/ to resume; give its folder as `out`"
            )
        run = found
    if ranks.restarts:  # whatever its state, which the processes before have left
        return run
    if run.state == RunState.FINISHED:
        raise RunError(f"{run.path} is finished; there is nothing to resume")
    if run.state == RunState.RUNNING:
        raise RunError(f"{run.path} is being trained by process {run.manifest.pid}; stop it first")
    if run.state == RunState.PAUSED:
        raise RunError(
            f"{run.path} is paused, and process {run.manifest.pid} is still there",
            advice="resume that process",
            cause="run_is_paused",
            run=str(run.path),
        )
    return run


def _resumed_options(
    run: Run,
    inputs: Sequence[str],
    given: PretrainOptions,
    named: Collection[str] | None = None,
) -> tuple[list[str], PretrainOptions]:
    """The inputs and options that a run was started with, with the changeable ones as given."""
    saved = run.manifest.options
    for field in dataclasses.fields(PretrainOptions):
        value, before = getattr(given, field.name), getattr(saved, field.name)
        is_named = field.name in named_options(given, named)
        if field.name in _CHANGEABLE or not is_named or value == before:
            continue
        raise OptionError(
            f"`{field.name}` is {value}, but {run.path} was started with {before}; "
            "leave it out to resume the run, or start a new run"
        )
    changed = {name: getattr(given, name) for name in _CHANGEABLE}
    # The corpus may have moved; its fingerprint is checked later.
    return list(inputs or run.manifest.inputs), dataclasses.replace(saved, **changed)


# The options that a pretrained model determines.
_SET_BY_MODEL = ("preset", "layers", "hidden_size", "heads", "vocab_size", "cased")


def fit_options_to_model(
    options: PretrainOptions, named: Collection[str] | None
) -> PretrainOptions:
    """Fit the options to the model folder to start from.

    A sequence length that was not given is reduced to the positions of the model.

    Raises:
        ModelError: the folder holds no model.
        OptionError: an option contradicts the model.
    """
    assert options.init_from is not None
    folder = Path(options.init_from)
    given = named_options(options, named)
    for name in _SET_BY_MODEL:
        if name in given:
            raise OptionError(
                f"`{name}` cannot be combined with `init_from` {folder}, which determines it; "
                "leave one of them out"
            )
    config = read_config(folder)
    weight_files(folder)
    positions = config.max_position_embeddings
    if options.objective in PAIR_TASKS and config.type_vocab_size < 2:
        raise OptionError(
            f"`objective` {options.objective} needs two segments, and {folder} supports one; "
            "give `objective` full_sentences"
        )
    if options.seq_len <= positions:
        return options
    if "seq_len" in given:
        raise OptionError(
            f"`seq_len` is {options.seq_len}, and {folder} has {positions} positions; "
            f"give `seq_len` {positions}"
        )
    return dataclasses.replace(options, seq_len=positions)


def named_options(options: PretrainOptions, named: Collection[str] | None) -> Collection[str]:
    """The names of the options that were given; if unknown, of those that are not their default."""
    if named is not None:
        return named
    fields = dataclasses.fields(PretrainOptions)
    return {field.name for field in fields if getattr(options, field.name) != field.default}
