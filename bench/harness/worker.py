"""The loop of a peer's process: a JSON request per line in, a JSON answer per line out."""

from __future__ import annotations

import json
import os
import sys


def serve(worker):
    """Answer the requests on standard input until it ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # output of libraries must not mix with answers
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = getattr(worker, request.pop("do"))(**request)
        except BaseException as error:  # a Rust panic is not an Exception
            answer = {"refused": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), file=answers)
