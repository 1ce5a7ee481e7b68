"""`python -m minibert` is `minibert`."""

from minibert.cli import main

main()
