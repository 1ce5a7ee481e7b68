"""The model card of a run: `README.md`, with the header that the Hugging Face Hub reads.

It holds what the run folder knows, and is rewritten with every checkpoint. Its last line is a hash
of the other lines: a card that a person has edited does not match it and is left alone.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from minibert.config import PAIR_TASKS
from minibert.config.recipe import VALIDATION_MASKED_LM_PROB
from minibert.io.files import write_atomically
from minibert.io.units import format_duration
from minibert.runs.metrics import METRICS, last_validation
from minibert.tokenizer.files import read_tokenizer_config

if TYPE_CHECKING:
    from collections.abc import Sequence

    from minibert.runs.manifest import Manifest
    from minibert.runs.metrics import Metrics
    from minibert.runs.run import Run

CARD = "README.md"

_MARK = "<!-- minibert rewrites this file until somebody edits it; SHA-256 of the rest: {} -->\n"

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
    """Write the card of a run's newest checkpoint, unless a person has edited it.

    Args:
        run: the run, whose weights are those of `step`.
        step: completed optimizer steps.
        share_done: the share of the budget that is used, from 0 to 1.

    Raises:
        FileError: the disk refuses.
    """
    path = run.path / CARD
    if is_generated(path):
        write_atomically(path, with_checksum(_card(run, step, share_done)).encode())


def is_generated(path: Path) -> bool:
    """Whether there is no card yet, or an unedited one."""
    try:
        text = path.read_bytes().decode()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    lines = text.splitlines(keepends=True)
    return bool(lines) and with_checksum("".join(lines[:-1])) == text


def with_checksum(text: str) -> str:
    """A text and the last line that shows that the text is unedited."""
    return text + _MARK.format(hashlib.sha256(text.encode()).hexdigest())


def _card(run: Run, step: int, share_done: float) -> str:
    evaluation = last_validation(run.path / METRICS)
    parts = [
        f"{_HEADER}\n# {run.name}\n\n{_introduction(run.manifest)}",
        _USE.format(name=run.name),
        "## Training data\n\n" + _table(_corpus(run)),
        "## Training\n\n" + _table(_training(run.manifest, step, share_done, evaluation)),
    ]
    if evaluation is not None:
        parts.append(_validation(run.manifest, evaluation))
    parts.append(
        "minibert knows neither the licence nor the language of the text: before you publish the "
        "model, add `license:` and `language:` to the header, and write what the model is for.\n"
    )
    return "\n".join(parts)


def _introduction(manifest: Manifest) -> str:
    config, start = manifest.config, manifest.init_from
    origin = "from scratch" if start is None else f"from the weights of `{Path(start.folder).name}`"
    return (
        f"A BERT of {_count(config.num_hidden_layers, 'layer')}, hidden size {config.hidden_size}, "
        f"{_count(config.num_attention_heads, 'attention head')} and "
        f"{manifest.parameters:,} parameters, trained {origin} by minibert "
        f"{manifest.versions.minibert}. "
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
    manifest = run.manifest
    corpus, validation = manifest.corpus, manifest.options.validation_corpus
    lowercase = read_tokenizer_config(run.path / "tokenizer_config.json").lowercase
    return {
        "text": _names(manifest.inputs),
        "documents": f"{corpus.documents:,}",
        "sentences": f"{corpus.sentences:,}",
        "tokens": f"{corpus.tokens:,}",
        "vocabulary": f"{manifest.config.vocab_size:,} tokens, "
        + ("uncased" if lowercase else "cased"),
        "validation": _names([validation])
        if validation
        else f"{corpus.validation_documents:,} of the documents",
    }


def _names(inputs: Sequence[str]) -> str:
    """The names of the files without their folders, which are private."""
    if not inputs:
        return "minibert's default corpus, a small world in simple English"
    return ", ".join("standard input" if item == "-" else f"`{Path(item).name}`" for item in inputs)


def _training(
    manifest: Manifest, step: int, share_done: float, evaluation: Metrics | None
) -> dict[str, str]:
    options, recipe, budget = manifest.options, manifest.recipe, manifest.budget
    length = format_duration(budget.seconds) if budget.seconds else f"{budget.steps:,} steps"
    rates = f"AdamW {recipe.learning_rate:g}"
    if recipe.muon_learning_rate is not None:
        rates += f", Muon {recipe.muon_learning_rate:g} for the encoder's matrices"
    rows = {
        "steps": f"{step:,}",
        "budget": f"{length}, {share_done:.0%} used",
        "batch size": f"{options.batch_size:,} sequences of at most {options.seq_len:,} tokens",
        "objective": f"`{options.objective}`, {_masking(manifest)}",
        "recipe": f"`{options.recipe}`: {rates}, warm-up {recipe.warmup_share:.0%}, dropout "
        f"{recipe.dropout:g}",
        "seed": f"{options.seed}",
    }
    if evaluation is not None:
        rows["tokens seen"] = f"{evaluation.tokens:,} in {format_duration(evaluation.seconds)}"
    rows["device"] = f"{manifest.device}, in {manifest.dtype}"
    return rows


def _masking(manifest: Manifest) -> str:
    text = f"{100 * manifest.recipe.masked_lm_prob:.3g}% masked"
    final = manifest.options.final_masked_lm_prob
    if final is not None:
        text += f" at first and {100 * final:.3g}% at the end,"
    return f"{text} by `{manifest.options.mask_unit}`"


def _validation(manifest: Manifest, row: Metrics) -> str:
    rows = {
        "MLM loss": f"{row.mlm_loss:.3f} nats",
        "MLM accuracy": f"{row.mlm_accuracy:.1%}",
    }
    if row.nsp_accuracy is not None:
        task = PAIR_TASKS[manifest.options.objective]
        rows[f"{task} accuracy"] = f"{row.nsp_accuracy:.1%}"
    rows["unigram entropy"] = f"{manifest.unigram_entropy:.3f} nats"
    rows["uniform loss (ln V)"] = f"{manifest.uniform_loss:.3f} nats"
    return (
        f"## Evaluation\n\nOn validation text after {row.step:,} steps, with "
        f"{VALIDATION_MASKED_LM_PROB:.0%} of the tokens masked:\n\n{_table(rows)}"
    )


def _count(number: int, name: str) -> str:
    return f"{number:,} {name}" if number == 1 else f"{number:,} {name}s"


def _table(rows: dict[str, str]) -> str:
    lines = (f"| {name} | {value.replace('|', chr(92) + '|')} |\n" for name, value in rows.items())
    return "| | |\n|---|---|\n" + "".join(lines)
