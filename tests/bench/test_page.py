"""docs/benchmarks.md is written from bench/results/, and new figures are taken over."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEC = importlib.util.spec_from_file_location("bench_page", ROOT / "bench" / "page.py")
page = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(page)

WRITTEN = {
    "command": ["bench/tokenizer.py", "--text", "a novel.txt"],
    "machine": {"processor": "EPYC", "cores": 2},
    "date": "2026-12-02",
    "commit": "abcdef0",
    "tables": {
        "speed": {"title": "speed (MB/s)", "columns": ["library", "warm"], "rows": [["ours", "9"]]}
    },
}


def test_the_page_is_what_the_script_writes_from_the_figures():
    written = page.PAGE.read_text(encoding="utf-8")
    assert written == page.page(page.RESULTS), "run: python bench/page.py"


def test_new_figures_become_a_table_of_the_page(tmp_path):
    (tmp_path / "page.md").write_text("# Figures\n\n{speed}\n")
    file = tmp_path / "written"
    file.write_text(json.dumps(WRITTEN))
    assert page.add(file, tmp_path) == [tmp_path / "speed.json"]
    assert page.page(tmp_path).removeprefix(page.NOTICE) == (
        "# Figures\n"
        "\n"
        "### speed (MB/s)\n"
        "\n"
        "- Machine: EPYC, 2 cores\n"
        "- Command: `python bench/tokenizer.py --text 'a novel.txt'`\n"
        "- Date: 2026-12-02\n"
        "- Commit: abcdef0\n"
        "\n"
        "| library | warm |\n"
        "|---|---|\n"
        "| ours | 9 |\n"
    )


def test_new_figures_leave_the_title_and_the_text_of_a_table(tmp_path):
    old = {"title": "Speed", "date": "2026-01-01", "rows": [["ours", "8"]], "notes": ["A note."]}
    (tmp_path / "speed.json").write_text(json.dumps(old))
    file = tmp_path / "written"
    file.write_text(json.dumps(WRITTEN))
    [path] = page.add(file, tmp_path)
    found = json.loads(path.read_text(encoding="utf-8"))
    assert (found["title"], found["notes"]) == ("Speed", ["A note."])
    assert (found["date"], found["rows"]) == ("2026-12-02", [["ours", "9"]])


@pytest.mark.parametrize(
    ("template", "odd"),
    [("", "speed"), ("{speed}\n{speed}\n", "speed"), ("{speed}\n{memory}\n", "memory")],
)
def test_a_table_that_the_text_does_not_name_once_is_refused(template, odd, tmp_path):
    (tmp_path / "page.md").write_text(template)
    (tmp_path / "speed.json").write_text("{}")
    with pytest.raises(SystemExit, match=odd):
        page.page(tmp_path)
