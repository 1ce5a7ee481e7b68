"""minibert's pretraining batches and those of its peers, measured side by side.

    uv run python bench/batches.py [--text FILE ...] [--measure store,text]

Each peer runs in its own virtual environment (created under `bench/.environments`, with pinned
versions) and its own process, on as many cores as the column says. Peers work in turn, and every
round starts new processes. Examples have 128 tokens, 32 per batch, with 15 % masked. Tokens are
counted with `[CLS]` and `[SEP]`, without padding.

`create_pretraining_data.py` is from the package `bert-tensorflow`, by the authors of
google-research/bert; it makes next-sentence pairs with masked tokens and writes them to a file.
`DataCollatorForLanguageModeling` masks tokens of encoded examples of full length, given as by
`Trainer` (torch) or in the fastest form (NumPy).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.arguments import ROOT, listed, run, vocabulary, wide_console
from harness.batch_measures import MEASURES, given_of
from harness.tokenizer_measures import Bench
from peers.batches import NAMES

DEFAULT_TEXT = ROOT / "corpora" / "small-world.txt"


def main() -> None:
    given = arguments()
    console = wide_console()
    if missing := [str(text) for text in given.text if not text.is_file()]:
        raise SystemExit(f"no such file: {', '.join(missing)}")
    bench = Bench(
        names=given.only,
        files=vocabulary(given.vocab, given.text[0], given.work),
        threads=1,
        rounds=given.rounds,
        work=given.work,
        say=lambda text: console.print(f"[dim]{text}[/dim]", highlight=False),
        package="peers.batches",
    )
    corpus = given_of(bench, given.text)
    run(MEASURES, given, bench, corpus, console)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--text", type=Path, nargs="+", default=[DEFAULT_TEXT], help="UTF-8 files")
    add("--vocab", type=Path, help="an uncased vocab.txt")
    add("--rounds", type=int, default=5, help="rounds with new processes; medians are reported")
    add("--only", type=listed(NAMES), default=list(NAMES), help=f"of {','.join(NAMES)}")
    add("--measure", type=listed(MEASURES), default=list(MEASURES), help=f"of {','.join(MEASURES)}")
    add("--json", type=Path, help="file for the values of all rounds")
    add("--work", type=Path, default=ROOT / "bench" / ".work", help="folder for temporary texts")
    return parser.parse_args()


if __name__ == "__main__":
    main()
