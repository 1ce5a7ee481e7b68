"""The list of sections: their keys, names, titles and screens.

To add a section:

1. Make the folder `sections/NAME/` with an `__init__.py` (a docstring), `screen.py` and the style
   sheet `screen.tcss`. `screen.py` has a subclass of `SectionScreen` (`sections/base.py`) with
   `CSS_PATH = "screen.tcss"` that defines `compose_content` and `show`.
2. Add a function and an entry of `SECTIONS` below. The key, the tab in the top line, the entry of
   the command palette and the help follow from it.
3. Add NAME to the contract `sections` in `pyproject.toml`: sections do not import one another.

A screen is imported when it is opened for the first time, so that the application starts faster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from minibert.tui.shell import Section, Shell

if TYPE_CHECKING:
    from minibert.tui.sections.base import SectionScreen


def _create_runs(app: Shell) -> SectionScreen:
    from minibert.tui.sections.runs.screen import RunsScreen

    return RunsScreen(app.root, app.live)


def _create_training(app: Shell) -> SectionScreen:
    from minibert.tui.sections.training.screen import TrainingScreen

    return TrainingScreen()


def _create_attention(app: Shell) -> SectionScreen:
    from minibert.tui.sections.attention.screen import AttentionScreen

    return AttentionScreen(app.models)


def _create_fill(app: Shell) -> SectionScreen:
    from minibert.tui.sections.fill.screen import FillScreen

    return FillScreen(app.models)


def _create_tokens(app: Shell) -> SectionScreen:
    from minibert.tui.sections.tokens.screen import TokensScreen

    return TokensScreen(app.models)


def _create_data(app: Shell) -> SectionScreen:
    from minibert.tui.sections.data.screen import DataScreen

    return DataScreen()


SECTIONS = (
    Section("1", "runs", "Runs", _create_runs),
    Section("2", "training", "Training", _create_training),
    Section("3", "attention", "Attention", _create_attention),
    Section("4", "fill", "Fill", _create_fill),
    Section("5", "tokens", "Tokens", _create_tokens),
    Section("6", "data", "Data", _create_data),
)
DEFAULT_SECTION = "training"
"""The section that is open at the start."""
