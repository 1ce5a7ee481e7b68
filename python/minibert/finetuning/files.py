"""The folder of a fine-tuned model: the files of `transformers`, and `finetune.json`.

`config.json` has the labels' names and, for whole texts, the `problem_type`; `finetune.json` has
the columns of the training file, the options and the scores.
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
FORMAT = 2

_PROBLEMS = {CLASSIFICATION: "single_label_classification", REGRESSION: "regression"}
_HEADS: dict[str, type[BertClassifier]] = {
    "BertForSequenceClassification": BertForSequenceClassification,
    "BertForTokenClassification": BertForTokenClassification,
}


def check_free(folder: Path) -> None:
    """Raise if a new folder cannot be made there.

    Raises:
        FileError: the path exists and is not an empty folder.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FileError(f"{folder} exists and is not an empty folder; choose another `out`")


def save_classifier(
    folder: Path,
    model: BertClassifier,
    task: Task,
    tokenizer: WordPieceTokenizer,
    layout: Layout,
    facts: dict[str, Any],
) -> None:
    """Write a fine-tuned model's folder; it appears only when it is complete.

    Args:
        folder: its path; there must be none, or an empty folder.
        model: a model with a classification head.
        task: the task and its labels.
        tokenizer: the model's tokenizer.
        layout: the columns of text and label, for later files.
        facts: further keys of `finetune.json`.

    Raises:
        FileError: the folder cannot be written, or is not empty any more.
    """
    check_free(folder)
    temporary = folder.with_name(folder.name + ".tmp")
    try:
        shutil.rmtree(temporary, ignore_errors=True)  # left by a killed process
        temporary.mkdir(parents=True)
        positions = model.config.max_position_embeddings
        tokenizer.save_pretrained(temporary, model_max_length=positions)
        described = {"format": FORMAT, "layout": dataclasses.asdict(layout), **facts}
        write_atomically(temporary / FACTS, _json(described))
        write_atomically(temporary / CONFIG, _json(_config(model, task)))
        write_atomically(temporary / WEIGHTS, to_safetensors(model))
        if folder.exists():
            folder.rmdir()  # Windows does not rename to an existing folder, even an empty one
        temporary.replace(folder)
    except OSError as error:
        if isinstance(error, FileError):
            raise
        raise FileError(f"{folder} cannot be written: {error.strerror}") from None
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def load_classifier(folder: Path) -> tuple[BertClassifier, Task, Layout]:
    """Read a fine-tuned model of minibert or `transformers`.

    Raises:
        ModelError: the folder has no fine-tuned model, or a damaged one, or one of another format.
    """
    config = read_config(folder)
    raw = json.loads((folder / CONFIG).read_text(encoding="utf-8"))
    architecture = (raw.get("architectures") or [""])[0]
    if architecture not in _HEADS:
        raise ModelError(
            f"{folder} has no classification head; fine-tune it first, by minibert finetune"
        )
    task = Task(_kind(raw, architecture), _labels(raw, folder))
    model = _HEADS[architecture](config, len(task.labels))
    saved = read_model(folder)
    load_strict(model, {**saved.tensors, **saved.others}, folder)
    return model.eval(), task, _layout(folder)


def _config(model: BertClassifier, task: Task) -> dict[str, Any]:
    """The `config.json` of `transformers`, sorted by keys."""
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
    # transformers writes no id2label for two labels without names.
    names = {"0": "LABEL_0", "1": "LABEL_1"} if found is None else found
    try:
        return tuple(str(names[str(number)]) for number in range(len(names)))
    except (KeyError, TypeError):
        raise ModelError(f"{folder / CONFIG} has an id2label that is not numbered from 0") from None


def _layout(folder: Path) -> Layout:
    """The columns in the training file; to be inferred again for a model of `transformers`."""
    path = folder / FACTS
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        if facts["format"] == FORMAT:
            return Layout(**facts["layout"])
    except FileNotFoundError:
        return Layout()
    except (OSError, ValueError, KeyError, TypeError):
        raise ModelError(f"{path} is damaged; remove it, or fine-tune again") from None
    raise ModelError(f"{path} has format {facts['format']}, not {FORMAT}; fine-tune again")


def _json(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()
