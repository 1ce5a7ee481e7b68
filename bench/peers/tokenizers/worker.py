"""The process of one tokenizer; it receives a request per line on standard input.

    python -m peers.tokenizers.worker PEER THREADS

A request is a JSON object: `do` names a method of `Worker`, other keys are its arguments. The
answer is the JSON of its result, or `{"refused": reason}`. Times are in seconds, of the peer's call
alone.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import resource
import sys
import time
import zlib
from array import array
from pathlib import Path

from . import Files
from harness.worker import serve

CALLS = 1000  # of single sentences, in a measurement of latency
REPEATS = 7


class Worker:
    def __init__(self, name, threads):
        self.module = importlib.import_module(f"peers.tokenizers.{name}")
        self.threads = threads
        self.peer = None
        self.texts = []
        self.result = None

    def load(self, files):
        files = Files(**files)
        if self.peer is None:
            # Imports at first use are not part of any measurement.
            self.module.Peer(files, self.threads).one("a")
        self.peer = None  # freed before the measurement
        start = time.perf_counter()
        self.peer = self.module.Peer(files, self.threads)
        return time.perf_counter() - start

    def takes_part(self, method):
        return hasattr(self.peer, method)

    def read(self, path, lines):
        text = Path(path).read_bytes().decode()
        self.texts = text.split("\n") if lines else [text]
        return len(text.encode())

    def encode(self, method):
        """One pass of `ragged` or `encodings` over the texts that were read."""
        self.result = None  # freed before the measurement
        run = getattr(self.peer, method)
        start = time.perf_counter()
        self.result = run(self.texts)
        return time.perf_counter() - start

    def file(self, path):
        self.result = None
        start = time.perf_counter()
        self.result = self.peer.file(path)
        return time.perf_counter() - start

    def checksums(self):
        """A checksum of each text's ids, of the last pass of `ragged` or `file`."""
        return [zlib.crc32(array("i", ids).tobytes()) for ids in self.peer.ids(self.result)]

    def tokens(self):
        return sum(len(ids) for ids in self.peer.ids(self.result))

    def latency(self, sentences):
        """Seconds per call with a sentence and with an empty text: minima over runs."""
        return [self.seconds_per_call(sentences), self.seconds_per_call([""] * len(sentences))]

    def seconds_per_call(self, sentences):
        one, calls = self.peer.one, CALLS // len(sentences)
        runs = []
        for _ in range(REPEATS):
            start = time.perf_counter()
            for _ in range(calls):
                for sentence in sentences:
                    one(sentence)
            runs.append((time.perf_counter() - start) / (calls * len(sentences)))
        return min(runs)

    def train(self, path, size):
        """Seconds, the vocabulary size, and the peak memory of the process before and after."""
        before = peak_memory()
        start = time.perf_counter()
        trained_size = self.module.train(path, size)
        seconds = time.perf_counter() - start
        return {"seconds": seconds, "size": trained_size, "before": before, "peak": peak_memory()}


def peak_memory():
    """The peak memory of this process in bytes; on Linux, `getrusage` includes its parent's."""
    with contextlib.suppress(OSError):
        line = re.search(r"VmHWM:\s*(\d+) kB", Path("/proc/self/status").read_text())
        return int(line[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


if __name__ == "__main__":
    serve(Worker(sys.argv[1], int(sys.argv[2])))
