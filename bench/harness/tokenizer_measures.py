"""The measures of tokenizers. Each function of `MEASURES` yields results for `report.show`."""

from __future__ import annotations

import base64
import contextlib
import random
import statistics
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from harness.environment import Absent, Process
from peers.tokenizers import OURS, REFERENCE, Files

# The first pass of a process includes first-time memory allocation. "first" is the first pass of a
# new tokenizer, in a process that has made a pass with another one.
PASSES = ("new process", "first", "warm", "warm")
SENTENCES = 50
SENTENCE_BYTES = range(110, 131)
WORST_BYTES = (1_000_000, 4_000_000)
TRAINED_SIZES = (8192, 30522)
TRAINING_ROUNDS = 3


@dataclass
class Result:
    """One table: for each peer and column, the values of all rounds."""

    measure: str
    title: str
    unit: str
    more_is_better: bool
    package: str = "peers.tokenizers"
    rows: dict[str, dict[str, list[float]]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, column: str, figure: float) -> None:
        self.rows.setdefault(name, {}).setdefault(column, []).append(figure)


@dataclass
class Bench:
    """The peers, and the options of running them."""

    names: list[str]
    files: Files
    threads: int
    rounds: int
    work: Path
    say: Callable[[str], None]
    train_bytes: int = 0
    package: str = "peers.tokenizers"
    absent: dict[str, str] = field(default_factory=dict)

    def round(
        self, stack: contextlib.ExitStack, method: str, threads: int | None = None
    ) -> dict[str, Process]:
        """Start processes of the peers that have a method, with the vocabulary loaded."""
        running = {}
        threads = threads or self.threads
        for name in self.names:
            try:
                process = stack.enter_context(Process(name, threads, self.package))
                process.ask("load", files=self.files._asdict())
                if process.ask("takes_part", method=method):
                    running[name] = process
            except Absent as why:
                self.note_absent(name, threads, why)
        return running

    def note_absent(self, name: str, threads: int, why: Absent) -> None:
        key = name if threads == 1 else f"{name}, {threads} threads"
        if key not in self.absent:
            self.say(f"{key}: {why}")
        self.absent[key] = str(why)

    def in_turn(
        self, running: dict[str, Process], do: str, **arguments: object
    ) -> Iterator[tuple[str, object]]:
        """Let the peers work one after the other; a peer whose process ends leaves the round."""
        for name, process in list(running.items()):
            try:
                yield name, process.ask(do, **arguments)
            except Absent as why:
                self.note_absent(name, self.threads, why)
                if process.ended:
                    del running[name]

    def load_again(self, running: dict[str, Process]) -> None:
        """Load a new tokenizer with empty caches in each process."""
        for _ in self.in_turn(running, "load", files=self.files._asdict()):
            pass


def ragged(bench: Bench, texts: list[Path]) -> Iterator[Result]:
    """The ids of lists of texts, in the form that is fastest for each peer."""
    for path in texts:
        title = f"ids of {path.name}, {counted(bench.threads)}"
        result = Result("ragged", title, "MB/s", more_is_better=True)
        checksums = passes(bench, path, result, "ragged")
        result.notes = agreement(checksums)
        yield result
        result = Result("file", f"ids of the file {path.name} by its path", "MB/s", True)
        for _ in range(bench.rounds):
            with contextlib.ExitStack() as stack:
                running = bench.round(stack, "file")
                size = path.stat().st_size
                for column in PASSES:
                    if column == "first":
                        bench.load_again(running)
                    for name, seconds in bench.in_turn(running, "file", path=str(path.resolve())):
                        result.add(name, column, size / seconds / 1e6)
        if result.rows:
            yield result


def encodings(bench: Bench, texts: list[Path]) -> Iterator[Result]:
    """Full encodings: tokens, offsets, word ids, masks."""
    for path in texts:
        title = f"full encodings of {path.name}, {counted(bench.threads)}"
        result = Result("encodings", title, "MB/s", more_is_better=True)
        passes(bench, path, result, "encodings")
        yield result


def passes(bench: Bench, path: Path, result: Result, method: str) -> dict[str, list[int]]:
    """Fills in the first and the warm passes; returns checksums of each text's ids."""
    checksums: dict[str, list[int]] = {}
    for _ in range(bench.rounds):
        with contextlib.ExitStack() as stack:
            running = bench.round(stack, method)
            sizes = dict(bench.in_turn(running, "read", path=str(path.resolve()), lines=True))
            for column in PASSES:
                if column == "first":
                    bench.load_again(running)
                for name, seconds in bench.in_turn(running, "encode", method=method):
                    result.add(name, column, sizes[name] / seconds / 1e6)
            if method == "ragged" and not checksums:
                checksums = dict(bench.in_turn(running, "checksums"))
    return checksums


def agreement(checksums: dict[str, list[int]]) -> dict[str, str]:
    """How many texts have the reference's ids."""
    expected = checksums.get(REFERENCE) or checksums.get(OURS)
    notes = {}
    for name, found in checksums.items():
        same = sum(mine == theirs for mine, theirs in zip(found, expected, strict=True))
        notes[name] = f"{100 * same / len(expected):.3f} %"
        if same < len(expected):
            notes[name] += f" ({len(expected) - same:,} differ)"
    return notes


def load(bench: Bench, texts: list[Path]) -> Iterator[Result]:
    """The time to make a tokenizer from its files."""
    result = Result("load", "loading the vocabulary", "ms", more_is_better=False)
    for _ in range(bench.rounds):
        with contextlib.ExitStack() as stack:
            running = bench.round(stack, "one")
            for _ in range(3):
                for name, seconds in bench.in_turn(running, "load", files=bench.files._asdict()):
                    result.add(name, "load", seconds * 1e3)
    yield result


