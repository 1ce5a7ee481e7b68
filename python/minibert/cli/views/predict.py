"""Labels of texts, a line each."""

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
    """What is printed of an example.

    A label, its probability and the text, between tabs, or the words of a sentence with a label
    each, in lines, and a blank one; with `as_json` an object.
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
    """What there is to say when all are labelled."""
    classifier = predictions.classifier
    if classifier.long:
        positions = classifier.model.config.max_position_embeddings
        console.print(
            truncation_notice(classifier.long, predictions.count, classifier.task, positions),
            soft_wrap=True,
        )
    if predictions.scores:
        names = score_names(classifier.task)
        said = ", ".join(f"{names[m]} {value:.4f}" for m, value in predictions.scores.items())
        console.print(f"{predictions.count:,} labelled texts: {said}", soft_wrap=True)
