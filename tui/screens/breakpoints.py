"""Classes of screens with two panes, which stand side by side from 100 columns on."""

from __future__ import annotations

PANES = [(0, "-cramped"), (60, "-narrow"), (100, "-medium"), (150, "-wide")]
