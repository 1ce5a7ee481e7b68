"""One maker of batches in a process of its own, controlled over standard input.

    python -m peers.batches.worker PEER THREADS

The process is kept to as many cores as it may have threads, whatever starts threads in it. Times
are seconds, taken here, around the making of batches and nothing else.
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
        keep_to(threads)
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
        """Seconds for all batches of an epoch, planning it included, and their tokens."""
        start = time.perf_counter()
        self.peer.epoch(masking, number)
        seconds = time.perf_counter() - start
        return seconds, self.peer.tokens(masking, number)

    def from_text(self, given):
        """Seconds from text to the batches of one epoch, and their tokens."""
        given = Given(**given)
        start = time.perf_counter()
        made = self.peer.from_text(given)
        seconds = time.perf_counter() - start
        return seconds, self.peer.counted(made)


def keep_to(cores):
    """Have this process run on so many of its cores, or on all where it has no more."""
    if not hasattr(os, "sched_setaffinity"):
        if cores < os.cpu_count():
            raise OSError("this system has no way to keep a process to some of the cores")
        return
    # The last ones: what else the machine does begins with the first.
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-cores:])


if __name__ == "__main__":
    serve(Worker(sys.argv[1], int(sys.argv[2])))
