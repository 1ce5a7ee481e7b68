"""What pretraining gives on the film sentences of Pang and Lee (2004), by cross-validation.

    python bench/finetune.py MODEL --data DIR [--folds 5] [--seeds 3] [--seed 0] [--limit 0]
        [--json FILE]

DIR holds `plot.tok.gt9.5000` (objective) and `quote.tok.gt9.5000` (subjective), a sentence a line.
The rows are the pretrained MODEL, the same network from random weights, and the tf-idf baseline:
each trained on four folds of the sentences and evaluated on the fifth, for each fold and seed.
No epoch is selected by its score. `--limit` uses so many sentences instead of all.
"""

from __future__ import annotations

import argparse
import json
import random
import tempfile
from pathlib import Path

from minibert import FinetuneOptions, finetune
from minibert.cli.progress import ProgressReporter, StderrConsole
from minibert.cli.views.finetune import cell, print_scores, score_names
from minibert.finetuning.finetune import FineTuned

from harness.arguments import circumstances, wide_console

FILES = {"objective": "plot.tok.gt9.5000", "subjective": "quote.tok.gt9.5000"}


def sentences(folder: Path, limit: int) -> list[tuple[str, str]]:
    """All sentences with their labels, or some of them."""
    rows = [
        (line.strip(), label)
        for label, name in FILES.items()
        for line in (folder / name).read_text(encoding="utf-8").split("\n")
        if line.strip()
    ]
    return random.Random(0).sample(rows, limit) if limit else rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("model")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0, help="the first one")
    parser.add_argument("--limit", type=int, default=0)
    parser.add_argument("--epochs", type=int)
    parser.add_argument("--batch-size", type=int, default=FinetuneOptions().batch_size)
    parser.add_argument("--lr", type=float, default=FinetuneOptions().lr)
    parser.add_argument("--dropout", type=float, default=FinetuneOptions().dropout)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "sentences.jsonl"
        rows = sentences(given.data, given.limit)
        table.write_text("".join(json.dumps({"text": t, "label": n}) + "\n" for t, n in rows))
        options = FinetuneOptions(
            train=str(table),
            out=str(Path(folder) / "model"),
            folds=given.folds,
            seeds=given.seeds,
            seed=given.seed,
            epochs=given.epochs,
            batch_size=given.batch_size,
            lr=given.lr,
            dropout=given.dropout,
            from_scratch=True,
        )
        with ProgressReporter(StderrConsole()) as screen:
            tuned = finetune(given.model, options, screen)
    print_scores(wide_console(), tuned)
    if given.json:
        whole = {**circumstances(), **tuned.as_dict(), "tables": {"finetune": table_of(tuned)}}
        given.json.write_text(json.dumps(whole, indent=1))


def table_of(tuned: FineTuned) -> dict[str, object]:
    """The scores as a table of `bench/page.py`: mean, and standard deviation over the trainings."""
    names = score_names(tuned.task)
    rows = [
        [one.name, *(cell(one.mean(metric), one.std(metric)) for metric in names)]
        for one in tuned.scores
    ]
    title = "Fine-tuning on film sentences"
    return {"title": title, "columns": ["model", *names.values()], "rows": rows}


if __name__ == "__main__":
    main()
