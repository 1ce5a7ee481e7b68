"""Every error that minibert raises on purpose, by name.

An error is one sentence without a full stop: what is wrong, where, and what to do about it. A
library user catches one class of errors, or `MinibertError` for all. The command line catches
`MinibertError` once, prints the sentence and exits with code 2.

How to raise one:

- The sentence speaks to a library user. It names options as parameters, in backticks: "`seq_len` is
  4; it must be 8 or more". The command line spells these names as flags: "--seq-len is 4; …".
  Nothing else in a sentence is in backticks.
- Where the function has no such parameter, or the command line has other advice to give, the error
  gets a `cause` and the facts that the advice needs. `minibert.cli.advice` has the advice of the
  command line for that cause:

      raise CorpusError(
          f"{share:.0%} of the words are unknown",
          advice="train a larger vocabulary",      # of the library
          cause="unknown_words",                   # looked up by the command line
          share=share,                             # a fact, for the advice and for programs
      )

  The command line prints its advice in place of `advice`. Without `advice`, it adds its own.
- A cause is a name in snake case, and each place that raises it passes the same facts. A test holds
  that every advice has a cause that is raised, and that the facts it needs are passed.
- Facts are strings and numbers: errors are pickled on their way to another process.

Errors from Rust have a `cause` and their facts too, without `advice`.
"""

from __future__ import annotations

from typing import Any


class MinibertError(Exception):
    """The base of all errors.

    Args:
        problem: what is wrong and where; advice may follow in it after a semicolon.
        advice: what a library user can do, where the command line has another advice.
        cause: the cause by name, for programs and for the command line's advice.
        facts: the facts in the sentence by name.

    Attributes:
        problem: as given.
        cause: the cause by name, such as `invalid_utf8`, or None where it has no name.
        context: the facts in the sentence by name, such as `file` and `offset`.
    """

    problem: str
    cause: str | None
    context: dict[str, Any]

    def __init__(
        self,
        problem: str,
        *,
        advice: str | None = None,
        cause: str | None = None,
        **facts: str | float,
    ) -> None:
        super().__init__(problem if advice is None else f"{problem}; {advice}")
        self.problem = problem
        self.cause = cause
        self.context = facts


class CorpusError(MinibertError, ValueError):
    """A corpus is missing, empty, binary, not UTF-8, or too small for the options."""


class VocabularyError(MinibertError, ValueError):
    """A vocabulary or tokenizer cannot be trained, read or used."""


class StoreError(MinibertError, ValueError):
    """A token store is damaged or of another version, or a file is not a token store."""


class OptionError(MinibertError, ValueError):
    """An option has a value that is not allowed, or two options contradict each other."""


class FileError(MinibertError, OSError):
    """The operating system refused to read or write a file."""


class ModelError(MinibertError, ValueError):
    """A model folder has no model, is damaged, or contradicts its configuration."""


class RunError(MinibertError, ValueError):
    """A run cannot be created, found, resumed or read."""


class DivergedError(RunError):
    """The loss was not finite for several batches in a row.

    Its `context` has the last of them: `epoch`, and `index`, the batch's number in the epoch.
    """


class RankLostError(RunError):
    """Another process of a distributed training is gone."""


class ReportedByPeerError(MinibertError):
    """The training has ended, and another process reports why."""


class OutOfMemoryError(MinibertError, MemoryError):
    """A step needs more memory than the device has."""


class LabelError(MinibertError, ValueError):
    """A file of labelled texts, one of its rows or one of its labels cannot be used."""


class TextError(MinibertError, ValueError):
    """A text cannot be used: it has no mask, is too long, or has a lone surrogate."""


class TextTypeError(MinibertError, TypeError):
    """A text is not a string."""


class InternalError(MinibertError, RuntimeError):
    """A thread could not be started, or failed because of a bug in minibert."""
