"""Prints the labels of `minibert predict`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from minibert.cli.views.finetune import score_names
from minibert.finetuning.dataset import truncation_notice

if TYPE_CHECKING:
    from rich.console import Console

    from minibert.finetuning.examples.columns import Example
    from minibert.finetuning.predict import Predictions


def prediction_lines(example: Example, prediction: Any, *, as_json: bool) -> str:
    """The output for one example.

    Label, probability and text, separated by tabs; or one line per word with its label, and a blank
    line; or with `as_json` a JSON object.
    """
    if as_json:
        return json.dumps(_object(example, prediction), ensure_ascii=False)
    if isinstance(prediction, list):
        pairs = zip(example.text, prediction, strict=True)
        return "".join(f"{word}\t{one['label']}\n" for word, one in pairs)
    texts = [example.text] if example.pair is None else [example.text, example.pair]
    value = f"{prediction['score']:.4f}"
    first = [value] if len(prediction["scores"]) == 1 else [prediction["label"], value]
    return "\t".join([*first, *map(str, texts)])


def _object(example: Example, prediction: Any) -> dict[str, Any]:
    if isinstance(prediction, list):
        labels, scores = ([one[key] for one in prediction] for key in ("label", "score"))
        return {"tokens": example.text, "labels": labels, "scores": scores}
    pair = {} if example.pair is None else {"pair": example.pair}
    return {"text": example.text, **pair, **prediction}


def print_notes(console: Console, predictions: Predictions) -> None:
    """Print notes about truncated texts, and the scores if the labels are known."""
    classifier = predictions.classifier
    if classifier.long:
        positions = classifier.model.config.max_position_embeddings
        console.print(
            truncation_notice(classifier.long, predictions.count, classifier.task, positions),
            soft_wrap=True,
        )
    if predictions.scores:
        names = score_names(classifier.task)
        scores = ", ".join(f"{names[m]} {value:.4f}" for m, value in predictions.scores.items())
        console.print(f"{predictions.count:,} labelled texts: {scores}", soft_wrap=True)
