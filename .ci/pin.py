"""Renew the pins in pyproject.toml: `python .ci/pin.py`, with uv on the path.

Resolves afresh for all Pythons that the project supports and writes the version of each package
that CI installs, by name, into `[tool.uv] constraint-dependencies`. The lock file itself is not
kept: it carries the addresses of whichever registry made it.
"""

import re
import subprocess
from pathlib import Path

import tomllib

ROOT = Path(__file__).parent.parent
BEGIN, END = "constraint-dependencies = [\n", "]\n"


def main() -> None:
    pyproject = ROOT / "pyproject.toml"
    text = pyproject.read_text()
    before, _, rest = text.partition(BEGIN)
    after = rest.partition(END)[2]
    lock = ROOT / "uv.lock"
    lock.unlink(missing_ok=True)
    pyproject.write_text(before + BEGIN + END + after)
    subprocess.run(["uv", "lock", "--quiet", "--upgrade"], cwd=ROOT, check=True)
    installed = names_in_ci()
    lines = "".join(f'    "{pin}",\n' for pin in pins(tomllib.loads(lock.read_text()), installed))
    lock.unlink()
    pyproject.write_text(before + BEGIN + lines + END + after)


def names_in_ci() -> set[str]:
    """What the test group comes to: not the extras that no test needs."""
    command = ["uv", "export", "--quiet", "--frozen", "--group", "test"]
    command += ["--no-hashes", "--no-annotate", "--no-header", "--no-emit-project"]
    exported = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return set(re.findall(r"^([\w.-]+)==", exported, re.MULTILINE))


def pins(lock: dict, installed: set[str]) -> list[str]:
    found = []
    for package in lock["package"]:
        if "registry" not in package["source"] or package["name"] not in installed:
            continue
        pin = f"{package['name']}=={package['version']}"
        markers = package.get("resolution-markers", [])
        found.append(pin + (f"; {python_range(markers)}" if markers else ""))
    return found


def python_range(markers: list[str]) -> str:
    """The Pythons of a package's resolution forks as one marker: they are adjacent."""
    text = " ".join(markers)
    exact = [int(v) for v in re.findall(r"== '3\.(\d+)\.\*'", text)]
    low = [int(v) for v in re.findall(r">= '3\.(\d+)'", text)] + exact
    high = [int(v) for v in re.findall(r"< '3\.(\d+)'", text)] + [v + 1 for v in exact]
    open_below = any("<" in m and ">=" not in m for m in markers)
    open_above = any(">=" in m and "<" not in m for m in markers)
    parts = [] if open_below else [f"python_version >= '3.{min(low)}'"]
    parts += [] if open_above else [f"python_version < '3.{max(high)}'"]
    return " and ".join(parts)


if __name__ == "__main__":
    main()
