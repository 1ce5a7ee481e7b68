"""The process of one maker of batches; it receives requests on standard input.

    python -m peers.batches.worker PEER THREADS

The process uses at most as many cores as threads. Times are in seconds, of making batches alone.
"""

from __future__ import annotations

import importlib
import os
import sys
import time

from . import Given
from harness.worker import serve
from peers.tokenizers import Files


class Worker:
    def __init__(self, name, threads):
        limit_cores(threads)
        self.module = importlib.import_module(f"peers.batches.{name}")
        self.threads = threads
        self.peer = None

    def load(self, files):
        self.peer = self.module.Peer(Files(**files), self.threads)

    def takes_part(self, method):
        return method in self.module.TAKES

    def read(self, given):
        self.peer.read(Given(**given))

    def epoch(self, masking, number):
        """Seconds for planning an epoch and making its batches, and their tokens."""
        start = time.perf_counter()
        self.peer.epoch(masking, number)
        seconds = time.perf_counter() - start
        return seconds, self.peer.tokens(masking, number)

    def from_text(self, given):
        """Seconds from text to the batches of one epoch, and their tokens."""
        given = Given(**given)
        start = time.perf_counter()
        batches = self.peer.from_text(given)
        seconds = time.perf_counter() - start
        return seconds, self.peer.counted(batches)


def limit_cores(cores):
    """Limit this process to a number of its cores."""
    if not hasattr(os, "sched_setaffinity"):
        if cores < os.cpu_count():
            raise OSError("this system cannot limit a process to some of the cores")
        return
    # The last ones, since other processes tend to use the first.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])


if __name__ == "__main__":
    serve(Worker(sys.argv[1], int(sys.argv[2])))
