"""The command line. Each command is a few lines that call the library.

Results go to standard output, progress and notes to standard error. Exit codes: 0 success, 1 a bug
in minibert, 2 unusable input; 130 stopped by Ctrl-C, 143 by SIGTERM, 129 by a closed terminal.
"""

from minibert.cli.main import main

__all__ = ["main"]
