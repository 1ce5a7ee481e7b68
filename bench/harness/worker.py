"""The loop of a peer's process: JSON requests in, JSON answers out, one a line."""

from __future__ import annotations

import json
import os
import sys


def serve(worker):
    """Answer what standard input tells until it ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # whatever a library prints is no answer
    for line in sys.stdin:
        told = json.loads(line)
        try:
            answer = getattr(worker, told.pop("do"))(**told)
        except BaseException as error:  # a panic of a Rust peer is no Exception
            answer = {"refused": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)