def latency(bench: Bench, texts: list[Path]) -> Iterator[Result]:
    """One sentence from Python and back, and what the call costs without one."""
    lines = texts[0].read_bytes().decode().split("\n")
    sentences = [line for line in lines if len(line.encode()) in SENTENCE_BYTES][:SENTENCES]
    result = Result("latency", "one sentence of about 120 bytes", "µs", more_is_better=False)
    for _ in range(bench.rounds):
        with contextlib.ExitStack() as stack:
            running = bench.round(stack, "one")
            for name, (full, empty) in bench.in_turn(running, "latency", sentences=sentences):
                result.add(name, "sentence", full * 1e6)
                result.add(name, "empty", empty * 1e6)
                result.add(name, "difference", (full - empty) * 1e6)
    yield result


def worst(bench: Bench, texts: list[Path]) -> Iterator[Result]:
    """Texts made to be slow, each one text, at two lengths: linear time is the same for both."""
    for size in WORST_BYTES:
        title = f"first pass over one text of {size / 1e6:.0f} MB, {counted(bench.threads)}"
        result = Result("worst", title, "ns/byte", more_is_better=False)
        cases = worst_texts(bench.work, texts[0], size)
        for _ in range(bench.rounds):
            with contextlib.ExitStack() as stack:
                running = bench.round(stack, "ragged")
                # Once for the process's memory, which prose would else pay for.
                for case, path in [(None, cases["prose"]), *cases.items()]:
                    bench.load_again(running)
                    sizes = dict(bench.in_turn(running, "read", path=str(path), lines=False))
                    for name, seconds in bench.in_turn(running, "encode", method="ragged"):
                        if case:
                            result.add(name, case, seconds / sizes[name] * 1e9)
        for name, row in result.rows.items():
            prose, *others = (statistics.median(figures) for figures in row.values())
            result.notes[name] = f"{max(others, default=prose) / prose:.1f}"
        yield result


def worst_texts(work: Path, prose: Path, size: int) -> dict[str, Path]:
    rng = random.Random(1)
    marks = [chr(code) for code in (*range(0x300, 0x340), *range(0x8D4, 0x8E0))]
    chinese = [chr(code) for code in range(0x4E00, 0x9FA6)]
    prose_text = prose.read_bytes().decode()
    texts = {
        "prose": prose_text * (size // len(prose_text) + 1),
        "a": "a" * size,
        "base64": base64.b64encode(rng.randbytes(size)).decode(),
        "marks": "".join(rng.choices(marks, k=size // 2)),
        "Chinese": "".join(rng.choices(chinese, k=size // 3)),
    }
    folder = work / f"worst-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    paths = {}
    for case, text in texts.items():
        paths[case] = (folder / f"{case}.txt").resolve()
        paths[case].write_bytes(text.encode()[:size].decode(errors="ignore").encode())
    return paths


def train(bench: Bench, texts: list[Path]) -> Iterator[Result]:
    """Training of a vocabulary, each time in a new process."""
    path = repeated(bench.work, texts[0], bench.train_bytes)
    rounds = min(bench.rounds, TRAINING_ROUNDS)
    for size in TRAINED_SIZES:
        title = f"training {size:,} tokens on {path.stat().st_size / 1e6:.0f} MB"
        result = Result("train", title, "s and MiB", more_is_better=False)
        for name in [name for name in (OURS, REFERENCE) if name in bench.names]:
            result.notes[name] = ""
        for _ in range(rounds):
            for name in result.notes:
                with Process(name, 2) as process:
                    learned = process.ask("train", path=str(path), size=size)
                result.add(name, "seconds", learned["seconds"])
                result.add(name, "peak memory", learned["peak"] / 2**20)
                result.add(name, "of it grown", (learned["peak"] - learned["before"]) / 2**20)
                result.notes[name] = f"{learned['size']:,} tokens"
        yield result


def repeated(work: Path, path: Path, size: int) -> Path:
    """The text, repeated up to a size."""
    work.mkdir(parents=True, exist_ok=True)
    whole, text = (work / "training.txt").resolve(), path.read_bytes()
    with whole.open("wb") as file:
        for written in range(0, size, len(text)):
            file.write(text[: size - written])
    return whole


def scaling(bench: Bench, texts: list[Path]) -> Iterator[Result]:
    """One thread against two."""
    result = Result("scaling", f"ids of {texts[0].name}, warm", "MB/s", more_is_better=True)
    for _ in range(bench.rounds):
        for threads in (1, 2):
            with contextlib.ExitStack() as stack:
                running = bench.round(stack, "ragged", threads)
                read = bench.in_turn(running, "read", path=str(texts[0].resolve()), lines=True)
                sizes = dict(read)
                for column in PASSES:
                    for name, seconds in bench.in_turn(running, "encode", method="ragged"):
                        if column == "warm":
                            result.add(name, counted(threads), sizes[name] / seconds / 1e6)
    for name, row in result.rows.items():
        if len(row) == 2:
            one, two = (statistics.median(row[counted(threads)]) for threads in (1, 2))
            result.notes[name] = f"{two / one:.2f} times"
    yield result


def counted(threads: int) -> str:
    return "1 thread" if threads == 1 else f"{threads} threads"


MEASURES = {
    function.__name__: function
    for function in (ragged, encodings, load, latency, worst, train, scaling)
}
