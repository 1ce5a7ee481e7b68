"""The documentation names files, links and options that exist, and its first example runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import typer.main

from minibert.cli.app import app

ROOT = Path(__file__).parents[1]
LOG = ROOT / "docs/dev/log.md"  # says how things were called on the day
PAGES = [p for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")] if p != LOG]
# Where a path in the text may begin.
SOURCES = (
    ".",
    "python/minibert",
    "rust/minibert-core/src",
    "rust/minibert-core",
    "tests",
    "tui",
    "tui/sections",
    "python/minibert/model",
    "docs",
)
ELSEWHERE = ("checkpoints/", "step-N", "tensorboard/", "wandb/", "create_pretraining_data.py")


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", [*PAGES, LOG], ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        path, _, anchor = target.partition("#")
        linked = page.parent / path if path else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_source_file_that_is_named_is_there(page):
    for name in re.findall(r"`([\w./-]+(?:\.py|\.rs|\.tcss|/))`", page.read_text(encoding="utf-8")):
        if name.startswith(ELSEWHERE) or "NAME" in name:
            continue
        assert any((ROOT / base / name).exists() for base in SOURCES), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_has_the_options_that_it_is_shown_with(page):
    root = typer.main.get_command(app)
    for block in re.findall(r"```\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL):
        for line in block.splitlines():
            found = re.search(r"(?:^|uv run |-m )minibert (.*)", line)
            if found is None:
                continue
            words = shlex.split(found[1], comments=True)
            command = root.commands[words[0]] if words and words[0][0] != "-" else root
            if words[1:] and words[1] in getattr(command, "commands", ()):
                command = command.commands[words[1]]
            known = {option for parameter in command.params for option in parameter.opts}
            known |= {"-h", "--help"}
            options = {word for word in words if re.fullmatch(r"--?[a-z][\w-]*", word)}
            assert options <= known, line


def test_the_first_example_of_the_readme_runs(small_run, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs/small-world-tiny").symlink_to(small_run.run.path.resolve())
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    exec(re.search(r"```python\n(.*?)```", readme, re.DOTALL)[1], {})
    word, shape, kinds = capsys.readouterr().out.splitlines()
    assert word and shape.startswith("(2, ") and kinds.startswith("((")
