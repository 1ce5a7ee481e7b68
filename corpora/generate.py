"""Write the default corpus: a small world in simple English, the same for the same seed."""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path
from typing import NoReturn

from smallworld import (
    childhood,
    home,
    hours,
    making,
    nature,
    neighbours,
    outdoors,
    pets,
    picture,
    school,
    tales,
    talk,
    town,
    weather,
)
from smallworld.chance import Chance
from smallworld.page import Page

DEFAULT_SEED = 1
DEFAULT_MEGABYTES = 2.3
FEWEST_SENTENCES, MOST_SENTENCES = 6, 14
KINDS = (
    home.KINDS
    + childhood.KINDS
    + hours.KINDS
    + outdoors.KINDS
    + weather.KINDS
    + town.KINDS
    + neighbours.KINDS
    + nature.KINDS
    + tales.KINDS
    + making.KINDS
    + pets.KINDS
    + school.KINDS
    + picture.KINDS
    + talk.KINDS
    # Facts, agreement and causes are told more often than any one story, to be learned.
    + (nature.animal_facts, nature.animal_facts, nature.portrait, nature.riddle, nature.comparison)
    + (picture.picture, picture.picture, picture.picture, talk.questions, talk.causes, pets.cat_day)
)


def generate(seed: int, megabytes: float) -> str:
    """Return a corpus of at least ``megabytes`` (of 1,000,000 bytes) of text.

    One sentence a line, a blank line between documents. The kinds of documents take turns, in
    an order drawn anew for each round, so that every part of the text holds all of them.
    """
    chance = Chance(seed)
    heard: dict[str, int] = {}
    documents: list[str] = []
    size = 0
    while size < megabytes * 1_000_000:
        for kind in chance.shuffled(KINDS):
            page = Page(chance, heard)
            kind(page)
            documents.append("\n".join(page.sentences[:MOST_SENTENCES]))
            size += len(documents[-1]) + 2
    return "\n\n".join(documents) + "\n"


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """End with one sentence and status 2."""
        self.exit(2, f"generate.py: {message}\n")


def _megabytes(text: str) -> float:
    try:
        size = float(text)
    except ValueError:
        size = math.nan
    if not 0 < size <= 1000:
        raise argparse.ArgumentTypeError(f"{text} is not a number of megabytes from 0 to 1000")
    return size


def main(arguments: list[str] | None = None) -> None:
    """Run the program."""
    parser = _Parser(description=__doc__)
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="default: %(default)s")
    parser.add_argument(
        "--megabytes", type=_megabytes, default=DEFAULT_MEGABYTES, help="default: %(default)s"
    )
    parser.add_argument(
        "-o", "--output", type=Path, help="file to write; standard output if not given"
    )
    options = parser.parse_args(arguments)
    text = generate(options.seed, options.megabytes)
    if options.output is None:
        sys.stdout.buffer.write(text.encode())
        return
    try:
        options.output.write_bytes(text.encode())
    except OSError as error:
        parser.error(f"cannot write {options.output}: {error.strerror}")


if __name__ == "__main__":
    main()
