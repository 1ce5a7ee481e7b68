"""Packages that minibert can do without: the optional extras of `pip install 'minibert[...]'`."""

from __future__ import annotations

import importlib.util

from minibert.errors import OptionError


def require_extra(name: str, option: str) -> None:
    """Raise if an extra's package is not there.

    Args:
        name: of the extra and of its package.
        option: what asks for it, as the command line has it.

    Raises:
        OptionError: it is not installed.
    """
    if importlib.util.find_spec(name) is None:
        raise OptionError(f"{option} needs the package {name}: pip install 'minibert[{name}]'")
