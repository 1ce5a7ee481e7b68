"""The entry point of the command line, which turns errors into one sentence and an exit code."""

from __future__ import annotations

import os
import sys
import time
from contextlib import redirect_stderr, redirect_stdout, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from minibert.cli.advice import command_line_sentence
from minibert.cli.app import app
from minibert.cli.commands.pretrain import STOPPED
from minibert.errors import MinibertError, OptionError, ReportedByPeerError
from minibert.training.ranks import Ranks

if TYPE_CHECKING:
    from collections.abc import Iterable

USAGE = 2


def main(arguments: Iterable[str] | None = None) -> None:
    """Run the command line; print every `MinibertError` as one sentence."""
    words = list(arguments) if arguments is not None else None
    ranks = Ranks()
    try:
        ranks = Ranks.from_environment()
        if ranks.is_rank0:
            app(args=words)
        else:
            _run_silently(words)
    except ReportedByPeerError:
        _exit(USAGE, ranks)
    except MinibertError as error:
        _print_error(command_line_sentence(error), ranks)
        _exit(USAGE, ranks)
    except KeyboardInterrupt:
        if ranks.is_rank0:
            _print_error("stopped", ranks)
        _exit(STOPPED, ranks)
    except BrokenPipeError:
        _discard_output()
        _exit(STOPPED, ranks)


def _print_error(text: str, ranks: Ranks) -> None:
    who = "minibert" if ranks.is_rank0 else f"minibert (rank {ranks.rank})"
    print(f"{who}: {text}", file=sys.stderr)


def _discard_output() -> None:
    """Send buffered output to the null device, since the reader has closed the pipe."""
    with Path(os.devnull).open("wb") as null:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                os.dup2(null.fileno(), stream.fileno())


def _exit(code: int, ranks: Ranks) -> NoReturn:
    if ranks.world_size > 1:
        # Exit at once: a thread that waits for another rank would abort this process.
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _run_silently(words: list[str] | None) -> None:
    """Run the command line in a rank other than 0, whose output is discarded.

    Raises:
        ReportedByPeerError: the command line is wrong, which rank 0 reports.
    """
    with (
        Path(os.devnull).open("w", encoding="utf-8") as null,
        redirect_stdout(null),
        redirect_stderr(null),
    ):
        try:
            app(args=words)
        except (OptionError, SystemExit) as error:
            if isinstance(error, SystemExit) and error.code != USAGE:
                raise
            # When a process ends, torchrun ends the others. Rank 0 needs time to report first.
            time.sleep(10)
            raise ReportedByPeerError("rank 0 reports the error") from None
