"""Errors: what they carry, and what the command line makes of them."""

import ast
import pickle
import re
import string
from pathlib import Path

import pytest

import minibert
from minibert import errors
from minibert.cli.advice import ADVICE, command_line_sentence
from minibert.errors import CorpusError, FileError, MinibertError, OptionError, OutOfMemoryError

PACKAGE = Path(minibert.__file__).parent
RUST_CAUSES = {"invalid_utf8"}
"""The causes of errors from Rust that have advice; the others need none."""

ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, MinibertError)
}


@pytest.mark.parametrize("kind", [CorpusError, FileError, OutOfMemoryError])
def test_an_error_carries_its_cause_and_facts_and_survives_pickling(kind):
    error = kind("c.txt is odd", advice="mend it", cause="odd", file="c.txt", offset=7)
    for each in (error, pickle.loads(pickle.dumps(error))):
        assert type(each) is kind
        assert str(each) == "c.txt is odd; mend it"
        assert (each.problem, each.cause) == ("c.txt is odd", "odd")
        assert each.context == {"file": "c.txt", "offset": 7}


def test_an_error_without_a_cause_is_only_its_sentence():
    error = CorpusError("c.txt is empty")
    assert (str(error), error.cause, error.context) == ("c.txt is empty", None, {})
    assert command_line_sentence(error) == "c.txt is empty"


def test_the_command_line_spells_options_as_flags():
    error = OptionError("`batch_size` is 30; give 32")
    assert command_line_sentence(error) == "--batch-size is 30; give 32"


def test_the_command_line_puts_its_advice_in_place_of_the_librarys(monkeypatch):
    monkeypatch.setitem(ADVICE, "odd", "give --errors {how}")
    error = CorpusError("c.txt is odd", advice="pass `errors`", cause="odd", how="replace")
    assert command_line_sentence(error) == "c.txt is odd; give --errors replace"
    error = CorpusError("c.txt is odd", cause="odd", how="replace")
    assert command_line_sentence(error) == "c.txt is odd; give --errors replace"


def raised_causes():
    """The causes that Python code raises, each with the sets of facts that it passes."""
    causes = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            given = {word.arg: word.value for word in node.keywords}
            if "cause" in given and isinstance(given["cause"], ast.Constant):
                causes.setdefault(given["cause"].value, []).append(set(given))
    return causes


def test_every_advice_has_a_cause_that_is_raised_with_the_facts_it_needs():
    causes = raised_causes()
    assert set(ADVICE) == set(causes) | RUST_CAUSES
    for cause, advice in ADVICE.items():
        facts = {name for _, name, _, _ in string.Formatter().parse(advice) if name}
        for passed in causes.get(cause, []):
            assert facts <= passed, f"{cause} needs {facts - passed}"


def strings_outside_help(path):
    """The string literals of a module, without docstrings and the help texts of options."""
    tree = ast.parse(path.read_text("utf-8"))
    left_out = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            left_out.add(node.value)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "option":
            left_out.update(child for argument in node.args for child in ast.walk(argument))
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in left_out:
            yield node


OPTION = re.compile(r"(?<!torchrun )(?<![\w-])--[a-z]")
LIBRARY = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    # Both talk to a person at a terminal: the command line and the application.
    if path.relative_to(PACKAGE).parts[0] not in ("cli", "tui")
]


@pytest.mark.parametrize("path", LIBRARY, ids=[str(path.relative_to(PACKAGE)) for path in LIBRARY])
def test_no_sentence_of_the_library_names_a_flag_of_the_command_line(path):
    named = [node.value for node in strings_outside_help(path) if OPTION.search(node.value)]
    assert not named


def test_the_search_finds_a_flag():
    advice = PACKAGE / "cli" / "advice.py"
    assert any(OPTION.search(node.value) for node in strings_outside_help(advice))
