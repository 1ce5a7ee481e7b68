"""The command line. Each command is a few lines; what it does is in the library.

Results go to standard output, talk to standard error. Exit codes: 0 done, 1 a fault of minibert's
own, 2 something given cannot be used; 130 stopped by Ctrl-C, 143 by SIGTERM, 129 by a closed
terminal.
"""

from minibert.cli.main import main

__all__ = ["main"]
