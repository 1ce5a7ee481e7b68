"""The pretraining objectives and the ways to mask, by name: all that Python knows of each.

The sequences themselves are made in Rust: `rust/minibert-core/src/examples/` and `masking/`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Objective = Literal["next_sentence", "sentence_order", "full_sentences", "doc_sentences", "line"]

MaskUnit = Literal["token", "whole_word", "span", "ngram"]


@dataclass(frozen=True, slots=True)
class ObjectiveDescription:
    """One objective, in words.

    Attributes:
        help: the second task or the contents of a sequence, for the help of `--objective`.
        summary: the prediction tasks and the contents of a sequence; `{:.0%}` stands for the share
            of pairs with label 1.
        pair_task: the abbreviation of the second head's task; None for objectives without segment
            pairs, which do not train that head.
        pair_labels: the meaning of the second head's labels 0 and 1.
    """

    help: str
    summary: str
    pair_task: str | None = None
    pair_labels: tuple[str, str] | None = None


OBJECTIVES: dict[str, ObjectiveDescription] = {
    "next_sentence": ObjectiveDescription(
        "whether the second segment follows the first (BERT)",
        "masked tokens (MLM), and whether a segment follows another (NSP); {:.0%} of the pairs "
        "are random",
        "NSP",
        ("B follows A", "B is random"),
    ),
    "sentence_order": ObjectiveDescription(
        "which of two segments comes first (ALBERT)",
        "masked tokens (MLM), and which of two segments comes first (SOP); {:.0%} of the pairs "
        "are swapped",
        "SOP",
        ("in order", "swapped"),
    ),
    "full_sentences": ObjectiveDescription(
        "consecutive sentences, also across documents, without a second task (RoBERTa)",
        "masked tokens (MLM) alone, in consecutive sentences, also across documents",
    ),
    "doc_sentences": ObjectiveDescription(
        "consecutive sentences of one document, without a second task (RoBERTa)",
        "masked tokens (MLM) alone, in consecutive sentences of one document",
    ),
    "line": ObjectiveDescription(
        "one sentence per example, without a second task",
        "masked tokens (MLM) alone, in single sentences",
    ),
}

PAIR_TASKS: dict[str, str] = {
    name: objective.pair_task for name, objective in OBJECTIVES.items() if objective.pair_task
}
"""The abbreviation of the second head's task, of the objectives with segment pairs."""

MASK_UNITS: dict[str, str] = {
    "token": "single tokens",
    "whole_word": "whole words",
    "span": "spans of 1 to 10 words",
    "ngram": "1 to 3 consecutive words",
}
