"""minibert's tokenizer and its peers, measured side by side.

    uv run python bench/tokenizer.py [--text FILE ...] [--measure ragged,latency]

Each peer works in an environment of its own (made here, with pinned versions, under
`bench/.environments`) and in a process of its own; they take turns, so that only one works at a
time and a disturbance of the machine meets them all. Every round starts new processes. The first
pass of a process over the text is given apart from the later ones, which find warm caches. Ids are
compared with the reference's, text by text.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import platform
import sys
from pathlib import Path

from measures import MEASURES, Bench
from peers import NAMES, Files
from report import show
from rich.console import Console

ROOT = Path(__file__).parents[1]
WIDTH = 120  # of the widest table
SHARED = ROOT.parent / "shared" / "data"


def main() -> None:
    given = arguments()
    console = Console()
    console.width = max(console.width, WIDTH)
    files = vocabulary(given.vocab, given.cased, given.work)
    texts = given.text or [default_text()]
    if missing := [str(text) for text in texts if not text.is_file()]:
        raise SystemExit(f"no such file: {', '.join(missing)}")
    bench = Bench(
        names=given.only,
        files=files,
        threads=given.threads,
        rounds=given.rounds,
        work=given.work,
        train_bytes=given.train_bytes,
        say=lambda text: console.print(f"[dim]{text}[/dim]", highlight=False),
    )
    machine = {
        "processor": processor(),
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
    }
    results = []
    for measure in given.measure:
        for result in MEASURES[measure](bench, texts):
            show(result, console)
            results.append(result)
    if given.json:
        whole = {
            "command": sys.argv,
            "machine": machine,
            "vocabulary": files.vocab_txt,
            "absent": bench.absent,
            "results": [dataclasses.asdict(result) for result in results],
        }
        given.json.write_text(json.dumps(whole, indent=1))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--text", type=Path, nargs="+", help="UTF-8 files; a text is a line of one")
    add("--vocab", type=Path, help="a vocab.txt")
    add("--cased", action="store_true", help="the vocabulary keeps capitals and accents")
    add("--threads", type=int, default=1)
    add("--rounds", type=int, default=5, help="new processes of each peer; medians are of these")
    add("--only", type=listed(NAMES), default=list(NAMES), help=f"of {','.join(NAMES)}")
    add("--measure", type=listed(MEASURES), default=list(MEASURES), help=f"of {','.join(MEASURES)}")
    add("--train-bytes", type=int, default=70_000_000, help="the text is repeated up to this")
    add("--json", type=Path, help="where to write the figures, each of every round")
    add("--work", type=Path, default=ROOT / "bench" / ".work", help="where texts are made")
    return parser.parse_args()


def listed(known):
    def names(text: str) -> list[str]:
        found = text.split(",")
        for name in found:
            if name not in known:
                raise argparse.ArgumentTypeError(f"{name} is none of {', '.join(known)}")
        return found

    return names


def default_text() -> Path:
    novels = SHARED / "novels-10mb.txt"
    return novels if novels.exists() else ROOT / "corpora" / "small-world.txt"


def vocabulary(given: Path | None, cased: bool, work: Path) -> Files:
    """The vocabulary in both forms; by default BERT's if it is there, else one trained here."""
    from minibert.pieces import WordPieceTokenizer

    published = SHARED / f"bert-base-{'cased' if cased else 'uncased'}-vocab.txt"
    given = given or (published if published.exists() else None)
    if given:
        tokenizer = WordPieceTokenizer.from_vocab(given, lowercase=not cased)
    else:
        tokenizer = WordPieceTokenizer.train([default_text()], 8192, lowercase=not cased)
    folder = work / "vocabulary"
    tokenizer.save_pretrained(folder)
    return Files(
        str((folder / "vocab.txt").resolve()),
        str((folder / "tokenizer.json").resolve()),
        lowercase=not cased,
        published=given == published,
    )


def processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    return next((line.split(": ")[1] for line in lines if line.startswith("model name")), "")


if __name__ == "__main__":
    main()
