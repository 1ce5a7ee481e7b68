"""The public names of minibert, and the modules that import neither PyTorch nor Textual.

import-linter cannot hold the second part: with external packages in its graph, it resolves the
compiled module `minibert._core` to the package root, so that every module seems to import all of
`minibert`. Here each module is imported in a process of its own instead.
"""

import importlib
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import minibert

PACKAGE = Path(minibert.__file__).parent
TOP_LEVEL = {module.name for module in pkgutil.iter_modules([str(PACKAGE)])}
LIGHT = ("config", "corpus", "io", "runs", "tokenizer")


def light_modules():
    """The names of the modules of the light packages."""
    for name in LIGHT:
        yield f"minibert.{name}"
        folder = PACKAGE / name
        for module in pkgutil.iter_modules([str(folder)] if folder.is_dir() else []):
            yield f"minibert.{name}.{module.name}"


@pytest.mark.parametrize("name", minibert.__all__)
def test_every_public_name_resolves(name):
    assert getattr(minibert, name) is not None
    assert name in dir(minibert)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'bert'"):
        _ = minibert.bert


def test_no_public_name_is_also_a_package_or_a_module():
    # Importing such a module would put it in the place of the function or class.
    assert set(minibert.__all__).isdisjoint(TOP_LEVEL)


def test_the_light_packages_are_there():
    assert set(LIGHT) <= TOP_LEVEL
    assert len(list(light_modules())) > 30


@pytest.mark.parametrize("name", list(light_modules()))
def test_a_light_module_imports_neither_torch_nor_textual(name):
    assert imported_by(f"import {name}") == set()


def test_help_imports_neither_torch_nor_textual():
    script = (
        "from minibert.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert not end.code"
    )
    assert imported_by(script) == set()


def imported_by(script):
    """Those of torch and textual that a script imports."""
    report = "\nimport sys\nprint('imported:', *{'torch', 'textual'} & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script + report], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_the_report_of_imports_sees_torch():
    pytest.importorskip("torch")
    assert imported_by("import torch") == {"torch"}


def test_each_public_name_is_defined_where_the_package_imports_it_from():
    for name, home in minibert._MODULE_OF.items():
        assert hasattr(importlib.import_module(f"minibert.{home}"), name)
