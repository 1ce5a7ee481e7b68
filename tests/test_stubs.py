"""The hand-kept stubs say what the built module has."""

import subprocess
import sys
from pathlib import Path

CONFIG = Path(__file__).parent / "stubtest.ini"


def test_the_stubs_of_the_extension_are_in_step_with_it():
    command = [sys.executable, "-m", "mypy.stubtest", "minibert._core"]
    done = subprocess.run([*command, "--mypy-config-file", CONFIG], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
