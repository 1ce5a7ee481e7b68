"""The edge of the command line: where errors become one sentence and an exit code."""

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
    """Run the command line, turning every error that is not minibert's fault into one sentence."""
    words = list(arguments) if arguments is not None else None
    ranks = Ranks()
    try:
        ranks = Ranks.from_environment()
        if ranks.first:
            app(args=words)
        else:
            _run_silently(words)
    except ReportedByPeerError:
        _exit(USAGE, ranks)
    except MinibertError as error:
        _say(command_line_sentence(error), ranks)
        _exit(USAGE, ranks)
    except KeyboardInterrupt:
        if ranks.first:
            _say("stopped", ranks)
        _exit(STOPPED, ranks)
    except BrokenPipeError:
        _hang_up()
        _exit(STOPPED, ranks)


def _say(text: str, ranks: Ranks) -> None:
    who = "minibert" if ranks.first else f"minibert (process {ranks.rank})"
    print(f"{who}: {text}", file=sys.stderr)


def _hang_up() -> None:
    """Send what is still held back nowhere, since nobody reads it."""
    with Path(os.devnull).open("wb") as nowhere:
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                os.dup2(nowhere.fileno(), stream.fileno())


def _exit(code: int, ranks: Ranks) -> NoReturn:
    if ranks.world > 1:
        # At once: what still waits for another process in a thread would abort this one.
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def _run_silently(words: list[str] | None) -> None:
    """Run the command line in one of several processes that is not the first, which talks for all.

    Raises:
        ReportedByPeerError: the command itself is wrong, which every process finds.
    """
    with (
        Path(os.devnull).open("w", encoding="utf-8") as nowhere,
        redirect_stdout(nowhere),
        redirect_stderr(nowhere),
    ):
        try:
            app(args=words)
        except (OptionError, SystemExit) as error:
            if isinstance(error, SystemExit) and error.code != USAGE:
                raise
            # Where one process ends torchrun ends the others, and the first is to speak before.
            time.sleep(10)
            raise ReportedByPeerError("the first process tells what is wrong") from None
