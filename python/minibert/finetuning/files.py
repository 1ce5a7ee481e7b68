"""The folder of a fine-tuned model: what `transformers` reads, and beside it how it was made.

`config.json` has the labels' names and, for whole texts, the `problem_type`; `finetune.json` has
where the columns were and what was measured.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minibert.errors import FileError, ModelError
from minibert.finetuning.examples.columns import Layout
from minibert.finetuning.task import CLASSIFICATION, REGRESSION, TOKENS, Task
from minibert.io.files import write_atomically
from minibert.model.classification import BertForSequenceClassification, BertForTokenClassification
from minibert.model.files import load_strict, read_model, to_safetensors
from minibert.model.folder import CONFIG, WEIGHTS, read_config

if TYPE_CHECKING:
    from minibert.model.classification import BertClassifier
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

FACTS = "finetune.json"
FORMAT = 1

_PROBLEMS = {CLASSIFICATION: "single_label_classification", REGRESSION: "regression"}
_HEADS: dict[str, type[BertClassifier]] = {
    "BertForSequenceClassification": BertForSequenceClassification,
    "BertForTokenClassification": BertForTokenClassification,
}


def check_free(folder: Path) -> None:
    """Raise if a new folder cannot be put there.

    Raises:
        FileError: there is something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileError(f"{folder} exists and is not an empty folder; choose another --out")


def save_classifier(
    folder: Path,
    model: BertClassifier,
    task: Task,
    tokenizer: WordPieceTokenizer,
    layout: Layout,
    facts: dict[str, Any],
) -> None:
    """Write a fine-tuned model's folder, whole or not at all.

    Args:
        folder: where to; there is none, or an empty one.
        model: with a head.
        task: what its labels are.
        tokenizer: what its ids mean.
        layout: where text and label were, for files to come.
        facts: what else there is to say of it, for JSON.

    Raises:
        FileError: the disk refuses, or something has come to be there.
    """
    check_free(folder)
    temporary = folder.with_name(folder.name + ".tmp")
    try:
        shutil.rmtree(temporary, ignore_errors=True)  # of a process that was killed
        temporary.mkdir(parents=True)
        positions = model.config.max_position_embeddings
        tokenizer.save_pretrained(temporary, model_max_length=positions)
        said = {"format": FORMAT, "layout": dataclasses.asdict(layout), **facts}
        write_atomically(temporary / FACTS, _json(said))
        write_atomically(temporary / CONFIG, _json(_config(model, task)))
        write_atomically(temporary / WEIGHTS, to_safetensors(model))
        if folder.exists():
            folder.rmdir()  # Windows renames to no folder that is there, be it empty
        temporary.replace(folder)
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{folder} cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def load_classifier(folder: Path) -> tuple[BertClassifier, Task, Layout]:
    """Read a fine-tuned model, minibert's or another's.

    Raises:
        ModelError: it is none, or a damaged one.
    """
    config = read_config(folder)
    raw = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    architecture = (raw.get("architectures") or [""])[0]
    if architecture not in _HEADS:
        raise ModelError(
            f"{folder} has no head for labels; make a model that has one by minibert finetune"
        )
    task = Task(_kind(raw, architecture), _labels(raw, folder))
    model = _HEADS[architecture](config, len(task.labels))
    saved = read_model(folder)
    load_strict(model, {**saved.tensors, **saved.others}, folder)
    return model.eval(), task, _layout(folder)


def _config(model: BertClassifier, task: Task) -> dict[str, Any]:
    """A `config.json` of transformers, sorted by its keys."""
    config = json.loads(model.config.to_json(type(model).__name__))
    config["id2label"] = {str(number): label for number, label in enumerate(task.labels)}
    config["label2id"] = {label: number for number, label in enumerate(task.labels)}
    if task.kind in _PROBLEMS:
        config["problem_type"] = _PROBLEMS[task.kind]
    return dict(sorted(config.items()))


def _kind(raw: dict[str, Any], architecture: str) -> str:
    if architecture == "BertForTokenClassification":
        return TOKENS
    single = len(raw.get("id2label") or ()) == 1
    return REGRESSION if raw.get("problem_type") == "regression" or single else CLASSIFICATION


def _labels(raw: dict[str, Any], folder: Path) -> tuple[str, ...]:
    found = raw.get("id2label")
    # transformers writes none where there are two without names.
    names = {"0": "LABEL_0", "1": "LABEL_1"} if found is None else found
    try:
        return tuple(str(names[str(number)]) for number in range(len(names)))
    except (KeyError, TypeError):
        raise ModelError(f"{folder / CONFIG} has an id2label that does not count from 0") from None


def _layout(folder: Path) -> Layout:
    """Where text and label were in training; found anew for a model of another's making."""
    try:
        return Layout(**json.loads((folder / FACTS).read_text(encoding="utf-8"))["layout"])
    except FileNotFoundError:
        return Layout()
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError(f"{folder / FACTS} is damaged; remove it, or fine-tune anew") from None


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
