"""The sections of the application, in the order of their keys: each is a screen of its own.

A section is imported when it is first gone to, so that the first one is there the sooner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minibert.tui.shell import Section, Shell

if TYPE_CHECKING:
    from minibert.tui.sections.base import SectionScreen


def _runs(app: Shell) -> SectionScreen:
    from minibert.tui.sections.runs.screen import RunsScreen

    return RunsScreen(app.root, app.live)


def _training(app: Shell) -> SectionScreen:
    from minibert.tui.sections.training.screen import TrainingScreen

    return TrainingScreen()


def _attention(app: Shell) -> SectionScreen:
    from minibert.tui.sections.attention.screen import AttentionScreen

    return AttentionScreen(app.models)


def _fill(app: Shell) -> SectionScreen:
    from minibert.tui.sections.fill.screen import FillScreen

    return FillScreen(app.models)


def _tokens(app: Shell) -> SectionScreen:
    from minibert.tui.sections.tokens.screen import TokensScreen

    return TokensScreen(app.models)


def _data(app: Shell) -> SectionScreen:
    from minibert.tui.sections.data.screen import DataScreen

    return DataScreen()


SECTIONS = (
    Section("1", "runs", "Runs", _runs),
    Section("2", "training", "Training", _training),
    Section("3", "attention", "Attention", _attention),
    Section("4", "fill", "Fill", _fill),
    Section("5", "tokens", "Tokens", _tokens),
    Section("6", "data", "Data", _data),
)
FIRST = "training"
