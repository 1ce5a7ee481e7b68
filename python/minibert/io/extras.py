"""Optional packages: the extras of `pip install 'minibert[...]'`."""

from __future__ import annotations

import importlib.util

from minibert.errors import OptionError


def require_extra(name: str, option: str) -> None:
    """Check that the package of an extra is installed.

    Args:
        name: of the extra and of its package.
        option: that needs it, for the message; a parameter in backticks.

    Raises:
        OptionError: it is not installed.
    """
    if importlib.util.find_spec(name) is None:
        raise OptionError(f"{option} needs the package {name}: pip install 'minibert[{name}]'")
