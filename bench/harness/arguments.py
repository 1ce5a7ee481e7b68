"""Shared parts of the benchmarks with peers: options, vocabulary and output."""

from __future__ import annotations

import argparse
import dataclasses
import datetime
import json
import os
import platform
import subprocess
import sys
from collections import Counter
from pathlib import Path

from rich.console import Console

from harness.report import cells, show, titled
from harness.tokenizer_measures import Bench, Result
from peers.tokenizers import Files

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"
WIDTH = 120  # of the widest table


def wide_console() -> Console:
    console = Console()
    console.width = max(console.width, WIDTH)
    return console


def listed(known):
    def names(text: str) -> list[str]:
        found = text.split(",")
        for name in found:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
        return found

    return names


def vocabulary(given: Path | None, text: Path, work: Path, *, cased: bool = False) -> Files:
    """The vocabulary in both forms: a given one, BERT's if available, or a newly trained one."""
    from minibert.tokenizer.wordpiece import WordPieceTokenizer

    published = SHARED / f"bert-base-{'cased' if cased else 'uncased'}-vocab.txt"
    given = given or (published if published.exists() else None)
    if given:
        tokenizer = WordPieceTokenizer.from_vocab(given, lowercase=not cased)
    else:
        tokenizer = WordPieceTokenizer.train([text], 8192, lowercase=not cased)
    folder = work / "vocabulary"
    tokenizer.save_pretrained(folder)
    return Files(
        str((folder / "vocab.txt").resolve()),
        str((folder / "tokenizer.json").resolve()),
        lowercase=not cased,
        published=given == published,
    )


def run(measures, given: argparse.Namespace, bench: Bench, texts, console: Console) -> None:
    """Run the measures, print the results, and write them as JSON if requested."""
    results = []
    for measure in given.measure:
        for result in measures[measure](bench, texts):
            show(result, console)
            results.append(result)
    if given.json:
        write(given.json, bench, results)


def write(path: Path, bench: Bench, results: list[Result]) -> None:
    """Writes the figures, each of every round, as JSON, and the tables of medians."""
    whole = {
        **circumstances(),
        "vocabulary": bench.files.vocab_txt,
        "absent": bench.absent,
        "results": [dataclasses.asdict(result) for result in results],
        "tables": tables(results),
    }
    path.write_text(json.dumps(whole, indent=1))


def circumstances() -> dict[str, object]:
    """The command, machine, date and commit of a measurement, as `bench/page.py` takes them."""
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--exclude=*"]
    return {
        "command": sys.argv,
        "machine": {
            "processor": processor(),
            "cores": os.cpu_count(),
            "system": platform.platform(),
            "python": platform.python_version(),
        },
        "date": datetime.date.today().isoformat(),
        "commit": subprocess.run(git, capture_output=True, text=True).stdout.strip(),
    }


def tables(results: list[Result]) -> dict[str, dict[str, object]]:
    """The tables of medians, by name: "tokenizer-ragged", and "tokenizer-ragged-2" for a second."""
    named: dict[str, dict[str, object]] = {}
    numbers: Counter[str] = Counter()
    for result in results:
        numbers[result.measure] += 1
        number = numbers[result.measure]
        name = f"{Path(sys.argv[0]).stem}-{result.measure}" + (f"-{number}" if number > 1 else "")
        columns, rows = cells(result)
        named[name] = {"title": titled(result), "columns": columns, "rows": rows}
    return named


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")
