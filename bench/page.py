"""Writes docs/benchmarks.md from the figures in bench/results/.

    python bench/page.py               write the page
    python bench/page.py --add FILE    take over what a benchmark wrote with --json, then write it

`bench/results/page.md` is the page's text. A line `{NAME}` of it stands for the table of
`NAME.json`, which holds

- `title`, `machine`, `command`, `date` (Markdown), and `commit` where it is known;
- `columns` and `rows`: the table, as text;
- `text` and `notes`: paragraphs before and after the table, or items of a list, with "- ".

`--add` replaces the figures of a table, and keeps its title, text and notes: look whether they
still hold. A table that is new also needs its line in `page.md`.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import textwrap
from collections import Counter
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "benchmarks.md"
NOTICE = "<!-- Written by bench/page.py from bench/results/. Do not edit. -->\n\n"
FACTS = ("machine", "command", "date", "commit")
KEYS = ("title", *FACTS, "text", "columns", "rows", "notes")
OPTIONAL = ("commit", "text", "notes")
PLACE = re.compile(r"^\{([\w-]+)\}\n", re.MULTILINE)
WIDTH = 128


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--add", type=Path, metavar="FILE", help="written by --json")
    given = parser.parse_args()
    if given.add:
        for path in add(given.add, RESULTS):
            print(path)
    PAGE.write_text(page(RESULTS), encoding="utf-8")


def page(results: Path) -> str:
    """The whole page; each table must be named once by `page.md`."""
    template = (results / "page.md").read_text(encoding="utf-8")
    names = PLACE.findall(template)
    stored = [path.stem for path in results.glob("*.json")]
    odd = (Counter(names) - Counter(stored)) | (Counter(stored) - Counter(names))
    if odd:
        raise SystemExit(f"page.md must name each table once: {', '.join(sorted(odd))}")
    tables = re.sub(PLACE, lambda found: table(results / f"{found[1]}.json"), template)
    return NOTICE + tables


def table(path: Path) -> str:
    """The section of one measure."""
    measure = json.loads(path.read_text(encoding="utf-8"))
    if missing := [key for key in KEYS if key not in measure and key not in OPTIONAL]:
        raise SystemExit(f"{path.name} lacks {', '.join(missing)}")
    facts = [f"- {key.capitalize()}: {measure[key]}" for key in FACTS if key in measure]
    columns, rows = measure["columns"], measure["rows"]
    if any(len(row) != len(columns) for row in rows):
        raise SystemExit(f"{path.name} has a row that is not as long as its columns")
    lines = [
        "|" + "".join(f" {cell} |" if cell else " |" for cell in row) for row in (columns, *rows)
    ]
    lines.insert(1, "|---" * len(columns) + "|")
    blocks = [
        f"### {measure['title']}\n",
        "\n".join(facts) + "\n",
        paragraphs(measure.get("text", [])),
        "\n".join(lines) + "\n",
        paragraphs(measure.get("notes", [])),
    ]
    return "\n".join(block for block in blocks if block)


def paragraphs(texts: list[str]) -> str:
    """Paragraphs with blank lines between them, but not between the items of a list."""
    whole = ""
    for before, text in zip(["", *texts], texts, strict=False):
        item = text.startswith("- ")
        whole += "\n" if before and not (item and before.startswith("- ")) else ""
        whole += textwrap.fill(
            text,
            WIDTH,
            subsequent_indent="  " if item else "",
            break_long_words=False,
            break_on_hyphens=False,
        )
        whole += "\n"
    return whole


def add(file: Path, results: Path) -> list[Path]:
    """Stores the tables of a file that a benchmark wrote; returns where they are."""
    written = json.loads(file.read_text(encoding="utf-8"))
    script, *options = written["command"]
    facts = {
        "machine": "{processor}, {cores} cores".format(**written["machine"]),
        "command": f"`{shlex.join(['python', f'bench/{Path(script).name}', *options])}`",
        "date": written["date"],
        "commit": written["commit"],
    }
    paths = [results / f"{name}.json" for name in written["tables"]]
    for path, measured in zip(paths, written["tables"].values(), strict=True):
        known = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
        kept = {key: known[key] for key in ("title", "text", "notes") if key in known}
        path.write_text(as_json({**measured, **facts, **kept}), encoding="utf-8")
    return paths


def as_json(measure: dict[str, Any]) -> str:
    """JSON with a line for each row of the table, and for each paragraph."""
    lines = []
    for key in (key for key in KEYS if measure.get(key)):
        value = json.dumps(measure[key], ensure_ascii=False)
        if key in ("rows", "text", "notes"):
            items = [json.dumps(item, ensure_ascii=False) for item in measure[key]]
            value = "[\n  " + ",\n  ".join(items) + "\n ]"
        lines.append(f' "{key}": {value}')
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    main()
