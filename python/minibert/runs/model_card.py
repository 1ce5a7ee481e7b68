"""The model card of a run: `README.md`, with the header that the Hugging Face Hub reads.

It says what the run folder knows of itself, and is written anew with every checkpoint. Its last
line is a hash of the others, so that a card that a person has changed is known, and left alone.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minibert.config import PAIR_TASKS
from minibert.io.files import write_atomically
from minibert.io.units import format_duration
from minibert.tokenizer.files import read_tokenizer_config

if TYPE_CHECKING:
    from minibert.runs.metrics import Metrics
    from minibert.runs.run import Run

CARD = "README.md"

_MARK = "<!-- minibert writes this file anew until it is changed; SHA-256 of the rest: {} -->\n"

_HEADER = """---
library_name: transformers
pipeline_tag: fill-mask
tags:
- bert
- fill-mask
- minibert
---
"""


def write_model_card(run: Run, step: int, share_done: float) -> None:
    """Write the card of a run's newest checkpoint, unless a person has changed the one there is.

    Args:
        run: whose weights are those of `step`.
        step: optimiser steps done.
        share_done: the share of the budget that is used up, from 0 to 1.

    Raises:
        FileError: the disk refuses.
    """
    path = run.path / CARD
    if is_generated(path):
        write_atomically(path, with_checksum(_card(run, step, share_done)).encode())


def is_generated(path: Path) -> bool:
    """Whether there is no card yet, or one as it was written."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    lines = text.splitlines(keepends=True)
    return bool(lines) and with_checksum("".join(lines[:-1])) == text


def with_checksum(text: str) -> str:
    """A text with the last line by which it is known to be unchanged."""
    return text + _MARK.format(hashlib.sha256(text.encode()).hexdigest())


def _card(run: Run, step: int, share_done: float) -> str:
    evaluation = run.last_evaluation()
    parts = [
        f"{_HEADER}\n# {run.name}\n\n{_introduction(run.manifest)}",
        _USE.format(name=run.name),
        "## What it was trained on\n\n" + _table(_corpus(run)),
        "## How it was trained\n\n" + _table(_training(run.manifest, step, share_done, evaluation)),
    ]
    if evaluation is not None:
        parts.append(_validation(run.manifest, evaluation))
    parts.append(
        "minibert knows neither the licence nor the language of the text: before you publish the "
        "model, add `license:` and `language:` to the header, and say what the model is for.\n"
    )
    return "\n".join(parts)


def _introduction(manifest: dict[str, Any]) -> str:
    config = manifest["config"]
    start = manifest.get("init_from")
    begun = f"from the weights of `{Path(start['folder']).name}`" if start else "from nothing"
    return (
        f"A BERT of {_count(config['num_hidden_layers'], 'layer')}, {config['hidden_size']} wide, "
        f"with {_count(config['num_attention_heads'], 'attention head')} and "
        f"{manifest['parameters']:,} parameters, trained {begun} by minibert "
        f"{manifest['versions']['minibert']}. "
        "The architecture is the published one (Devlin et al. 2019).\n"
    )


_USE = """```python
import minibert

fill = minibert.FillMask.from_pretrained("{name}")
fill("the [MASK] sat")
```

```python
from transformers import pipeline

fill = pipeline("fill-mask", model="{name}")
fill("the [MASK] sat")
```
"""


def _corpus(run: Run) -> dict[str, str]:
    corpus, options = run.manifest["corpus"], run.manifest["options"]
    cased = (
        "uncased"
        if read_tokenizer_config(run.path / "tokenizer_config.json").lowercase
        else "cased"
    )
    return {
        "text": _names(run.manifest["inputs"]),
        "documents": f"{corpus['documents']:,}",
        "sentences": f"{corpus['sentences']:,}",
        "tokens": f"{corpus['tokens']:,}",
        "vocabulary": f"{run.manifest['config']['vocab_size']:,} pieces, {cased}",
        "held out": _names([options["validation_corpus"]])
        if options["validation_corpus"]
        else f"{corpus['validation_documents']:,} of the documents",
    }


def _names(inputs: list[str]) -> str:
    """What the files are called, not where they are, which is nobody else's business."""
    if not inputs:
        return "minibert's default corpus, a small world in simple English"
    return ", ".join("standard input" if item == "-" else f"`{Path(item).name}`" for item in inputs)


def _training(
    manifest: dict[str, Any], step: int, share_done: float, evaluation: Metrics | None
) -> dict[str, str]:
    options, recipe, budget = (manifest[name] for name in ("options", "recipe", "budget"))
    whole = (
        format_duration(budget["seconds"]) if budget["seconds"] else f"{budget['steps']:,} steps"
    )
    # Runs from before it was the recipe's have it among their options alone.
    masked = options["masked_lm_prob"] or recipe["masked_lm_prob"]
    rates = f"AdamW {recipe['learning_rate']:g}"
    if recipe["muon_learning_rate"] is not None:
        rates += f", Muon {recipe['muon_learning_rate']:g} for the encoder's matrices"
    rows = {
        "steps": f"{step:,}",
        "budget": f"{whole}, {share_done:.0%} used",
        "examples in a step": f"{options['batch_size']:,} of at most {options['seq_len']:,} pieces",
        "objective": f"`{options['objective']}`, {masked:.0%} masked by `{options['mask_unit']}`",
        "recipe": f"`{options['recipe']}`: {rates}, warm-up {recipe['warmup_share']:.0%}, dropout "
        f"{recipe['dropout']:g}",
        "seed": f"{options['seed']}",
    }
    if evaluation is not None:
        rows["tokens seen"] = f"{evaluation.tokens:,} in {format_duration(evaluation.seconds)}"
    rows["computed"] = f"on {manifest['device']}, in {manifest['dtype']}"
    return rows


def _validation(manifest: dict[str, Any], row: Metrics) -> str:
    rows = {
        "MLM loss": f"{row.mlm_loss:.3f} nats",
        "MLM accuracy": f"{row.mlm_accuracy:.1%}",
    }
    if row.nsp_accuracy is not None:
        task = PAIR_TASKS[manifest["options"]["objective"]]
        rows[f"{task} accuracy"] = f"{row.nsp_accuracy:.1%}"
    rows["guessing by frequency"] = f"{manifest['unigram_entropy']:.3f} nats"
    rows["guessing uniformly"] = f"{manifest['uniform_loss']:.3f} nats"
    return (
        f"## How good it is\n\nOn held-out text after {row.step:,} steps, 15% of the pieces "
        f"masked:\n\n{_table(rows)}"
    )


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"


def _table(rows: dict[str, str]) -> str:
    lines = (f"| {name} | {value.replace('|', chr(92) + '|')} |\n" for name, value in rows.items())
    return "| | |\n|---|---|\n" + "".join(lines)
