"""minibert's tokenizer and its peers, measured side by side.

    uv run python bench/tokenizer.py [--text FILE ...] [--measure ragged,latency]

Each peer runs in its own virtual environment (created under `bench/.environments`, with pinned
versions) and its own process. Peers work in turn, one at a time, so that other load affects all.
Every round starts new processes. The first pass over the text is reported separately from later
ones, which have warm caches. Ids are compared with the reference's, text by text.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.arguments import ROOT, SHARED, listed, run, vocabulary, wide_console
from harness.tokenizer_measures import MEASURES, Bench
from peers.tokenizers import NAMES


def main() -> None:
    given = arguments()
    console = wide_console()
    files = vocabulary(given.vocab, default_text(), given.work, cased=given.cased)
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
    run(MEASURES, given, bench, texts, console)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--text", type=Path, nargs="+", help="UTF-8 files; each line is a text")
    add("--vocab", type=Path, help="a vocab.txt")
    add("--cased", action="store_true", help="the vocabulary keeps capitals and accents")
    add("--threads", type=int, default=1)
    add("--rounds", type=int, default=5, help="rounds with new processes; medians are reported")
    add("--only", type=listed(NAMES), default=list(NAMES), help=f"of {','.join(NAMES)}")
    add("--measure", type=listed(MEASURES), default=list(MEASURES), help=f"of {','.join(MEASURES)}")
    add("--train-bytes", type=int, default=70_000_000, help="the text is repeated up to this")
    add("--json", type=Path, help="file for the values of all rounds")
    add("--work", type=Path, default=ROOT / "bench" / ".work", help="folder for temporary texts")
    return parser.parse_args()


def default_text() -> Path:
    novels = SHARED / "novels-10mb.txt"
    return novels if novels.exists() else ROOT / "corpora" / "small-world.txt"


if __name__ == "__main__":
    main()
