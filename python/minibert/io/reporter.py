"""Progress reports of long commands: the protocol, and a silent implementation."""

from __future__ import annotations

from typing import Protocol


class Reporter(Protocol):
    """Receives the progress of a command."""

    def stage(self, text: str) -> None:
        """A stage that may take a while begins."""

    def advance(self, share: float) -> None:
        """The share of the stage that is done, from 0 to 1."""

    def note(self, text: str) -> None:
        """A remark for the user, printed on a line of its own."""


class SilentReporter:
    """A reporter that discards everything."""

    def stage(self, text: str) -> None:
        """Do nothing."""

    def advance(self, share: float) -> None:
        """Do nothing."""

    def note(self, text: str) -> None:
        """Do nothing."""
