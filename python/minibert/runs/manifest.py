"""`minibert.json`: what a run trains, on what, and how far it has come.

Only this module knows the keys of the file; docs/reference/run-folder.md describes them.
"""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from minibert.config import PretrainOptions
from minibert.config.model import BertConfig
from minibert.config.recipe import Budget, Recipe
from minibert.errors import OptionError, RunError
from minibert.io.files import write_atomically
from minibert.runs.records import RecordError, from_json

if TYPE_CHECKING:
    from pathlib import Path

FORMAT = 2
MANIFEST = "minibert.json"


class RunState(str, Enum):
    """The state of a run; `minibert.json` holds one of the first five.

    `Manifest.state` and `Run.state` are strings, because a newer minibert may write a state that
    this one does not know; such a state is shown verbatim.
    """

    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"  # by a signal or a request, with a checkpoint
    FAILED = "failed"  # with an error
    # Not in the file; a reader finds them.
    CRASHED = "crashed"  # the file says running or paused, and the process is gone
    STARTING = "starting"  # a process was launched, and its training has not begun yet
    UNSTARTED = "unstarted"  # a process was launched, and ended before its training began
    UNREADABLE = "unreadable"  # the manifest is damaged, or of another format

    __str__ = str.__str__


ACTIVE = (RunState.RUNNING, RunState.PAUSED)
"""The states in which a process trains the run."""

RESUMABLE = (RunState.INTERRUPTED, RunState.CRASHED, RunState.FAILED)
"""The states from which `--resume` continues."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InitFrom:
    """The model folder that a run started from.

    Attributes:
        folder: its absolute path.
        sha256: the hash of each file of weights, by the file's name.
    """

    folder: str
    sha256: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusRecord:
    """The corpus of a run.

    Attributes:
        fingerprint: the hash of the tokens, by which `--resume` recognizes the corpus.
        documents: the number of documents.
        sentences: the number of sentences.
        tokens: the number of tokens.
        validation_documents: the number of documents that are held out for validation.
        layout: the detected layout, in words.
    """

    fingerprint: str
    documents: int
    sentences: int
    tokens: int
    validation_documents: int
    layout: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The versions of the software that trained the run."""

    minibert: str
    python: str
    torch: str
    numpy: str


@dataclass(frozen=True, kw_only=True)
class TrainingRecord:
    """What a run trains, on what and how: written when the run begins, never changed.

    Attributes:
        inputs: the corpus by absolute paths, as the command named it; empty for the default corpus.
        options: the options of `minibert pretrain`.
        init_from: the model folder of `--init-from`, or None.
        recipe: the recipe that results from the options.
        budget: the budget that results from the options.
        config: the model's shape.
        parameters: the number of trainable parameters.
        corpus: the counts of the corpus.
        uniform_loss: ln V, the MLM loss of predicting every token equally, in nats.
        unigram_entropy: the MLM loss of predicting by frequency, in nats.
        device: of the training, as PyTorch names it.
        dtype: of the forward pass.
        threads: the number of each process.
        processes: the number of processes that train together.
        versions: of the software.
    """

    inputs: tuple[str, ...]
    options: PretrainOptions
    init_from: InitFrom | None = None
    recipe: Recipe
    budget: Budget
    config: BertConfig
    parameters: int
    corpus: CorpusRecord
    uniform_loss: float
    unigram_entropy: float
    device: str
    dtype: str
    threads: int
    processes: int
    versions: Versions


@dataclass(frozen=True, kw_only=True)
class Manifest(TrainingRecord):
    """All of `minibert.json`.

    Attributes:
        created: when the run began; ISO 8601, UTC.
        updated: when the state was last written; ISO 8601, UTC.
        state: a `RunState`, or a state that only a newer minibert knows.
        error: the message that a failed run ended with, else None.
        host: the machine that wrote the state.
        pid: the process that wrote the state.
        session: the number of sessions so far; requests name it.
        wandb: the run's id in Weights & Biases, or None.
    """

    created: str
    updated: str
    state: str
    error: str | None = None
    host: str
    pid: int
    session: int
    wandb: str | None = None

    @classmethod
    def begin(cls, record: TrainingRecord, now: str) -> Manifest:
        """The manifest of a new run, before its first session."""
        fields = {field.name: getattr(record, field.name) for field in dataclasses.fields(record)}
        return cls(
            **fields, created=now, updated=now, state=RunState.RUNNING, host="", pid=0, session=0
        )

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Read the manifest of a run folder.

        Raises:
            RunError: the folder has none, or a damaged one, or one of another format.
        """
        file = folder / MANIFEST
        try:
            found = json.loads(file.read_text(encoding="utf-8"))
        except (FileNotFoundError, NotADirectoryError):
            raise RunError(f"{folder} holds no run: it has no {MANIFEST}") from None
        except (OSError, ValueError) as error:
            raise RunError(f"{file} cannot be read: {error}") from None
        _check_format(folder, found)
        try:
            manifest = from_json(cls, found)
        except (RecordError, OptionError) as error:
            raise RunError(f"{file} is damaged: {error}") from None
        if (manifest.budget.steps or manifest.budget.seconds or 0) <= 0:
            raise RunError(f"{file} is damaged: budget has no positive number")
        return manifest

    def write(self, folder: Path) -> None:
        """Write the manifest of a run folder.

        Raises:
            FileError: the file cannot be written.
        """
        found = {"format": FORMAT, **dataclasses.asdict(self)}
        text = json.dumps(found, indent=2, ensure_ascii=False) + "\n"
        write_atomically(folder / MANIFEST, text.encode())


def _check_format(folder: Path, found: Any) -> None:
    version = found.get("format") if isinstance(found, dict) else None
    if not isinstance(version, int):
        raise RunError(f"{folder / MANIFEST} is not the manifest of a run")
    if version > FORMAT:
        raise RunError(
            f"{folder} was written by a newer minibert (format {version}, this one reads "
            f"{FORMAT}); update minibert to read it"
        )
    if version < FORMAT:
        raise RunError(
            f"{folder} was written by an older minibert (format {version}, this one reads "
            f"{FORMAT}); its model can be loaded, but the run cannot be resumed"
        )
