"""Minimal pairs: whether a model gives the grammatical one of two sentences the higher score.

The file format is that of BLiMP (Warstadt et al. 2020, arXiv 1912.00582): one JSON object per line
with `sentence_good`, `sentence_bad` and, if there is one, the paradigm as `UID`.
"""

from __future__ import annotations

import dataclasses
import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from minibert.config import DEFAULT_PLL
from minibert.errors import FileError, TextError
from minibert.evaluation.confidence import wilson_interval
from minibert.io.lines import read_lines

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Sequence

    from minibert.config import PllMethod
    from minibert.evaluation.confidence import Interval
    from minibert.evaluation.pseudo_log_likelihood import PseudoLogLikelihood


class MinimalPair(NamedTuple):
    """A grammatical and an ungrammatical sentence that differ in one respect."""

    good: str
    bad: str
    paradigm: str


@dataclass(frozen=True, slots=True)
class PairAccuracy:
    """How often the good sentence got the higher score.

    Attributes:
        accuracy: `right` / `pairs`; None without pairs.
        interval: of the accuracy, at 95 % (Wilson).
        pairs: the number of pairs that were scored.
        right: the number of pairs whose good sentence has the higher score; a tie is wrong.
        ties: the number of pairs with equal scores, such as pairs with the same tokens.
        too_long: the number of pairs without scores, because a sentence has more tokens than the
            model has positions; no other number counts them.
    """

    accuracy: float | None
    interval: Interval | None
    pairs: int
    right: int
    ties: int
    too_long: int


@dataclass(frozen=True, slots=True)
class MinimalPairs(PairAccuracy):
    """The accuracy over all pairs and for each paradigm.

    Attributes:
        method: of scoring sentences, see `PseudoLogLikelihood`.
        unknown: the number of pairs with a word that is `[UNK]`.
        paradigms: by name, in the order of the files.
    """

    method: str
    unknown: int
    paradigms: dict[str, PairAccuracy]


def read_minimal_pairs(path: str | os.PathLike[str]) -> list[MinimalPair]:
    """Read a file of minimal pairs, or all `.jsonl` files of a folder, by name.

    A line without `UID` has the file's name as its paradigm.

    Raises:
        FileError: the file does not exist, or the folder has no `.jsonl` file.
        TextError: a line is not a JSON object with both sentences.
    """
    path = Path(path)
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files:
        raise FileError(f"there is no .jsonl file in {path}")
    return [
        _pair(line, f"{file}, line {number}", file.stem)
        for file in files
        for number, line in read_lines(file)
    ]


def _pair(line: str, where: str, stem: str) -> MinimalPair:
    try:
        row = json.loads(line)
    except ValueError:
        raise TextError(
            f"{where} is not JSON; minimal pairs are JSON objects, one per line"
        ) from None
    if not isinstance(row, dict):
        raise TextError(f"{where} is not a JSON object with sentence_good and sentence_bad")
    good, bad = (_sentence(row, name, where) for name in ("sentence_good", "sentence_bad"))
    return MinimalPair(good, bad, str(row.get("UID", stem)))


def _sentence(row: dict[str, Any], name: str, where: str) -> str:
    sentence = row.get(name)
    if not isinstance(sentence, str):
        raise TextError(
            f"{where} has no text named {name}; its keys are: {', '.join(row) or 'none'}"
        )
    return sentence


def evaluate_minimal_pairs(
    score: PseudoLogLikelihood,
    pairs: Sequence[MinimalPair],
    *,
    method: PllMethod = DEFAULT_PLL,
    advance: Callable[[float], None] = lambda share: None,
) -> MinimalPairs:
    """Score both sentences of each pair; equal sentences are scored once.

    Args:
        score: the scorer with its model.
        pairs: of any paradigms.
        method: of `PseudoLogLikelihood`.
        advance: called with the share that is done, from 0 to 1.

    Raises:
        TextError: a sentence has a lone surrogate.
    """
    scores = score(
        [s for pair in pairs for s in (pair.good, pair.bad)], method=method, advance=advance
    )
    both = list(zip(scores[::2], scores[1::2], strict=True))
    by_paradigm: dict[str, list[tuple[float | None, float | None]]] = defaultdict(list)
    for pair, (good, bad) in zip(pairs, both, strict=True):
        by_paradigm[pair.paradigm].append((good.pll, bad.pll))
    together = _accuracy(scored for paradigm in by_paradigm.values() for scored in paradigm)
    return MinimalPairs(
        **dataclasses.asdict(together),
        method=method,
        unknown=sum(good.unknown + bad.unknown > 0 for good, bad in both),
        paradigms={name: _accuracy(scored) for name, scored in by_paradigm.items()},
    )


def _accuracy(plls: Iterable[tuple[float | None, float | None]]) -> PairAccuracy:
    right = ties = pairs = too_long = 0
    for good, bad in plls:
        if good is None or bad is None:
            too_long += 1
            continue
        pairs += 1
        right += good > bad
        ties += good == bad
    accuracy = right / pairs if pairs else None
    return PairAccuracy(accuracy, wilson_interval(right, pairs), pairs, right, ties, too_long)
